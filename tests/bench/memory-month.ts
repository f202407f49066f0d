import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { playSeed, type SeedResult } from "../../cli/whole-site/play-seed.ts";
import { rounded } from "./figures.ts";
import { isFlat, type Sample, slopeOf } from "./slope.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Caches fill and V8 compiles while the first days are played. */
const warmUpDays = 3;
/** Fewer are no line. */
const samplesMin = 3;
/** What a month without customers may leave behind: a box that is alone for a year holds less than 8 MB more. */
const quietKilobytesPerDayMax = 20;
interface Month {
  readonly samples: readonly Sample[];
  readonly result: SeedResult;
}

/**
 * The heap day by day over a simulated month: without customers, where only time can make it grow, and with
 * customers and faults, where the play keeps its own books of every event, so that only a reader can judge.
 */
export async function measureMemoryMonth(seed: number, days: number): Promise<Record<string, unknown>> {
  const quiet = await play(seed, days, true);
  const busy = await play(seed, days, false);
  return { seed, days, quiet: { ...grown(quiet), ...judged(quiet) }, busy: grown(busy) };
}

function grown({ samples, result }: Month): Record<string, unknown> {
  const verdicts = result.verdicts
    .filter(({ ok }) => !ok)
    .map(({ checker, words }) => `${checker}: ${words}`);
  const days = Math.floor(result.simulatedMs / dayMs);
  const common = { days, events: result.counts.stored ?? 0, verdicts };
  if (samples.length < samplesMin) return { ...common, words: "the play ended before there was a line" };
  const { perHour, uncertainty, first, last } = slopeOf(samples);
  return {
    ...common,
    kilobytesPerDay: perDay(perHour),
    uncertainty: perDay(uncertainty),
    firstMegabytes: rounded(first / 1_048_576),
    lastMegabytes: rounded(last / 1_048_576),
  };
}

function judged({ samples }: Month): Record<string, unknown> {
  const reached =
    samples.length >= samplesMin && isFlat(slopeOf(samples), (quietKilobytesPerDayMax * 1_024) / 24);
  return { target: `<= ${quietKilobytesPerDayMax}`, reached };
}

async function play(seed: number, days: number, quiet: boolean): Promise<Month> {
  const collect = collector();
  const samples: Sample[] = [];
  let day = 0;
  const result = await playSeed({
    seed,
    durationMs: days * dayMs,
    quiet,
    openHours: [9, 20],
    faultsPerHour: 3,
    onProgress(share) {
      if (share * days < day + 1) return;
      day += 1;
      collect();
      const value = process.memoryUsage().heapUsed;
      console.error(`${quiet ? "quiet" : "busy"} day ${day}: ${(value / 1_048_576).toFixed(2)} MB`);
      if (day > warmUpDays) samples.push({ atMs: day * dayMs, value });
    },
  });
  return { samples, result };
}

/** The collector of this very process, which nobody asked for when it was started. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

const perDay = (bytesPerHour: number): number => rounded((bytesPerHour * 24) / 1_024);
