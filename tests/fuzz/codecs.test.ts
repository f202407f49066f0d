import { expect, test } from "vitest";
import { systemClock, systemRandom } from "../../cli/system.ts";
import { lineDecoders } from "../../protocols/codecs.ts";
import { StorewireProcess } from "../storewire-process.ts";
import { waitUntil } from "../wait-until.ts";
import type { CodecReport } from "./codec-process.ts";
import { fuzzedCodecs } from "./codec-rounds.ts";

// STOREWIRE_FUZZ_SECONDS: how long. STOREWIRE_FUZZ_SEED, STOREWIRE_FUZZ_ROUND: one round again.
const { STOREWIRE_FUZZ_SECONDS = "10", STOREWIRE_FUZZ_SEED, STOREWIRE_FUZZ_ROUND } = process.env;
const seconds = Number(STOREWIRE_FUZZ_SECONDS);
const seed = Number(STOREWIRE_FUZZ_SEED ?? Math.floor(systemRandom.fraction() * 1e9));
const clock = systemClock();

/** Without a round for so long it hangs: a round takes a fraction of a second of processor time. */
const silenceMsMax = 60_000;
/** After a full collection, against the round in which all code was compiled. */
const heapGrowthMegabytesMax = 8;
const warmUpRounds = 3;

function expectNoGrowth(heapMegabytes: readonly number[]): void {
  expect(heapMegabytes.length).toBeGreaterThan(warmUpRounds);
  const [warm = 0, end = 0] = [heapMegabytes[warmUpRounds], heapMegabytes.at(-1)];
  console.log(JSON.stringify({ seed, rounds: heapMegabytes.length, codecs: fuzzedCodecs.length, warm, end }));
  expect(end - warm).toBeLessThan(heapGrowthMegabytesMax);
}

test("the fuzz goes through every codec", () => {
  expect([...fuzzedCodecs].toSorted()).toEqual(Object.keys(lineDecoders).toSorted());
});

test(
  `no codec throws, hangs, loses a byte or keeps memory, whatever it is given (seed ${seed})`,
  async () => {
    let saidMs = clock.monotonicMs();
    const reports: CodecReport[] = [];
    const first = STOREWIRE_FUZZ_ROUND ?? "0";
    const only = STOREWIRE_FUZZ_ROUND === undefined ? "" : "only";
    const fuzz = new StorewireProcess([String(seed), String(seconds), first, only], {
      program: "tests/fuzz/codec-process.js",
      nodeFlags: ["--expose-gc"],
      onLine(line) {
        saidMs = clock.monotonicMs();
        reports.push(JSON.parse(line) as CodecReport);
      },
    });
    const silent = (): boolean => clock.monotonicMs() - saidMs > silenceMsMax;
    try {
      await waitUntil("the fuzz is over", () => silent() || !fuzz.running, (seconds + 120) * 1_000);
      const rounds = reports.flatMap((report) => (report.kind === "round" ? [report] : []));
      const last = rounds.at(-1)?.round ?? 0;
      const again = `STOREWIRE_FUZZ_SEED=${seed} STOREWIRE_FUZZ_ROUND=${last} npx vitest run tests/fuzz/codecs.test.ts`;
      expect(silent(), `it hangs; again: ${again}\n${fuzz.said()}`).toBe(false);
      expect(await fuzz.exit(), fuzz.said()).toBe(0);
      expect(reports.filter(({ kind }) => kind === "broken" || kind === "slow")).toEqual([]);
      expect(reports.at(-1)?.kind).toBe("done");
      if (only === "") expectNoGrowth(rounds.map(({ heapMegabytes }) => heapMegabytes));
    } finally {
      await fuzz.kill();
    }
  },
  (seconds + 180) * 1_000,
);
