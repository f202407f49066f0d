import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commitWaitMs, newPace, type PaceRules, type PaceState, stepPace } from "../../outbox/commit-pace.ts";

/** 43.2 MB a day: 500 bytes a second. */
const rules: PaceRules = { waitMsMax: 50, bytesPerDayMax: 43_200_000 };
const hourMs = 3_600_000;
const dayBytes = rules.bytesPerDayMax;

/** Commits of so many bytes each: how many of them there are follows from the wait, as it does in a gateway. */
function run(
  state: PaceState,
  { load, hours, bytes }: { load: (waitMs: number) => number; hours: number; bytes: number },
  paced = rules,
): { state: PaceState; waits: number[]; bytesPerDay: number } {
  const waits: number[] = [];
  const endMs = state.atMs + hours * hourMs;
  let spent = 0;
  let since = 0;
  const startMs = state.atMs;
  let nowMs = startMs;
  while (nowMs < endMs) {
    nowMs += load(commitWaitMs(state, paced));
    state = stepPace(state, { kind: "committed", atMs: nowMs }, paced);
    spent += bytes;
    since += bytes;
    waits.push(commitWaitMs(state, paced));
    if (since >= 60 * bytes) {
      state = stepPace(state, { kind: "measured", bytes: since, atMs: nowMs }, paced);
      since = 0;
    }
  }
  return { state, waits, bytesPerDay: (spent * 86_400_000) / (nowMs - startMs) };
}

