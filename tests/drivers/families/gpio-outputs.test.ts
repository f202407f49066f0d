import { describe, expect, it } from "vitest";
import { startDriver } from "../../../drivers/catalog.ts";
import { gpioOutputsSession } from "../../../drivers/families/gpio-outputs.ts";
import { DeviceConnection } from "../../../edge-agent/device-connection.ts";
import type { DeviceCommand } from "../../../protocols/commands.ts";
import { deviceSchema } from "../../../protocols/config/devices.ts";
import { carryInProcess } from "../../../simulators/carriers/in-process.ts";
import { createOutputs } from "../../../simulators/devices/gpio-outputs.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import { Pump } from "./pump.ts";

const pump = () => new Pump(gpioOutputsSession({ outputs: ["lamp", "door"] }), createOutputs()).open();
const output = (id: string, line: string, active: boolean, pulseMs?: number): DeviceCommand => ({
  id,
  device: "signals",
  task: { kind: "output", line, active, ...(pulseMs === undefined ? {} : { pulseMs }) },
});

describe("gpio-outputs", () => {
  it("drive a line, and say so", async () => {
    const signals = await pump();
    expect([signals.ready, signals.lines.size]).toEqual([true, 0]);
    signals.command(output("c1", "lamp", true));
    expect([...signals.lines]).toEqual([["lamp", true]]);
    expect(signals.answers).toEqual([{ kind: "answer", command: "c1", outcome: "done" }]);
    await signals.clock.turn(86_400_000);
    expect(signals.lines.get("lamp")).toBe(true);
  });

  it("end a pulse by themselves, each line its own", async () => {
    const signals = await pump();
    signals.command(output("c1", "door", true, 500));
    signals.command(output("c2", "lamp", true, 900));
    await signals.clock.turn(499);
    expect([...signals.lines.values()]).toEqual([true, true]);
    await signals.clock.turn(1);
    expect([...signals.lines]).toEqual([
      ["door", false],
      ["lamp", true],
    ]);
    await signals.clock.turn(400);
    expect(signals.lines.get("lamp")).toBe(false);
    expect(signals.answers).toHaveLength(2);
  });

  it("forget a pulse once another command has come for its line", async () => {
    const signals = await pump();
    signals.command(output("c1", "door", true, 500));
    signals.command(output("c2", "door", true));
    await signals.clock.turn(1_000);
    expect(signals.lines.get("door")).toBe(true);
    signals.command(output("c3", "door", true, 500));
    signals.command(output("c4", "door", false, 800));
    await signals.clock.turn(500);
    expect(signals.lines.get("door")).toBe(false);
    await signals.clock.turn(300);
    expect(signals.lines.get("door")).toBe(true);
  });

  it("refuse a line that is not theirs, and every other task", async () => {
    const signals = await pump();
    signals.command(output("c1", "siren", true));
    signals.command({ id: "c2", device: "signals", task: { kind: "tare" } });
    expect(signals.lines.size).toBe(0);
    expect(signals.answers.map(({ command, outcome, fault }) => [command, outcome, fault])).toEqual([
      ["c1", "failed", "command-unsupported"],
      ["c2", "failed", "command-unsupported"],
    ]);
  });
});

describe("gpio-outputs on a connection", () => {
  const device = deviceSchema.parse({
    id: "signals",
    readPoint: "counter-1",
    driver: "gpio-outputs",
    transport: { kind: "simulated", name: "signals" },
    settings: { outputs: ["lamp"] },
  });

  async function connect(setLine?: () => Promise<void>) {
    const clock = new ManualClock();
    const carried = carryInProcess(createOutputs(), { clock, kind: "gpio" });
    const said: unknown[] = [];
    const say =
      (word: string) =>
      (...more: unknown[]) =>
        void said.push([word, ...more]);
    const connection = new DeviceConnection(
      startDriver(device),
      {
        ready: say("ready"),
        degraded: say("degraded"),
        healthy: say("healthy"),
        observe: say("observe"),
        noise: say("noise"),
        answer: say("answer"),
        over: (how, { code }) => void said.push(["over", how, code]),
        broke: say("broke"),
      },
      clock,
    );
    const opening = await carried.transport.open(connection.listener);
    if (!opening.ok) throw new Error(opening.fault.detail);
    connection.begin(setLine === undefined ? opening.connection : { ...opening.connection, setLine });
    return { clock, carried, connection, said };
  }

  it("answer once the line is driven", async () => {
    const { clock, carried, connection, said } = await connect();
    connection.take(output("c1", "lamp", true));
    expect(said).toEqual([["ready"]]);
    await clock.turn(0);
    expect(carried.lines.get("lamp")).toBe(true);
    expect(said.slice(1)).toEqual([["answer", "c1", "done", undefined]]);
  });

  it("are in doubt when the line could not be driven: never done, never done again", async () => {
    const { clock, connection, said } = await connect(() => Promise.reject(new Error("EIO")));
    connection.take(output("c1", "lamp", true, 500));
    await clock.turn(1_000);
    expect(said.slice(1)).toEqual([
      ["answer", "c1", "in-doubt", "command-interrupted"],
      ["over", "closed", "connection-lost"],
    ]);
  });
});
