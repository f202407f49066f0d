import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultGapRules, type GapWatch, watchGap } from "../../hq/gap-watch.ts";
import {
  canHold,
  emptyLedger,
  islandsMax,
  type Ledger,
  missing,
  noteHeld,
  unheld,
  without,
} from "../../hq/ledger.ts";

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
          expect(unheld(ledger, { from: sequence, to: sequence })).toHaveLength(held.has(sequence) ? 0 : 1);
          if (!held.has(sequence)) lacking.push(sequence);
        }
        expect(ledger.contiguous).toBe((lacking[0] ?? 0) - 1);
        const listed = missing(ledger, highest + 5).flatMap(({ from, to }) =>
          Array.from({ length: to - from + 1 }, (_, index) => from + index),
        );
        expect(listed).toEqual(lacking);
        expect(unheld(ledger, { from: 1, to: highest + 5 })).toEqual(missing(ledger, highest + 5));
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
    const at = (sequence: number) => ({ from: sequence, to: sequence });
    expect(canHold(ledger, at(5))).toBe(false);
    expect(canHold(ledger, at(islandsMax * 10 + 5))).toBe(false);
    expect(canHold(ledger, at(11))).toBe(true);
    expect(canHold(ledger, at(9))).toBe(true);
    expect(canHold(ledger, at(1))).toBe(true);
    expect(canHold(ledger, { from: 5, to: 9 })).toBe(true);
    expect(canHold(ledger, { from: 5, to: 8 })).toBe(false);
    expect(canHold({ ...ledger, beyond: ledger.beyond.slice(0, 8) }, at(5), 8)).toBe(false);
  });

  it("cuts a range out of ranges", () => {
    const ranges = [
      { from: 1, to: 5 },
      { from: 8, to: 20 },
    ];
    expect(without(ranges, { from: 3, to: 10 })).toEqual([
      { from: 1, to: 2 },
      { from: 11, to: 20 },
    ]);
    expect(without(ranges, { from: 10, to: 12 })).toEqual([
      { from: 1, to: 5 },
      { from: 8, to: 9 },
      { from: 13, to: 20 },
    ]);
    expect(without(ranges, { from: 1, to: 20 })).toEqual([]);
    expect(without(ranges, { from: 5, to: 0 })).toEqual(ranges);
  });
});

describe("gap watch", () => {
  const rules = { ...defaultGapRules, askAfterMs: 100, askAgainMsMax: 400, rangesMax: 2, eventsMax: 10 };
  const said = (last: number, heard = 0, draining = 0) => ({ last, heard, draining });
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
      const step = watchGap(watch, { ledger, standing: said(100), nowMs }, rules);
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
    const first = watchGap(undefined, { ledger, standing: said(0), nowMs: 0 }, rules);
    const moved = { ...ledger, contiguous: 20 };
    const second = watchGap(first.watch, { ledger: moved, standing: said(0), nowMs: 150 }, rules);
    expect(second).toEqual({ watch: { contiguous: 20, sinceMs: 150, nextAskMs: 250, asked: 0 }, ask: [] });
    const whole = { ...empty, contiguous: 60 };
    expect(watchGap(second.watch, { ledger: whole, standing: said(60), nowMs: 300 }, rules)).toEqual({
      watch: undefined,
      ask: [],
    });
  });

  it("does not ask for a backlog that is on its way, but for what it forgot and for what is lost behind it", () => {
    const patient = { ...rules, drainPatienceMs: 1_000 };
    // The gateway heard 10 confirmed, and everything up to 55 will still come.
    const standing = said(100, 10, 55);
    const asked = new Map<number, unknown>();
    let watch: GapWatch | undefined;
    for (let nowMs = 0; nowMs <= 1_000; nowMs += 100) {
      const step = watchGap(watch, { ledger, standing, nowMs }, patient);
      watch = step.watch;
      if (step.ask.length > 0) asked.set(nowMs, step.ask);
    }
    expect([...asked.keys()]).toEqual([100, 300, 700]);
    expect(asked.get(100)).toEqual([
      { from: 4, to: 10 },
      { from: 56, to: 59 },
    ]);
    const late = watchGap(watch, { ledger, standing, nowMs: 1_100 }, patient);
    expect(late.ask).toEqual([
      { from: 4, to: 13 },
      { from: 51, to: 59 },
    ]);
  });
});
