import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BeamPairSession } from "../../../drivers/families/gpio-beam-pair.ts";
import type { BeamPairOptions, BeamPairStimulus } from "../../../simulators/devices/gpio-beam-pair.ts";
import { createBeamPair } from "../../../simulators/devices/gpio-beam-pair.ts";
import { Pump } from "./pump.ts";

const settings = { outer: "outer", inner: "inner", windowMs: 1_500 };
const pump = (options: Partial<BeamPairOptions> = {}) =>
  new Pump(new BeamPairSession(settings), createBeamPair(options)).open();
type Door = Awaited<ReturnType<typeof pump>>;
const directions = ({ observations }: Door) =>
  observations.map((seen) => (seen.kind === "passage" ? seen.direction : seen.kind));

async function play(stimuli: readonly BeamPairStimulus[], options: Partial<BeamPairOptions> = {}) {
  const door = await pump(options);
  for (const stimulus of stimuli) {
    door.stimulate(stimulus);
    await door.clock.turn(5_000);
  }
  return door;
}

/** Edges at their times, `o` and `i` the beams, capitals broken. */
async function edges(timeline: string): Promise<Door> {
  const door = await pump();
  for (const step of timeline.split(" ")) {
    const [, waitMs = "0", beam = ""] = /^(\d*)([oOiI])?$/.exec(step) ?? [];
    await door.clock.turn(Number(waitMs));
    if (beam === "") continue;
    const line = beam.toLowerCase() === "o" ? "outer" : "inner";
    door.toHost({ kind: "edge", line, active: beam === beam.toUpperCase() });
  }
  return door;
}

describe("gpio-beam-pair", () => {
  it("tells the direction by which beam was broken first", async () => {
    const door = await play([
      { kind: "pass", direction: "in" },
      { kind: "pass", direction: "out" },
      { kind: "pass", direction: "in" },
    ]);
    expect(door.ready).toBe(true);
    expect(directions(door)).toEqual(["in", "out", "in"]);
  });

  it.each([
    ["beams close together and a wide body", { gapMs: 15, bodyMs: 900 }],
    ["beams so far apart that both are clear in between", { gapMs: 1_400, bodyMs: 100 }],
  ])("does so with %s", async (_, options) => {
    const stimuli = [{ kind: "pass", direction: "in" } as const, { kind: "pass", direction: "out" } as const];
    expect(directions(await play(stimuli, options))).toEqual(["in", "out"]);
  });

  it.each<[string, BeamPairStimulus[]]>([
    [
      "a hand in one beam: one beam has no direction",
      [
        { kind: "wave", beam: "outer" },
        { kind: "wave", beam: "inner" },
      ],
    ],
    [
      "somebody who turns back at the second beam",
      [
        { kind: "turn-back", from: "outer" },
        { kind: "turn-back", from: "inner" },
      ],
    ],
    ["two people who meet in the middle", [{ kind: "meet" }]],
  ])("does not count %s", async (_, stimuli) => {
    expect(directions(await play(stimuli))).toEqual([]);
    expect(directions(await play([...stimuli, { kind: "pass", direction: "out" }]))).toEqual(["out"]);
  });

  it.each([
    ["slower than the window", "O 1600I 100o 100i", []],
    ["just within the window", "O 1499I 100o 100i", ["in"]],
    ["apart by more than the window", "O 100o 1500I 100i", ["none"]],
    ["who stands in both beams and then goes on", "O 100I 30000o 100i", ["in"]],
    ["whose legs break each beam twice", "O 50o 50O 50I 50o 50i 20I 50i", ["in"]],
    ["behind a hand that waved a moment before", "O 100o 500O 100I 100o 100i", ["in"]],
    ["while the clear of a beam came that was never seen broken", "o i O 100I 100o 100i", ["in"]],
  ])("judges somebody %s", async (_, timeline, expected) => {
    const door = await edges(`${timeline} 5000`);
    expect(directions(door)).toEqual(expected.filter((direction) => direction !== "none"));
  });

  it("says when a beam stays broken, counts nobody meanwhile, and says when it is clear", async () => {
    const door = await play([{ kind: "block", beam: "inner", blocked: true }]);
    expect(door.degraded).toEqual([]);
    await door.clock.turn(55_000);
    expect(door.degraded).toEqual([{ code: "beam-blocked", detail: "the inner beam is broken for 60 s" }]);
    door.stimulate({ kind: "pass", direction: "in" });
    await door.clock.turn(5_000);
    expect(directions(door)).toEqual([]);
    door.stimulate({ kind: "block", beam: "inner", blocked: false });
    await door.clock.turn(5_000);
    expect(door.healthyCount).toBe(1);
    door.stimulate({ kind: "pass", direction: "in" });
    await door.clock.turn(5_000);
    expect(directions(door)).toEqual(["in"]);
  });

  it("heals by itself after edges that were lost", async () => {
    const door = await pump();
    door.stimulate({ kind: "miss-edges", line: "inner", edges: 1 });
    door.stimulate({ kind: "pass", direction: "in" });
    await door.clock.turn(5_000);
    door.stimulate({ kind: "pass", direction: "out" });
    await door.clock.turn(5_000);
    expect(directions(door)).toEqual(["out"]);
  });

  it("counts nobody on lines that are wired the other way round than configured", async () => {
    const door = await play([{ kind: "pass", direction: "in" }], { inverted: true });
    expect(directions(door)).toEqual([]);
  });

  it("answers a command that it cannot carry out", async () => {
    const door = await pump();
    door.command({ id: "c1", device: "d", task: { kind: "tare" } });
    expect(door.answers.map(({ fault }) => fault)).toEqual(["command-unsupported"]);
  });

  it("never counts more than people can be, whatever the edges, and counts the next one right", () => {
    const edge = fc.record({
      line: fc.constantFrom("outer", "inner", "elsewhere"),
      active: fc.boolean(),
      afterMs: fc.integer({ min: 0, max: 2_000 }),
    });
    return fc.assert(
      fc.asyncProperty(fc.array(edge, { maxLength: 60 }), async (moves) => {
        const door = await pump();
        for (const { line, active, afterMs } of moves) {
          await door.clock.turn(afterMs);
          door.toHost({ kind: "edge", line, active });
        }
        const breaks = moves.filter(({ active }) => active).length;
        expect(door.observations.length).toBeLessThanOrEqual(breaks / 2);
        for (const line of ["outer", "inner"]) door.toHost({ kind: "edge", line, active: false });
        await door.clock.turn(5_000);
        const before = door.observations.length;
        door.stimulate({ kind: "pass", direction: "out" });
        await door.clock.turn(5_000);
        expect(directions(door).slice(before)).toEqual(["out"]);
      }),
    );
  });
});
