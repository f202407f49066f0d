import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../protocols/clock.ts";
import { seededRandom } from "../../protocols/random.ts";
import { waitUntil } from "../wait-until.ts";
import { CutWatch, type PlannedCut } from "./cut-plan.ts";
import { type DiskServer, serveDisk } from "./disk-server.ts";
import type { ForgetfulDisk, Memory } from "./forgetful-disk.ts";
import { type GuestImage, root } from "./guest-image.ts";
import { GuestMachine } from "./guest-machine.ts";
import type { OutboxProcessSettings } from "./outbox-process.ts";
import { type Acknowledged, commitsOf, type Holding } from "./survival-check.ts";

/** What a cut left, and what had been acknowledged before it. The last one of a boot is the cut itself. */
export interface Left {
  readonly disk: ForgetfulDisk;
  readonly memory: Memory;
  readonly unflushedWrites: number;
  readonly acknowledged: Acknowledged;
}

export interface BootOptions {
  readonly image: GuestImage;
  readonly clock: Clock;
  readonly seed: number;
  readonly boot: number;
  readonly careless: boolean;
  /** The last one is written to. */
  readonly disks: readonly ForgetfulDisk[];
  /** None: this boot only reads. */
  readonly cuts: readonly PlannedCut[];
}

export interface BootReport {
  /** What each disk held, in their order. */
  readonly holdings: readonly Holding[];
  readonly left: readonly Left[];
  /** From switching on until all disks were read. */
  readonly readMs: number;
  readonly wholeMs: number;
}

/** An emulated processor on a machine that does much else; here a boot is at its first line after some 5 s. */
const bootMsMax = 180_000;
const program = join(root, "dist/tests/hardware-in-the-loop/outbox-process.js");

/** Switches the machine on, has every disk read, and cuts its power at the last planned moment. */
export async function playBoot(options: BootOptions): Promise<BootReport> {
  const folder = mkdtempSync(join(tmpdir(), "storewire-disks-"));
  const play = new Play(options, folder);
  try {
    return await play.run();
  } finally {
    await play.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Play {
  readonly #options: BootOptions;
  readonly #folder: string;
  readonly #names: readonly string[];
  readonly #watch: CutWatch;
  readonly #servers: DiskServer[] = [];
  readonly #holdings: Holding[] = [];
  readonly #left: Left[] = [];
  #guest: GuestMachine | undefined;
  #acknowledged: Acknowledged = { commit: 0, settled: 0 };
  /** The commit that the disk held when this boot began to write. */
  #firstCommit = 0;
  #cut: PlannedCut | undefined;

  constructor(options: BootOptions, folder: string) {
    this.#options = options;
    this.#folder = folder;
    this.#names = options.disks.map((_, index) => `disk${index + 1}`);
    this.#watch = new CutWatch(options.cuts);
  }

  async run(): Promise<BootReport> {
    const { clock, image, cuts } = this.#options;
    const startedMs = clock.monotonicMs();
    const sockets = await this.#serve();
    const guest = new GuestMachine({
      image,
      disks: sockets,
      script: `exec ${process.execPath} ${program}`,
      files: { "settings.json": JSON.stringify(this.#settings()) },
      onLine: (line) => this.#hear(line),
    });
    this.#guest = guest;
    const reached = (what: string, condition: () => boolean) =>
      waitUntil(what, () => condition() || !guest.running, bootMsMax).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${guest.said()}`);
      });
    await reached("every disk is read", () => this.#holdings.length === this.#names.length);
    const readMs = clock.monotonicMs() - startedMs;
    if (cuts.length > 0) await reached("the last cut is due", () => this.#cut !== undefined);
    else await reached("the guest switches off", () => false);
    await guest.off();
    if (this.#holdings.length < this.#names.length || (cuts.length > 0 && this.#cut === undefined)) {
      throw new Error(`the guest ended by itself\n${guest.said()}`);
    }
    // Words that were on their way when the power went are true as well.
    if (this.#cut !== undefined) this.#left.push(this.#leftBy(this.#cut));
    return { holdings: this.#holdings, left: this.#left, readMs, wholeMs: clock.monotonicMs() - startedMs };
  }

  async end(): Promise<void> {
    this.#guest?.cut();
    await this.#guest?.off();
    this.#guest?.forget();
    for (const server of this.#servers) await server.close();
  }

  #settings(): OutboxProcessSettings {
    const { seed, boot, careless, cuts } = this.#options;
    return { seed, boot, careless, disks: this.#names, writes: cuts.length > 0 };
  }

  async #serve(): Promise<ReadonlyMap<string, string>> {
    const sockets = new Map<string, string>();
    for (const [index, disk] of this.#options.disks.entries()) {
      const name = this.#names[index] ?? "";
      const socket = join(this.#folder, name);
      const isLast = index === this.#options.disks.length - 1;
      this.#servers.push(await serveDisk(socket, disk, isLast ? () => this.#step() : () => true));
      sockets.set(name, socket);
    }
    return sockets;
  }

  #hear(line: string): void {
    const [word, about = ""] = line.trim().split(" ");
    const { commit, settled } = this.#acknowledged;
    if (word === "read" && about === this.#names[this.#holdings.length]) this.#read(about);
    if (word === "settled") this.#acknowledged = { commit, settled: Math.max(settled, Number(about)) };
    if (word !== "ack") return;
    this.#acknowledged = { commit: Math.max(commit, Number(about)), settled };
    this.#step();
  }

  #read(name: string): void {
    const words = readFileSync(join(this.#guest?.out ?? "", `${name}.json`), "utf8");
    const holding = JSON.parse(words) as Holding;
    this.#holdings.push(holding);
    if (name !== this.#names.at(-1)) return;
    // What was read after a cut is on disk, whether it had been acknowledged or not.
    this.#firstCommit = commitsOf(holding);
    this.#acknowledged = { commit: this.#firstCommit, settled: holding.streams["evt"]?.settled ?? 0 };
  }

  /** Copies the disk or cuts the power where that is due; false once the power is gone. */
  #step(): boolean {
    if (this.#cut !== undefined) return false;
    const unflushed = this.#options.disks.at(-1)?.unflushedWrites ?? 0;
    const due = this.#watch.due(this.#acknowledged.commit - this.#firstCommit, unflushed);
    if (due === undefined) return true;
    if (!due.isLast) {
      this.#left.push(this.#leftBy(due.moment));
      return true;
    }
    this.#cut = due.moment;
    this.#guest?.cut();
    return false;
  }

  #leftBy({ memory, thenSteps, afterCommits }: PlannedCut): Left {
    const disk = this.#options.disks.at(-1);
    if (disk === undefined) throw new Error("a guest without a disk");
    const { seed, boot } = this.#options;
    const random = seededRandom(seed * 7919 + boot * 131 + afterCommits * 31 + thenSteps);
    return {
      disk: disk.afterCut(memory, random),
      memory,
      unflushedWrites: disk.unflushedWrites,
      acknowledged: this.#acknowledged,
    };
  }
}
