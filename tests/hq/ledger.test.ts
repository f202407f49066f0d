import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultGapRules, type GapWatch, watchGap } from "../../hq/gap-watch.ts";
import { canHold, emptyLedger, holds, islandsMax, type Ledger, missing, noteHeld } from "../../hq/ledger.ts";

const empty = emptyLedger({ site: "s", gateway: "g", stream: "evt", epoch: "e" });
const rangeOf = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 9 }))
  .map(([from, length]) => ({ from, to: from + length }));

describe("ledger", () => {
  it("knows after any ranges in any order what it holds, what is missing, and how far it is whole", () => {
    fc.assert(
      fc.property(fc.array(rangeOf, { maxLength: 30 }), (ranges) => {
        const held = new Set<number>();
        let ledger: Ledger = empty;
        for (const range of ranges) {
          ledger = noteHeld(ledger, range);
          for (let sequence = range.from; sequence <= range.to; sequence += 1) held.add(sequence);
        }
        const highest = Math.max(0, ...held);
        const lacking: number[] = [];
        for (let sequence = 1; sequence <= highest + 5; sequence += 1) {
          expect(holds(ledger, sequence)).toBe(held.has(sequence));
          if (!held.has(sequence)) lacking.push(sequence);
        }
        expect(ledger.contiguous).toBe((lacking[0] ?? 0) - 1);
        const listed = missing(ledger, highest + 5).flatMap(({ from, to }) =>
          Array.from({ length: to - from + 1 }, (_, index) => from + index),
        );
        expect(listed).toEqual(lacking);
        expect(missing(ledger).every(({ to }) => to < highest)).toBe(true);
        // Islands never touch, or they would be one.
        let before = ledger.contiguous;
        for (const { from, to } of ledger.beyond) {
          expect(from).toBeGreaterThan(before + 1);
          before = to;
        }
      }),
    );
  });

  it("opens no island too many, but still closes and widens those that it has", () => {
    let ledger: Ledger = empty;
    for (let island = 1; island <= islandsMax; island += 1) {
      ledger = noteHeld(ledger, { from: island * 10, to: island * 10 });
    }
    expect(canHold(ledger, 5)).toBe(false);
    expect(canHold(ledger, islandsMax * 10 + 5)).toBe(false);
    expect(canHold(ledger, 11)).toBe(true);
    expect(canHold(ledger, 9)).toBe(true);
    expect(canHold(ledger, 1)).toBe(true);
  });
});

describe("gap watch", () => {
  const rules = { ...defaultGapRules, askAfterMs: 100, askAgainMsMax: 400, rangesMax: 2, eventsMax: 10 };
  const ledger = {
    ...empty,
    contiguous: 3,
    beyond: [
      { from: 50, to: 50 },
      { from: 60, to: 60 },
    ],
  };

  it("waits, asks for bounded ranges, doubles its patience up to the limit", () => {
    let watch: GapWatch | undefined;
    const askedAt: number[] = [];
    for (let nowMs = 0; nowMs <= 2_000; nowMs += 50) {
      const step = watchGap(watch, { ledger, last: 100, nowMs }, rules);
      watch = step.watch;
      if (step.ask.length === 0) continue;
      askedAt.push(nowMs);
      expect(step.ask).toEqual([
        { from: 4, to: 13 },
        { from: 51, to: 59 },
      ]);
    }
    expect(askedAt).toEqual([100, 300, 700, 1_100, 1_500, 1_900]);
  });

  it("starts anew when the position moves, and forgets when nothing is missing", () => {
    const first = watchGap(undefined, { ledger, last: 0, nowMs: 0 }, rules);
    const moved = { ...ledger, contiguous: 20 };
    const second = watchGap(first.watch, { ledger: moved, last: 0, nowMs: 150 }, rules);
    expect(second).toEqual({ watch: { contiguous: 20, nextAskMs: 250, asked: 0 }, ask: [] });
    const whole = { ...empty, contiguous: 60 };
    expect(watchGap(second.watch, { ledger: whole, last: 60, nowMs: 300 }, rules)).toEqual({
      watch: undefined,
      ask: [],
    });
  });
});
