import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countsEveryMs, type Health, healthEveryMs, healthReports } from "../../edge-agent/health.ts";
import { type DeviceState, deviceStates } from "../../protocols/readings.ts";

const health = (state: DeviceState, counts: Partial<Health> = {}): Health => ({
  state,
  fault: state === "ready" ? undefined : "device-absent",
  noiseBytes: 0,
  droppedReadings: 0,
  ...counts,
});

/** Notes each health at its time, asks at each due time, and lists what was reported when. */
function play(notes: readonly { readonly atMs: number; readonly health: Health }[], untilMs: number) {
  const reports = healthReports();
  const said: { readonly atMs: number; readonly health: Health }[] = [];
  const ask = (atMs: number): void => {
    const taken = reports.take(atMs);
    if (taken) said.push({ atMs, health: taken });
  };
  const askUntil = (atMs: number): void => {
    for (let due = reports.dueMs(); due !== undefined && due <= atMs; due = reports.dueMs()) ask(due);
  };
  for (const note of notes) {
    askUntil(note.atMs);
    reports.note(note.health, note.atMs);
    ask(note.atMs);
  }
  askUntil(untilMs);
  return said;
}

describe("the reports of a device's health", () => {
  it("says at once what is new, and the latest of what follows within a second", () => {
    const said = play(
      [
        { atMs: 0, health: health("ready") },
        { atMs: 10, health: health("faulted") },
        { atMs: 20, health: health("ready") },
        { atMs: 30, health: health("absent") },
      ],
      10_000,
    );
    expect(said.map(({ atMs, health: { state } }) => [atMs, state])).toEqual([
      [0, "ready"],
      [1_000, "absent"],
    ]);
  });

  it("keeps silent about a flap that ended where it began", () => {
    const notes = ["ready", "faulted", "ready"] as const;
    const said = play(
      notes.map((state, index) => ({ atMs: index, health: health(state) })),
      10_000,
    );
    expect(said).toHaveLength(1);
  });

  it("says `opening` only where it lasts", () => {
    expect(play([{ atMs: 0, health: health("opening") }], 10_000).map(({ atMs }) => atMs)).toEqual([1_000]);
    const brief = [
      { atMs: 0, health: health("opening") },
      { atMs: 200, health: health("ready") },
    ];
    expect(play(brief, 10_000).map(({ atMs, health: { state } }) => [atMs, state])).toEqual([[200, "ready"]]);
  });

  it("says growing counts once a minute", () => {
    const notes = Array.from({ length: 300 }, (_, second) => ({
      atMs: second * 1_000,
      health: health("ready", { noiseBytes: second }),
    }));
    const said = play(notes, 400_000);
    expect(said.map(({ atMs }) => atMs)).toEqual([0, 60_000, 120_000, 180_000, 240_000, 300_000]);
    expect(said.at(-1)?.health.noiseBytes).toBe(299);
    expect(countsEveryMs).toBe(60_000);
  });

  it("never reports twice within a second, and always where the device ended up", () => {
    const note = fc.record({
      afterMs: fc.integer({ min: 0, max: 700 }),
      state: fc.constantFrom(...deviceStates),
    });
    fc.assert(
      fc.property(fc.array(note, { minLength: 1, maxLength: 60 }), (steps) => {
        let atMs = 0;
        const notes = steps.map(({ afterMs, state }) => {
          atMs += afterMs;
          return { atMs, health: health(state) };
        });
        const said = play(notes, atMs + 2 * healthEveryMs);
        expect(said.at(-1)?.health.state).toBe(notes.at(-1)?.health.state);
        for (const [index, report] of said.entries()) {
          const next = said[index + 1];
          if (next) expect(next.atMs - report.atMs).toBeGreaterThanOrEqual(healthEveryMs);
        }
      }),
    );
  });
});
