import { describe, expect, it } from "vitest";
import { startDriver } from "../../../drivers/catalog.ts";
import { run, type Session } from "../../../drivers/driver.ts";
import { type Replayed, replay } from "../../../edge-agent/recorder/replay.ts";
import { type Recording, type RecordingEntry, readRecording } from "../../../protocols/recording.ts";
import { type FaultPlan, recordFault } from "../../recordings/record-fault.ts";

/** A scale that is asked five times a second for a minute, with two weighings. */
const weighings: FaultPlan<"mt-sics"> = {
  fault: "none",
  async play(stage) {
    await stage.pass(1_000);
    stage.stimulate({ kind: "load", digits: 1_250 });
    await stage.pass(30_000);
    stage.stimulate({ kind: "load", digits: 0 });
    await stage.pass(10_000);
    stage.stimulate({ kind: "load", digits: 2_500 });
    await stage.pass(20_000);
  },
};

async function recordedWeighings(): Promise<Recording> {
  const { lines } = await recordFault("mt-sics", weighings);
  const read = readRecording(`${lines.join("\n")}\n`);
  if (!read.ok) throw new Error(read.reason);
  return read.recording;
}

const weightsIn = (said: readonly Replayed[]): string[] =>
  said.flatMap((line) =>
    "reading" in line && line.reading.kind === "weight" && line.reading.stable
      ? [`${line.reading.value} ${line.reading.unit}`]
      : [],
  );
const statesIn = (said: readonly Replayed[]): string[] =>
  said.flatMap((line) => ("state" in line ? [line.state] : []));
const withEntries = (recording: Recording, entries: readonly RecordingEntry[]): Recording => ({
  ...recording,
  entries,
});

describe("a replay", () => {
  it("keeps pace with a box whose timers rang late, each time a little more", async () => {
    const recording = await recordedWeighings();
    // Asks five times a second by a timer of its own, and wants each answer within 100 ms.
    const beat: Session<null> = {
      initial: null,
      step(state, input) {
        if (input.kind === "bytes")
          return { state, effects: [{ kind: "cancel-timer", name: "answer" }, { kind: "ready" }] };
        if (input.kind === "timer" && input.name === "answer")
          return { state, effects: [{ kind: "give-up", fault: { code: "silent", detail: "" } }] };
        const ask = { kind: "send", bytes: Uint8Array.of(0x3f) } as const;
        const beats = { kind: "timer", name: "beat", delayMs: 200 } as const;
        return { state, effects: [ask, beats, { kind: "timer", name: "answer", delayMs: 100 }] };
      },
    };
    // 300 rounds, each 9 ms late: as a whole far beyond what an answer may take.
    const rounds = Array.from({ length: 300 }, (_, round): readonly RecordingEntry[] => [
      { t: round * 209, direction: "out", kind: "bytes", hex: "3f" },
      { t: round * 209 + 15, direction: "in", kind: "bytes", hex: "21" },
    ]);
    const opened = { t: 0, direction: "in", kind: "opened" } as const;
    const said = replay(withEntries(recording, [opened, ...rounds.flat()]), () => run(beat));
    expect(statesIn(said)).toEqual(["opened", ...rounds.map(() => "ready")]);
    expect(said.filter((line) => "sends" in line)).toEqual([]);
  });

  it("steps over a gap: the driver does not wait for what nobody knows", async () => {
    const recording = await recordedWeighings();
    const before = recording.entries.filter(({ t }) => t < 5_000);
    const after = recording.entries.filter(({ t }) => t > 35_000);
    const gap = { t: after[0]?.t ?? 0, direction: "in", kind: "gap", entries: 300 } as const;
    const said = replay(withEntries(recording, [...before, gap, ...after]), startDriver);
    expect(statesIn(said)).toEqual(["opened", "ready"]);
    expect(weightsIn(said)).toEqual(["1.250 kg", "2.500 kg"]);
    const second = said.findLast((line) => "reading" in line);
    expect(second?.t).toBeGreaterThan(41_000);
  });

  it("says where the driver now sends something else, once a connection", async () => {
    const recording = await recordedWeighings();
    const sent = (entry: RecordingEntry): boolean => entry.direction === "out" && entry.kind === "bytes";
    const third = recording.entries.filter(sent)[2];
    const entries = recording.entries.map((entry) =>
      entry === third ? ({ ...entry, hex: "ffff" } as RecordingEntry) : entry,
    );
    const said = replay(withEntries(recording, entries), startDriver);
    const differing = said.filter((line) => "sends" in line);
    expect(differing).toHaveLength(1);
    expect(differing[0]).toMatchObject({ t: third?.t, recorded: "ffff" });
  });

  it("lets timers run to the end of the recording, and no further", async () => {
    const recording = await recordedWeighings();
    const greeting = recording.entries.slice(0, 2);
    const silentFor = (t: number): Recording =>
      withEntries(recording, [...greeting, { t, direction: "out", kind: "end" }]);
    expect(statesIn(replay(silentFor(100), startDriver))).toEqual(["opened"]);
    expect(statesIn(replay(silentFor(60_000), startDriver))).toEqual(["opened", "gave-up"]);
  });
});
