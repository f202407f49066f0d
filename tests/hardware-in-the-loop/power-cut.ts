import type { Clock } from "../../protocols/clock.ts";
import { seededRandom } from "../../protocols/random.ts";
import type { Place } from "./commit-plan.ts";
import { type CutLimits, planCuts } from "./cut-plan.ts";
import type { ForgetfulDisk, Memory } from "./forgetful-disk.ts";
import { freshDisk } from "./fresh-disk.ts";
import { type BootReport, type Left, playBoot } from "./guest-boot.ts";
import type { GuestImage } from "./guest-image.ts";
import { commitsOf, emptyHolding, type Finding, findings, type Holding } from "./survival-check.ts";

/** What has to lose: SQLite does not flush at each commit (`careless`), or the disk only says that it did. */
export type Control = "careless" | "lying-disk";

export interface PowerCutOptions extends CutLimits {
  readonly image: GuestImage;
  readonly clock: Clock;
  readonly seed: number;
  /** Power cuts; one boot more reads what the last one left. */
  readonly rounds: number;
  readonly control?: Control;
  /** Told how each round went. */
  readonly onRound?: (round: RoundReport) => void;
}

export interface RoundReport {
  readonly round: number;
  /** The copies, then the cut itself. */
  readonly cuts: readonly CutReport[];
  /** Of the boot that read what the round left. */
  readonly readMs: number;
  readonly wholeMs: number;
}

/** One state in which the power left the disk, and what the next boot found in it. */
export interface CutReport {
  readonly memory: Memory;
  readonly unflushedWrites: number;
  /** Commits that were acknowledged since the machine was new. */
  readonly acknowledged: number;
  readonly found: number;
  readonly findings: readonly Finding[];
  /** As the cut left it. */
  readonly disk: ForgetfulDisk;
}

/** The life of one machine: switched on, read, written to, cut; and again. */
export async function playPowerCuts(options: PowerCutOptions): Promise<readonly RoundReport[]> {
  const { seed, rounds, control } = options;
  const reports: RoundReport[] = [];
  let before = emptyHolding;
  let left: readonly Left[] = [];
  let disks: readonly ForgetfulDisk[] = [freshDisk({ lies: control === "lying-disk" })];
  for (let boot = 1; boot <= rounds + 1; boot += 1) {
    const cuts = boot > rounds ? [] : planCuts(seed * 1_009 + boot, options);
    const report = await playBoot({
      ...options,
      boot,
      careless: control === "careless",
      disks,
      cuts: control === "lying-disk" ? cuts.map((cut) => ({ ...cut, memory: "nothing" })) : cuts,
    });
    if (boot > 1) {
      const round = judged(before, { seed, boot: boot - 1 }, left, report);
      reports.push(round);
      options.onRound?.(round);
    }
    before = report.holdings.at(-1) ?? emptyHolding;
    left = report.left;
    // Copies, so that what was left can still be looked at.
    disks = left.map(({ disk }) => disk.afterCut("everything", seededRandom(0)));
  }
  return reports;
}

function judged(
  before: Holding,
  place: Place,
  left: readonly Left[],
  { holdings, readMs, wholeMs }: BootReport,
): RoundReport {
  const cuts = left.map(({ disk, memory, unflushedWrites, acknowledged }, index): CutReport => {
    const found = holdings[index] ?? emptyHolding;
    const wrong = findings(before, place, acknowledged, found);
    const counts = { unflushedWrites, acknowledged: acknowledged.commit, found: commitsOf(found) };
    return { memory, ...counts, findings: wrong, disk };
  });
  return { round: place.boot, cuts, readMs, wholeMs };
}
