import { describe, expect, it } from "vitest";
import {
  type Pulse,
  type Verdict,
  verdictOf,
  type Watched,
  watchedNothing,
  watchPulses,
} from "../../protocols/progress.ts";

const pulse = (part: string, steps: number, rests = false, stillMsMax = 60_000): Pulse => ({
  part,
  steps,
  rests,
  stillMsMax,
});
const alive: Verdict = { kind: "alive" };
const lookMsMax = 20_000;

/** Looks every ten seconds at what is given, one list a look; the verdict is that of the last. */
function looked(...looks: readonly (readonly Pulse[])[]): Verdict {
  let watched: Watched = watchedNothing(0);
  for (const [index, pulses] of looks.entries())
    watched = watchPulses(watched, pulses, (index + 1) * 10_000, lookMsMax);
  return verdictOf(watched, looks.at(-1) ?? []);
}

const times = (count: number, pulses: readonly Pulse[]): (readonly Pulse[])[] => Array(count).fill(pulses);

describe("a part's progress", () => {
  it("is wanted within its limit, from the first look on", () => {
    expect(looked(...times(7, [pulse("writer", 3)]))).toEqual(alive);
    expect(looked(...times(8, [pulse("writer", 3)]))).toEqual({
      kind: "stuck",
      part: "writer",
      stillMs: 70_000,
    });
  });

  it("begins the wait anew with each step, up or down", () => {
    expect(looked(...times(7, [pulse("writer", 3)]), ...times(7, [pulse("writer", 4)]))).toEqual(alive);
    expect(looked(...times(7, [pulse("writer", 3)]), ...times(7, [pulse("writer", 0)]))).toEqual(alive);
  });

  it("is not wanted while the part rests, however long", () => {
    expect(looked(...times(1_000, [pulse("device reader", 3, true)]))).toEqual(alive);
  });

  it("is wanted anew after a rest", () => {
    const before = times(7, [pulse("writer", 3)]);
    const rest = [[pulse("writer", 3, true)]];
    expect(looked(...before, ...rest, ...times(6, [pulse("writer", 3)]))).toEqual(alive);
    expect(looked(...before, ...rest, ...times(7, [pulse("writer", 3)]))).toMatchObject({ stillMs: 70_000 });
  });

  it("of one part says nothing about another; the one that overran its limit by most is named", () => {
    const parts = [pulse("writer", 1, false, 60_000), pulse("uplink", 1, false, 90_000), pulse("loop", 1)];
    const moving = Array.from({ length: 14 }, (_, index) => [...parts.slice(0, 2), pulse("loop", index)]);
    expect(looked(...moving)).toEqual({ kind: "stuck", part: "writer", stillMs: 130_000 });
  });

  it("forgets parts that are gone", () => {
    expect(looked(...times(7, [pulse("a", 1)]), [], ...times(7, [pulse("a", 1)]))).toEqual(alive);
  });

  it("is not missed for the time in which the whole process was stopped", () => {
    const pulses = [pulse("writer", 3)];
    const first = watchPulses(watchedNothing(0), pulses, 10_000, lookMsMax);
    const woken = watchPulses(first, pulses, 3_600_000, lookMsMax);
    expect(woken.parts.get("writer")).toEqual({ steps: 3, stillMs: lookMsMax });
    expect(verdictOf(woken, pulses)).toEqual(alive);
  });
});
