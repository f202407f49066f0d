// Rounds over all codecs until the time is up; each round's start is said, so that a hang has a name. Needs --expose-gc.
import { systemClock } from "../../cli/system.ts";
import { Chance } from "./chance.ts";
import { fuzzCodec, fuzzedCodecs } from "./codec-rounds.ts";

/** Lines of stdout, one JSON object each. */
export type CodecReport =
  | { readonly kind: "round"; readonly round: number; readonly heapMegabytes: number }
  | { readonly kind: "slow"; readonly codec: string; readonly round: number; readonly tookMs: number }
  | { readonly kind: "broken"; readonly codec: string; readonly round: number; readonly error: string }
  | { readonly kind: "done"; readonly rounds: number };

const [seedText = "1", secondsText = "5", firstText = "0", onlyText = ""] = process.argv.slice(2);
const seed = Number(seedText);
const clock = systemClock();
const endMs = clock.monotonicMs() + Number(secondsText) * 1_000;
const say = (report: CodecReport): void => console.log(JSON.stringify(report));

/** A round of a codec is a few messages; longer is a hang in the making. Processor time: a busy machine waits as well. */
const slowMs = 200;
const inputsPerRound = 40;

function playRound(codec: string, index: number, round: number): void {
  const before = process.cpuUsage();
  try {
    const chance = new Chance(seed * 1_000_003 + round * 1_009 + index);
    for (let input = 0; input < inputsPerRound; input += 1) fuzzCodec(codec, chance);
  } catch (error) {
    say({
      kind: "broken",
      codec,
      round,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
  const tookMs = process.cpuUsage(before).user / 1_000;
  if (tookMs > slowMs) say({ kind: "slow", codec, round, tookMs });
}

let round = Number(firstText);
do {
  globalThis.gc?.();
  say({ kind: "round", round, heapMegabytes: process.memoryUsage().heapUsed / 1e6 });
  fuzzedCodecs.forEach((codec, index) => playRound(codec, index, round));
  round += 1;
} while (clock.monotonicMs() < endMs && onlyText !== "only");
say({ kind: "done", rounds: round - Number(firstText) });
