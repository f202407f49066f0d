import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../protocols/random.ts";
import { fromHex, join, toHex } from "../../protocols/stream/bytes.ts";
import { runSimulator } from "../../simulators/carriers/run-simulator.ts";
import type { LineFaultName } from "../../simulators/line-faults.ts";
import { lineFault, lineFaultNames, withLineFaults } from "../../simulators/line-faults.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { probeDevice } from "../drivers/transports/probe-device.ts";

const chunk = fromHex("a004018900d2") ?? new Uint8Array();
const alphabet = Uint8Array.of(0xa0, 0x04, 0x01);

/** A faulty probe on a clock turned by hand, with everything that it sends and when. */
function bench(seed = 1, lateMs = 1_000) {
  const clock = new ManualClock();
  const sent: { readonly atMs: number; readonly hex: string }[] = [];
  const faulty = withLineFaults(probeDevice().simulator, { random: seededRandom(seed), alphabet, lateMs });
  const run = runSimulator(faulty, clock, {
    send: (bytes) => void sent.push({ atMs: clock.monotonicMs(), hex: toHex(bytes) }),
    edge: () => {},
  });
  return {
    clock,
    sent,
    all: () => sent.map(({ hex }) => hex).join(""),
    say: (bytes = chunk) => run.input({ kind: "stimulus", stimulus: { kind: "say", bytes } }),
    fault: (name: LineFaultName, lasts: { chunks: number } | { ms: number }) =>
      run.input({ kind: "stimulus", stimulus: lineFault(name, lasts) }),
  };
}

const whole = toHex(chunk);
const seeds = fc.integer({ min: 0, max: 1_000_000 });

describe("a line without faults", () => {
  test("changes nothing", () => {
    const { say, sent } = bench();
    say();
    say();
    expect(sent).toEqual([
      { atMs: 0, hex: whole },
      { atMs: 0, hex: whole },
    ]);
  });
});

describe("each fault", () => {
  test("split loses no byte and keeps the order, also of what is sent meanwhile", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.uint8Array({ minLength: 2, maxLength: 64 }), async (seed, bytes) => {
        const { say, fault, sent, all, clock } = bench(seed);
        fault("split", { chunks: 1 });
        say(bytes);
        say();
        expect(sent).toHaveLength(1);
        await clock.turn(1_000);
        expect(sent.length).toBeGreaterThanOrEqual(3);
        expect(sent.every(({ hex }) => hex.length > 0)).toBe(true);
        expect(all()).toBe(toHex(join(bytes, chunk)));
        expect(new Set(sent.map(({ atMs }) => atMs)).size).toBe(sent.length);
      }),
    );
  });

  test("garbage stands before and behind, made of the alphabet", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { say, fault, all } = bench(seed);
        fault("garbage", { chunks: 1 });
        say();
        expect(all()).toMatch(new RegExp(`^(a0|04|01){1,16}${whole}(a0|04|01){1,16}$`));
      }),
    );
  });

  test("a false start is the chunk's own beginning, and the whole chunk follows", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { say, fault, all } = bench(seed);
        fault("false-start", { chunks: 1 });
        say();
        const before = all().slice(0, -whole.length);
        expect(all().endsWith(whole)).toBe(true);
        expect(before.length).toBeGreaterThan(0);
        expect(before.length).toBeLessThan(whole.length);
        expect(whole.startsWith(before)).toBe(true);
      }),
    );
  });

  test("a flipped bit is exactly one", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { say, fault, all } = bench(seed);
        fault("flipped-bit", { chunks: 1 });
        say();
        const flipped = fromHex(all()) ?? new Uint8Array();
        const difference = chunk.map((byte, index) => byte ^ (flipped[index] ?? 0));
        const bits = [...difference].map((byte) => byte.toString(2).replaceAll("0", "").length);
        expect(bits.reduce((sum, count) => sum + count, 0)).toBe(1);
        expect(flipped).toHaveLength(chunk.length);
      }),
    );
  });

  test("silence swallows", async () => {
    const { say, fault, sent, clock } = bench();
    fault("silence", { chunks: 2 });
    say();
    say();
    await clock.turn(60_000);
    expect(sent).toEqual([]);
    say();
    expect(sent).toEqual([{ atMs: 60_000, hex: whole }]);
  });

  test("a late reply is overtaken by what is sent meanwhile", async () => {
    const { say, fault, sent, clock } = bench();
    fault("late-reply", { chunks: 1 });
    say();
    say(Uint8Array.of(1));
    await clock.turn(999);
    expect(sent).toEqual([{ atMs: 0, hex: "01" }]);
    await clock.turn(1);
    expect(sent[1]).toEqual({ atMs: 1_000, hex: whole });
  });
});

describe("switching", () => {
  test("a fault for a time ends by itself", async () => {
    const { say, fault, sent, clock } = bench();
    fault("silence", { ms: 500 });
    say();
    await clock.turn(499);
    say();
    await clock.turn(1);
    say();
    expect(sent).toEqual([{ atMs: 500, hex: whole }]);
  });

  test("the same fault anew replaces its duration", async () => {
    const { say, fault, sent, clock } = bench();
    fault("silence", { ms: 100 });
    fault("silence", { chunks: 1 });
    await clock.turn(1_000);
    say();
    say();
    expect(sent).toEqual([{ atMs: 1_000, hex: whole }]);
  });

  test("faults add up", async () => {
    const { say, fault, all, sent, clock } = bench();
    fault("garbage", { chunks: 1 });
    fault("split", { chunks: 1 });
    say();
    await clock.turn(1_000);
    expect(all()).toContain(whole);
    expect(all().length).toBeGreaterThan(whole.length);
    expect(sent.length).toBeGreaterThan(1);
  });

  test("the same seed, the same course", async () => {
    const course = async (seed: number) => {
      const { say, fault, sent, clock } = bench(seed);
      for (const name of lineFaultNames) {
        fault(name, { chunks: 2 });
        say();
        await clock.turn(50);
      }
      await clock.turn(5_000);
      return sent;
    };
    expect(await course(7)).toEqual(await course(7));
    expect(await course(7)).not.toEqual(await course(8));
  });
});
