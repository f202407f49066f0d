import { exitCodes } from "../exit-codes.ts";
import { systemClock } from "../system.ts";
import { playSeed, type SeedResult } from "../whole-site/play-seed.ts";

export interface SimulateSiteOptions {
  readonly seed: number;
  readonly days?: number;
  readonly seeds: number;
  readonly untilFailure: boolean;
  readonly quiet: boolean;
  readonly faultsPerHour?: number;
  readonly trace: boolean;
}

const hourMs = 3_600_000;
/** Without `--days` a seed plays an hour, which is what the tests play as well. */
const durationMsDefault = hourMs;
/** A run of days has opening hours; a single hour is always a busy one. */
const openHours = [9, 20] as const;
const dayFaultsPerHour = 3;

/** `storewire simulate --seed S --days D`: whole sites on simulated time; exit code 1 when a promise is broken. */
export async function simulateSite(options: SimulateSiteOptions): Promise<number> {
  const clock = systemClock();
  const startedMs = clock.monotonicMs();
  const cpuAtStartMs = cpuMs();
  const progress = new Progress(() => clock.monotonicMs() - startedMs);
  const totals = await playSeeds(options, progress);
  progress.end();
  for (const failure of totals.failures) complain(failure, options);
  const spent = { realMs: clock.monotonicMs() - startedMs, cpuMs: cpuMs() - cpuAtStartMs };
  console.log(JSON.stringify(summaryOf(options, totals, spent)));
  return totals.failures.length === 0 ? exitCodes.done : exitCodes.failed;
}

async function playSeeds(options: SimulateSiteOptions, progress: Progress): Promise<Totals> {
  const failures: SeedResult[] = [];
  let last: SeedResult | undefined;
  let simulatedMs = 0;
  let seeds = 0;
  while (last === undefined || (options.untilFailure ? failures.length === 0 : seeds < options.seeds)) {
    const seed = options.seed + seeds;
    const share = (within: number): number => (seeds + within) / options.seeds;
    last = await playOne(seed, options, (within) => progress.show(share(within), `seed ${seed}`));
    simulatedMs += last.simulatedMs;
    seeds += 1;
    if (!isSound(last)) failures.push(last);
  }
  return { shown: failures[0] ?? last, seeds, failures, simulatedMs };
}

function playOne(
  seed: number,
  { days, quiet, faultsPerHour, trace }: SimulateSiteOptions,
  onProgress: (share: number) => void,
): Promise<SeedResult> {
  const ofDays = days === undefined ? {} : { openHours, faultsPerHour: dayFaultsPerHour };
  return playSeed({
    seed,
    durationMs: days === undefined ? durationMsDefault : days * 24 * hourMs,
    quiet,
    ...ofDays,
    ...(faultsPerHour === undefined ? {} : { faultsPerHour }),
    onProgress,
    ...(trace ? { onFact: (line) => console.error(line) } : {}),
  });
}

const isSound = ({ verdicts }: SeedResult): boolean => verdicts.every(({ ok }) => ok);

function complain(result: SeedResult, options: SimulateSiteOptions): void {
  for (const { checker, ok, words } of result.verdicts) if (!ok) console.error(`${checker}: ${words}`);
  console.error(`replay: ${replayLine(result.seed, options)}`);
}

function replayLine(seed: number, { days, quiet, faultsPerHour }: SimulateSiteOptions): string {
  const words = ["storewire simulate --seed", String(seed)];
  if (days !== undefined) words.push("--days", String(days));
  if (quiet) words.push("--quiet");
  if (faultsPerHour !== undefined) words.push("--faults-per-hour", String(faultsPerHour));
  return [...words, "--trace"].join(" ");
}

interface Totals {
  /** Of several seeds the first that failed, or the last. */
  readonly shown: SeedResult;
  readonly seeds: number;
  readonly failures: readonly SeedResult[];
  readonly simulatedMs: number;
}

/** What this process alone has used, for on a busy machine real time says little. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function summaryOf(
  options: SimulateSiteOptions,
  totals: Totals,
  { realMs, cpuMs: usedMs }: { readonly realMs: number; readonly cpuMs: number },
) {
  const { shown, seeds, failures, simulatedMs } = totals;
  return {
    ...shown,
    seeds,
    failedSeeds: failures.map(({ seed }) => seed),
    simulatedMsOfAll: simulatedMs,
    realMs: Math.round(realMs),
    timesRealTime: Math.round(simulatedMs / Math.max(1, realMs)),
    cpuMs: Math.round(usedMs),
    timesCpuTime: Math.round(simulatedMs / Math.max(1, usedMs)),
    ok: failures.length === 0,
    replay: replayLine(shown.seed, options),
  };
}

/** Nobody wants a bar for what is over at once. */
const barAfterMs = 2_000;
const barEveryMs = 200;
/** Where there is no terminal, a line now and then. */
const lineEveryMs = 30_000;
const barWidth = 30;

class Progress {
  readonly #elapsedMs: () => number;
  #shownMs = 0;
  #drawn = false;

  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  show(share: number, words: string): void {
    const elapsedMs = this.#elapsedMs();
    const terminal = process.stderr.isTTY;
    const dueMs = Math.max(barAfterMs, this.#shownMs + (terminal ? barEveryMs : lineEveryMs));
    if (elapsedMs < dueMs) return;
    this.#shownMs = elapsedMs;
    const filled = Math.round(Math.min(1, share) * barWidth);
    const bar = `[${"#".repeat(filled)}${" ".repeat(barWidth - filled)}]`;
    const line = `${bar} ${Math.round(Math.min(1, share) * 100)} %  ${words}`;
    process.stderr.write(terminal ? `\r${line}` : `${line}\n`);
    this.#drawn = terminal;
  }

  end(): void {
    if (this.#drawn) process.stderr.write("\n");
  }
}
