import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readlinkSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../cli/system.ts";
import { fromLatin1, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { carryInProcess } from "../../../simulators/carriers/in-process.ts";
import { carryOnPty } from "../../../simulators/carriers/on-pty.ts";
import { carryOnTcp } from "../../../simulators/carriers/on-tcp.ts";
import { runSimulator } from "../../../simulators/carriers/run-simulator.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import type { Simulator } from "../../../simulators/simulator.ts";
import { probeDevice } from "../../drivers/transports/probe-device.ts";
import { recordingListener } from "../../drivers/transports/recording-listener.ts";
import { waitUntil } from "../../drivers/transports/wait-until.ts";

const clock = systemClock();

describe("running a simulator", () => {
  /** Ticks every second after `start`, until `stop`; the count goes out as a byte. */
  const ticker: Simulator<number, "start" | "stop"> = {
    name: "ticker",
    initial: 0,
    step(state, input) {
      if (input.kind === "stimulus" && input.stimulus === "stop")
        return { state, effects: [{ kind: "cancel-timer", name: "tick" }] };
      if (input.kind !== "timer" && input.kind !== "stimulus") return { state, effects: [] };
      const timer = { kind: "timer", name: "tick", delayMs: 1_000 } as const;
      if (input.kind === "stimulus") return { state, effects: [timer] };
      return { state: state + 1, effects: [{ kind: "send", bytes: Uint8Array.of(state + 1) }, timer] };
    },
  };
  function start() {
    const manual = new ManualClock();
    const sent: number[] = [];
    const run = runSimulator(ticker, manual, {
      send: ([count]) => void sent.push(count ?? -1),
      edge: () => {},
    });
    run.input({ kind: "stimulus", stimulus: "start" });
    return { manual, sent, run };
  }

  test("its timers are kept, armed anew instead of twice, and cancelled", async () => {
    const { manual, sent, run } = start();
    await manual.turn(500);
    run.input({ kind: "stimulus", stimulus: "start" });
    await manual.turn(999);
    expect(sent).toEqual([]);
    await manual.turn(1);
    await manual.turn(1_000);
    expect(sent).toEqual([1, 2]);
    run.input({ kind: "stimulus", stimulus: "stop" });
    await manual.turn(10_000);
    expect(sent).toEqual([1, 2]);
  });

  test("stopped, it does nothing more", async () => {
    const { manual, sent, run } = start();
    run.stop();
    await manual.turn(10_000);
    expect(sent).toEqual([]);
  });
});

describe("in process", () => {
  test("what the device sends arrives in a later turn of the clock, in order", async () => {
    const manual = new ManualClock();
    const heard = recordingListener();
    const device = carryInProcess(probeDevice().simulator, { clock: manual });
    await device.transport.open(heard);
    device.stimulate({ kind: "say", bytes: Uint8Array.of(1) });
    device.stimulate({ kind: "say", bytes: Uint8Array.of(2) });
    expect(heard.chunks).toEqual([]);
    await manual.turn(0);
    expect(heard.chunks).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
  });

  test("what it sends while nobody has it open is lost", async () => {
    const manual = new ManualClock();
    const heard = recordingListener();
    const device = carryInProcess(probeDevice().simulator, { clock: manual });
    device.stimulate({ kind: "say", bytes: Uint8Array.of(1) });
    await device.transport.open(heard);
    await manual.turn(10);
    expect(heard.chunks).toEqual([]);
  });
});

describe("on a pseudo-terminal", () => {
  test("the link stands for the device: gone while unplugged, on another node after the replug", async () => {
    const folder = mkdtempSync(join(tmpdir(), "storewire-pty-"));
    const link = join(folder, "usb-Probe-if00");
    const probe = probeDevice();
    const device = carryOnPty(probe.simulator, { clock, link });
    const nodes = [device.node];
    for (let time = 0; time < 3; time += 1) {
      expect(device.path).toBe(link);
      expect(readlinkSync(link)).toBe(device.node);
      expect(statSync(link).isCharacterDevice()).toBe(true);
      await device.unplug();
      expect(existsSync(link)).toBe(false);
      expect(existsSync(nodes.at(-1) ?? "")).toBe(false);
      await device.replug();
      expect(device.node).not.toBe(nodes.at(-1));
      nodes.push(device.node);
    }
    expect(probe.openings()).toBe(4);
    await device.close();
    expect(existsSync(link)).toBe(false);
    expect(existsSync(device.node)).toBe(false);
    rmSync(folder, { recursive: true });
  });

  test("before a host has set its mode, the device does not hear its own echo", async () => {
    const probe = probeDevice();
    const device = carryOnPty(probe.simulator, { clock });
    device.stimulate({ kind: "say", bytes: fromLatin1("echo?\r\n") });
    const host = openSync(device.node, constants.O_RDWR | constants.O_NOCTTY);
    writeSync(host, "x");
    await waitUntil("the host's byte", () => probe.heard().length > 0);
    expect(toLatin1(probe.heard())).toBe("x");
    closeSync(host);
    await device.close();
  });

  test("what a host does not read is lost, and does not pile up for the next one", async () => {
    const manual = new ManualClock();
    const device = carryOnPty(probeDevice().simulator, { clock: manual });
    const say = (byte: number, count: number) =>
      device.stimulate({ kind: "say", bytes: new Uint8Array(count).fill(byte) });
    say(1, 500_000);
    await manual.turn(1_000);
    const host = openSync(device.node, constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
    let read = drained(host);
    expect(read.length).toBeGreaterThan(0);
    expect(read.length).toBeLessThan(200_000);
    await manual.turn(1_000);
    expect(drained(host)).toHaveLength(0);
    say(2, 3);
    read = drained(host);
    expect([...read]).toEqual([2, 2, 2]);
    closeSync(host);
    await device.close();
  });

  test("lines cannot be carried", async () => {
    const device = carryOnPty(probeDevice().simulator, { clock });
    expect(() => device.stimulate({ kind: "move", line: "button", active: true })).toThrow("cannot carry");
    await device.close();
  });
});

describe("on a socket", () => {
  test("it comes back under the same port, and a newcomer replaces the host before", async () => {
    const probe = probeDevice();
    const device = await carryOnTcp(probe.simulator, { clock });
    await device.unplug();
    await device.replug();
    const closed: string[] = [];
    const heard: string[] = [];
    const host = (name: string) =>
      connect(device.port, device.host)
        .on("close", () => void closed.push(name))
        .on("error", () => {})
        .on("data", (chunk) => void heard.push(`${name} ${chunk.toString("latin1")}`));
    host("first");
    await waitUntil("the first host", () => probe.openings() === 1);
    host("second");
    await waitUntil("the second host", () => probe.openings() === 2 && closed.length === 1);
    device.stimulate({ kind: "say", bytes: fromLatin1("hello") });
    await waitUntil("the greeting", () => heard.length > 0);
    expect(closed).toEqual(["first"]);
    expect(heard).toEqual(["second hello"]);
    await device.close();
  });
});

/** Everything that can be read from a terminal without waiting. */
function drained(terminal: number): Uint8Array {
  const read: number[] = [];
  const buffer = new Uint8Array(65_536);
  for (;;) {
    try {
      const count = readSync(terminal, buffer);
      if (count === 0) return Uint8Array.from(read);
      read.push(...buffer.subarray(0, count));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EAGAIN") return Uint8Array.from(read);
      throw error;
    }
  }
}
