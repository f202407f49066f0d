import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heardReader, observedMs, type ReaderClock } from "../../protocols/reader-clock.ts";

/** A reader whose clock is behind ours by `offsetMs`, runs by `drift` too fast, and whose messages take their time. */
const exchanges = fc.array(
  fc.record({
    pauseMs: fc.integer({ min: 0, max: 600_000 }),
    thereMs: fc.integer({ min: 0, max: 2_000 }),
    backMs: fc.integer({ min: 0, max: 30_000 }),
    asked: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
);

describe("a reader's clock", () => {
  it("is known to half an answer's way, and a sight is never put after we heard of it", () => {
    fc.assert(
      fc.property(
        exchanges,
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.double({ min: -100e-6, max: 100e-6, noNaN: true }),
        (course, offsetMs, drift) => {
          const readerAt = (oursMs: number): number => (oursMs - offsetMs) * (1 + drift);
          let nowMs = 1e9;
          let clock: ReaderClock | undefined;
          let firstAsked = Number.POSITIVE_INFINITY;
          for (const { pauseMs, thereMs, backMs, asked } of course) {
            const askedMs = nowMs + pauseMs;
            const seenMs = askedMs + thereMs;
            const heardMs = seenMs + backMs;
            nowMs = heardMs;
            const time = { readerMs: readerAt(seenMs), heardMs, ...(asked ? { askedMs } : {}) };
            clock = heardReader(clock, time);
            if (asked) firstAsked = Math.min(firstAsked, thereMs + backMs);
            const at = observedMs(clock, time);
            // What doubles can say of a clock that is a million million milliseconds away.
            const exactMs = 1e-3;
            expect(at).toBeLessThanOrEqual(heardMs);
            // The bounds hold the truth, so that the guess is no further from it than they are apart.
            const errorMs = Math.abs(at - seenMs);
            if (asked) expect(errorMs).toBeLessThanOrEqual((clock.highMs - clock.lowMs) / 2 + exactMs);
            if (asked) expect(errorMs).toBeLessThanOrEqual((thereMs + backMs) / 2 + exactMs);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("gets nearer with the fastest answer, and keeps it while slow ones come", () => {
    const slow = heardReader(undefined, { readerMs: 1_000, askedMs: 5_000, heardMs: 9_000 });
    expect(slow).toEqual({ lowMs: 4_000, highMs: 8_000, atMs: 5_000 });
    const fast = heardReader(slow, { readerMs: 6_000, askedMs: 10_990, heardMs: 11_010 });
    expect(fast).toEqual({ lowMs: 4_990, highMs: 5_010, atMs: 10_990 });
    const again = heardReader(fast, { readerMs: 8_000, askedMs: 11_100, heardMs: 21_010 });
    // 10.02 s since the fast one was asked for, at 200 parts in a million.
    expect(again.lowMs).toBeCloseTo(4_987.996, 6);
    expect(again.highMs).toBeCloseTo(5_012.004, 6);
    expect(again.atMs).toBe(11_100);
    expect(observedMs(again, { readerMs: 7_500, heardMs: 21_010 })).toBeCloseTo(12_500, 6);
  });

  it("of which only reports are heard is measured by the fastest of them", () => {
    const late = heardReader(undefined, { readerMs: 100, heardMs: 4_100 });
    const fast = heardReader(late, { readerMs: 3_100, heardMs: 4_110 });
    expect(fast.lowMs).toBe(Number.NEGATIVE_INFINITY);
    expect(fast.highMs).toBe(1_010);
    expect(observedMs(fast, { readerMs: 100, heardMs: 4_100 })).toBe(1_110);
  });

  it("that was set either way, or began anew, is believed anew", () => {
    const before = heardReader(undefined, { readerMs: 50_000, askedMs: 1_000, heardMs: 1_010 });
    for (const readerMs of [0, 3_650_000, 60_000 * 60]) {
      const time = { readerMs, askedMs: 2_000, heardMs: 2_020 };
      const after = heardReader(before, time);
      expect(after).toEqual({ lowMs: 2_000 - readerMs, highMs: 2_020 - readerMs, atMs: 2_000 });
      expect(observedMs(after, time)).toBe(2_010);
    }
    // A report with a time that is still to come shows it too, without a question.
    expect(heardReader(before, { readerMs: 99_000, heardMs: 2_000 }).highMs).toBe(-97_000);
  });
});
