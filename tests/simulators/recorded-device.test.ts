import { readFileSync } from "node:fs";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { startDriver } from "../../drivers/catalog.ts";
import { DeviceRunner } from "../../edge-agent/device-runner.ts";
import { replay } from "../../edge-agent/recorder/replay.ts";
import { seededRandom } from "../../protocols/random.ts";
import type { Observation } from "../../protocols/readings.ts";
import { type Recording, readRecording } from "../../protocols/recording.ts";
import { carryInProcess, type InProcessDevice } from "../../simulators/carriers/in-process.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { recordedDevice } from "../../simulators/recorded-device.ts";

function recordingNamed(name: string): Recording {
  const read = readRecording(readFileSync(`tests/recordings/${name}.jsonl`, "utf8"));
  if (!read.ok) throw new Error(read.reason);
  return read.recording;
}

interface Played {
  readonly clock: ManualClock;
  readonly readings: Observation[];
  readonly states: string[];
  readonly runner: DeviceRunner;
  readonly hasEnded: () => boolean;
}

/** A running device whose other side is a recording. */
async function play({ header, entries }: Recording): Promise<Played> {
  const clock = new ManualClock();
  let ended = false;
  const readings: Observation[] = [];
  const states: string[] = [];
  const listener = {
    plugged: (plugged: boolean) => void (plugged ? carried.replug() : carried.unplug()),
    ended() {
      ended = true;
    },
  };
  const options = { name: header.device.driver, entries, seesHosts: true, startAfterMs: 0 };
  const carried: InProcessDevice<never> = carryInProcess(recordedDevice(options, listener), { clock });
  const runner = new DeviceRunner({
    device: header.device,
    openTransport: () => carried.transport,
    startSession: startDriver,
    emit(observation) {
      if (observation.kind === "health") states.push(observation.fault ?? observation.state);
      else readings.push(observation);
    },
    clock,
    random: seededRandom(1),
    log: pino({ level: "silent" }),
  });
  runner.start();
  await clock.turn(0);
  return { clock, readings, states, runner, hasEnded: () => ended };
}

const readingsOf = (recording: Recording): Observation[] =>
  replay(recording, startDriver).flatMap((line) => ("reading" in line ? [line.reading] : []));

describe("a recording as a device", () => {
  it("answers a host as the device did, over a silence and a new connection", async () => {
    const recording = recordingNamed("mt-sics-overload-then-silent");
    const { clock, readings, states, runner, hasEnded } = await play(recording);
    await clock.turn(40_000);
    expect(hasEnded()).toBe(true);
    expect(readings).toEqual(readingsOf(recording));
    expect(states).toEqual(expect.arrayContaining(["scale-overload", "silent", "ready"]));
    await runner.close();
  });

  it("says by itself what the device said by itself, and pulls its cable when it was pulled", async () => {
    const recording = recordingNamed("serial-scanner-noise-and-torn-code");
    const { clock, readings, states, runner, hasEnded } = await play(recording);
    await clock.turn(40_000);
    expect(hasEnded()).toBe(true);
    expect(readings).toEqual(readingsOf(recording));
    expect(states).toEqual(expect.arrayContaining(["connection-lost"]));
    await runner.close();
  });

  it("goes on when the host says something else than it did then", async () => {
    const clock = new ManualClock();
    const heard: string[] = [];
    const entries = [
      { t: 0, direction: "in", kind: "opened" },
      { t: 1, direction: "out", kind: "bytes", hex: "aabbcc" },
      { t: 5, direction: "in", kind: "bytes", hex: "01" },
      { t: 9, direction: "out", kind: "bytes", hex: "dd" },
      { t: 10, direction: "in", kind: "bytes", hex: "02" },
    ] as const;
    const listener = { plugged: () => {}, ended: () => heard.push("end") };
    const simulator = recordedDevice({ name: "x", entries, seesHosts: true, startAfterMs: 0 }, listener);
    const { transport } = carryInProcess(simulator, { clock });
    const opening = await transport.open({
      bytes: (bytes) => heard.push(`${clock.monotonicMs()} ${bytes[0]}`),
      edge: () => {},
      closed: () => {},
    });
    if (!opening.ok) throw new Error("it opens");
    await clock.turn(100);
    expect(heard).toEqual([]);
    // In two pieces, the second of which is longer than what was said then.
    await opening.connection.send(Uint8Array.of(1, 2));
    await opening.connection.send(Uint8Array.of(3, 4));
    await clock.turn(10);
    expect(heard.filter((each) => each !== "end")).toEqual(["104 1", "105 2"]);
    expect(heard).toContain("end");
  });

  it("waits for a host's word no longer than a second behind its time", async () => {
    const { header, entries } = recordingNamed("mt-sics-overload-then-silent");
    const clock = new ManualClock();
    let bytes = 0;
    const options = { name: "x", entries: entries.slice(0, 5), seesHosts: true, startAfterMs: 0 };
    const simulator = recordedDevice(options, { plugged: () => {}, ended: () => {} });
    const { transport } = carryInProcess(simulator, { clock });
    await transport.open({ bytes: (chunk) => (bytes += chunk.length), edge: () => {}, closed: () => {} });
    await clock.turn(900);
    expect(bytes).toBe(0);
    await clock.turn(10_000);
    expect(bytes).toBeGreaterThan(0);
    expect(header.device.driver).toBe("mt-sics");
  });
});