describe("the pace of commits", () => {
  it("commits at once while the day's budget lasts, whatever a commit costs", () => {
    const { waits } = run(newPace(rules, 0), { load: () => 20_000, hours: 48, bytes: 8_000 });
    expect(new Set(waits)).toEqual(new Set([0]));
  });

  it("is never out of its bounds, whatever happens", () => {
    const input = fc.oneof(
      fc.record({ kind: fc.constant("committed" as const), afterMs: fc.nat(10_000_000) }),
      fc.record({
        kind: fc.constant("measured" as const),
        afterMs: fc.integer({ min: -1_000, max: 100_000_000 }),
        bytes: fc.oneof(fc.nat(1_000_000_000), fc.constant(0), fc.constant(-5)),
      }),
    );
    fc.assert(
      fc.property(fc.array(input, { maxLength: 200 }), (inputs) => {
        let state = newPace(rules, 0);
        let nowMs = 0;
        for (const { afterMs, ...rest } of inputs) {
          nowMs += afterMs;
          state = stepPace(state, { ...rest, atMs: nowMs }, rules);
          const waitMs = commitWaitMs(state, rules);
          expect(waitMs).toBeGreaterThanOrEqual(0);
          expect(waitMs).toBeLessThanOrEqual(rules.waitMsMax);
          expect(Number.isInteger(waitMs)).toBe(true);
          expect(state.creditBytes).toBeLessThanOrEqual(dayBytes / 4);
          expect(state.creditBytes).toBeGreaterThanOrEqual(-dayBytes / 24);
          if (!state.sparing) expect(waitMs).toBe(0);
        }
      }),
    );
  });

  it("settles between its bounds where waiting helps: the budget is kept, and not by more wait than needed", () => {
    // A continuous load in slow motion: a commit every 8 s and as much later as it is held. The budget is one in 24 s.
    const slow = { ...rules, waitMsMax: 50_000 };
    const load = (waitMs: number): number => 8_000 + waitMs;
    const bytes = 12_000;
    const { state } = run(newPace(slow, 0), { load, hours: 100, bytes }, slow);
    const later = run(state, { load, hours: 100, bytes }, slow);
    expect(later.bytesPerDay / dayBytes).toBeGreaterThan(0.9);
    expect(later.bytesPerDay / dayBytes).toBeLessThan(1.1);
    expect(Math.min(...later.waits)).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...later.waits)).toBeLessThanOrEqual(22_000);
  });

  it("holds as long as it may, and no longer, where no wait is enough", () => {
    const { waits } = run(newPace(rules, 0), { load: (waitMs) => 8 + waitMs, hours: 3, bytes: 50_000 });
    expect(new Set(waits.slice(-1_000))).toEqual(new Set([50]));
  });

  it("lets a rush pass, and an hour of quiet after it makes commits quick again", () => {
    const rush = run(newPace(rules, 0), { load: (waitMs) => 5 + waitMs, hours: 1, bytes: 20_000 });
    expect(rush.waits[0]).toBe(0);
    expect(rush.waits.at(-1)).toBe(50);
    const quietMs = rush.state.atMs + 1.5 * hourMs;
    const after = stepPace(rush.state, { kind: "committed", atMs: quietMs }, rules);
    expect(commitWaitMs(after, rules)).toBe(0);
  });

  it("does not waver at the edge: what began to wait waits until something is saved", () => {
    let state: PaceState = { ...newPace(rules, 0), creditBytes: 1_000, bytesPerCommit: 2_000 };
    state = stepPace(state, { kind: "committed", atMs: 0 }, rules);
    expect(commitWaitMs(state, rules)).toBeGreaterThan(0);
    // 500 bytes a second: after ten seconds the account is in credit, and still it waits ...
    state = stepPace(state, { kind: "measured", bytes: 2_000, atMs: 10_000 }, rules);
    expect(state.creditBytes).toBe(4_000);
    expect(commitWaitMs(state, rules)).toBeGreaterThan(0);
    const another = stepPace(state, { kind: "committed", atMs: 10_000 }, rules);
    expect(another.creditBytes).toBe(2_000);
    expect(commitWaitMs(another, rules)).toBeGreaterThan(0);
    // ... until a ninety-sixth of the day is there.
    state = stepPace(state, { kind: "measured", bytes: 0, atMs: 902_000 }, rules);
    expect(state.creditBytes).toBe(450_000);
    expect(commitWaitMs(state, rules)).toBe(0);
  });

  it("learns what a commit costs from the kernel's count", () => {
    let state = newPace(rules, 0);
    for (let minute = 1; minute <= 40; minute += 1) {
      for (let commit = 0; commit < 10; commit += 1)
        state = stepPace(state, { kind: "committed", atMs: minute * 60_000 }, rules);
      state = stepPace(state, { kind: "measured", bytes: 10 * 30_000, atMs: minute * 60_000 }, rules);
    }
    expect(Math.round(state.bytesPerCommit)).toBe(30_000);
  });

  it("believes no measurement that cannot be", () => {
    let state = newPace(rules, 0);
    for (const [bytes, price] of [
      [10 ** 15, 64 * 1024 * 1024],
      [0, 50_331_648],
    ] as const) {
      state = stepPace(state, { kind: "committed", atMs: 0 }, rules);
      state = stepPace(state, { kind: "measured", bytes, atMs: 0 }, rules);
      expect(state.bytesPerCommit).toBe(price);
    }
    for (let minute = 0; minute < 100; minute += 1) {
      state = stepPace(state, { kind: "committed", atMs: 0 }, rules);
      state = stepPace(state, { kind: "measured", bytes: 0, atMs: 0 }, rules);
    }
    expect(state.bytesPerCommit).toBe(256);
    // Without a commit there is nothing to say about what one costs.
    expect(stepPace(state, { kind: "measured", bytes: 10 ** 9, atMs: 0 }, rules)).toEqual(state);
  });

  it("costs nothing where no budget is set, and never holds where no wait is allowed", () => {
    const free = { waitMsMax: 50, bytesPerDayMax: Number.POSITIVE_INFINITY };
    const before = newPace(free, 0);
    expect(stepPace(before, { kind: "committed", atMs: 5 }, free)).toBe(before);
    expect(commitWaitMs(before, free)).toBe(0);
    const never = { waitMsMax: 0, bytesPerDayMax: 1 };
    const spent = stepPace(newPace(never, 0), { kind: "committed", atMs: 0 }, never);
    expect(spent.sparing).toBe(true);
    expect(commitWaitMs(spent, never)).toBe(0);
  });
});
