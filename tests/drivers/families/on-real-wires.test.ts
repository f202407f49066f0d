import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../cli/system.ts";
import { startDriver } from "../../../drivers/catalog.ts";
import { serialTransport } from "../../../drivers/transports/serial.ts";
import { tcpTransport } from "../../../drivers/transports/tcp.ts";
import { DeviceRunner } from "../../../edge-agent/device-runner.ts";
import type { DriverName } from "../../../protocols/config/devices.ts";
import { deviceSchema } from "../../../protocols/config/devices.ts";
import { seededRandom } from "../../../protocols/random.ts";
import type { Observation } from "../../../protocols/readings.ts";
import { carryOnPty } from "../../../simulators/carriers/on-pty.ts";
import { carryOnTcp } from "../../../simulators/carriers/on-tcp.ts";
import { createSimulator } from "../../../simulators/catalog.ts";
import { worldOf } from "../../../simulators/stimuli.ts";
import { waitUntil } from "../../wait-until.ts";

const clock = systemClock();
const epcHex = "30340789000c0f4000000001";

/** A configured device at work on a real transport, as the agent runs it. */
function work(configuration: Record<string, unknown>) {
  const device = deviceSchema.parse({ id: "device", readPoint: "desk", ...configuration });
  const seen: Observation[] = [];
  const runner = new DeviceRunner({
    device,
    openTransport(config) {
      if (config.kind === "tcp") return tcpTransport(config, { clock });
      if (config.kind === "serial") return serialTransport(config, { clock });
      throw new Error(`no such wire here: ${config.kind}`);
    },
    startSession: startDriver,
    emit: (observation) => seen.push(observation),
    clock,
    random: seededRandom(5),
    log: pino({ level: "silent" }),
  });
  runner.start();
  return { runner, seen };
}
const isReady = (runner: DeviceRunner) => () => runner.condition().state === "ready";

async function onPty(
  driver: DriverName,
  configuration: Record<string, unknown>,
  options: Record<string, unknown>,
) {
  const directory = mkdtempSync(join(tmpdir(), "storewire-family-"));
  const simulator = createSimulator(driver, worldOf[driver].options.parse(options), seededRandom(5));
  const carried = carryOnPty(simulator, { clock, link: join(directory, "device") });
  const transport = { kind: "serial", path: carried.path };
  const { runner, seen } = work({ driver, transport, ...configuration });
  await waitUntil(`the ${driver} is ready`, isReady(runner));
  return {
    carried,
    runner,
    seen,
    async close() {
      await runner.close();
      await carried.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

describe("families on real wires", () => {
  it("reads tags on a pseudo-terminal, also split and under another terminal after a replug", async () => {
    const reader = await onPty("r2000-a0", {}, {});
    reader.carried.stimulate({ lineFault: "split", lasts: { ms: 60_000 } });
    reader.carried.stimulate({ kind: "tag-near", epcHex, antenna: 1, rssiDbm: -50 });
    const arrived = () => reader.seen.filter((seen) => seen.kind === "tag" && seen.change === "arrived");
    await waitUntil("the tag has arrived", () => arrived().length === 1);
    await reader.carried.unplug();
    await waitUntil("the unplugging was noticed", () => !isReady(reader.runner)());
    await reader.carried.replug();
    await waitUntil("the reader is back", isReady(reader.runner));
    expect(arrived()[0]).toMatchObject({ epcHex, antenna: 1 });
    await reader.close();
  });

  it.each([
    ["r2000-a0", { endPacket: "short", phase: true }],
    ["m100-bb", {}],
    ["llrp", {}],
    ["chafon-crc16", {}],
    ["chafon-cf", {}],
    ["mercury-ff", {}],
  ] as const)("reads tags of %s over a socket", async (driver, given) => {
    const options = worldOf[driver].options.parse(given);
    const carried = await carryOnTcp(createSimulator(driver, options, seededRandom(5)), { clock });
    const transport = { kind: "tcp", host: "127.0.0.1", port: carried.port };
    const { runner, seen } = work({ driver, transport });
    await waitUntil("the reader is ready", isReady(runner));
    carried.stimulate({ lineFault: "split", lasts: { ms: 60_000 } });
    carried.stimulate({ kind: "tag-near", epcHex, antenna: 1, rssiDbm: -50 });
    await waitUntil("the tag has arrived", () => seen.some(({ kind }) => kind === "tag"));
    expect(seen.find(({ kind }) => kind === "tag")).toMatchObject({ epcHex, change: "arrived" });
    await runner.close();
    await carried.close();
  });

  it("scans on a pseudo-terminal", async () => {
    const scanner = await onPty("serial-scanner", { settings: { aimPrefix: true } }, { aimPrefix: true });
    const text = "0109521141123454\u001d21退货7";
    scanner.carried.stimulate({ kind: "scan", text, aim: "]d2" });
    await waitUntil("the code was read", () => scanner.seen.some(({ kind }) => kind === "scan"));
    expect(scanner.seen.find(({ kind }) => kind === "scan")).toMatchObject({ text, aim: "]d2" });
    await scanner.close();
  });

  it.each([
    ["mt-sics", { pollMs: 50 }],
    ["toledo-8217", { pollMs: 50 }],
    ["cas-ap1", { pollMs: 50 }],
    ["yaohua-tf0", { stableForMs: 50 }],
  ] as const)("weighs with %s on a pseudo-terminal, through garbage", async (driver, settings) => {
    const scale = await onPty(driver, { settings }, { motionMs: 100 });
    scale.carried.stimulate({ lineFault: "garbage", lasts: { chunks: 2 } });
    scale.carried.stimulate({ kind: "load", digits: 2_168 });
    const weights = () => scale.seen.filter((seen) => seen.kind === "weight");
    await waitUntil("the load was weighed", () => weights().some(({ value }) => value === "2.168"));
    const told = weights().filter(({ value }) => value === "2.168");
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ value: "2.168", unit: "kg", stable: true });
    await scale.close();
  });

  it("counts who passes a distance sensor on a pseudo-terminal, a hundred frames a second, through garbage", async () => {
    const eye = await onPty("tfmini", { settings: { emptyCm: 200, counts: "out" } }, {});
    const seen = (kind: Observation["kind"]) => eye.seen.filter((each) => each.kind === kind);
    await waitUntil("the view is known to be empty", () => seen("presence").length === 1);
    eye.carried.stimulate({ lineFault: "garbage", lasts: { chunks: 5 } });
    for (let person = 1; person <= 2; person += 1) {
      eye.carried.stimulate({ kind: "come", distanceCm: 80 });
      await waitUntil("somebody is there", () => seen("presence").length === 2 * person);
      eye.carried.stimulate({ kind: "go" });
      await waitUntil("they have passed", () => seen("passage").length === person);
    }
    expect(seen("passage")[1]).toEqual({ kind: "passage", direction: "out" });
    await eye.close();
  });

  it("prints on a pseudo-terminal, and says that it did", async () => {
    const printer = await onPty("escpos-printer", {}, {});
    const elements = [
      { kind: "text", content: "A-001 退货", size: 2, align: "center", bold: true } as const,
      { kind: "cut" } as const,
    ];
    printer.runner.take({ id: "p1", device: "device", task: { kind: "print", elements } });
    await waitUntil("the print was answered", () => printer.seen.some(({ kind }) => kind === "answer"));
    expect(printer.seen.find(({ kind }) => kind === "answer")).toEqual({
      kind: "answer",
      command: "p1",
      outcome: "done",
    });
    await printer.close();
  });
});
