import { once } from "node:events";
import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock, systemRandom } from "../../cli/system.ts";
import { startDriver } from "../../drivers/catalog.ts";
import { type Agent, startAgent } from "../../edge-agent/agent.ts";
import {
  type Door,
  openDoor,
  questionBytesMax,
  questionMsMax,
  unreadBytesMax,
  visitorsMax,
} from "../../edge-agent/door/door.ts";
import { openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import type { Clock } from "../../protocols/clock.ts";
import { type DeviceConfig, deviceSchema } from "../../protocols/config/devices.ts";
import { readRecording } from "../../protocols/recording.ts";
import { carryInProcess, type InProcessDevice } from "../../simulators/carriers/in-process.ts";
import { createSimulator } from "../../simulators/catalog.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { worldOf } from "../../simulators/stimuli.ts";
import { waitUntil } from "../wait-until.ts";

const clock = systemClock();
const log = pino({ level: "silent" });

const deviceOf = (driver: string): DeviceConfig =>
  deviceSchema.parse({
    id: driver,
    readPoint: "desk",
    driver,
    transport: { kind: "simulated", name: driver },
  });

interface Site {
  readonly agent: Agent;
  readonly path: string;
  readonly door: Door | undefined;
  readonly scanner: InProcessDevice<never>;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** An agent with a scanner and a printer, and its door. */
async function site(doorClock: Clock = clock): Promise<Site> {
  const carried = new Map<string, InProcessDevice<never>>(
    (["serial-scanner", "escpos-printer"] as const).map((driver) => {
      const options = worldOf[driver].options.parse({});
      const simulator = createSimulator(driver, options as never, systemRandom);
      return [driver, carryInProcess(simulator, { clock })] as const;
    }),
  );
  const agent = await startAgent({
    agent: "agent1",
    devices: [deviceOf("serial-scanner"), deviceOf("escpos-printer")],
    openTransport: (transport) => {
      const device = transport.kind === "simulated" ? carried.get(transport.name) : undefined;
      if (device === undefined) throw new Error("simulated devices only");
      return device.transport;
    },
    startSession: startDriver,
    sink: { accept: () => Promise.resolve() },
    journal: await openMemoryOutbox({ clock }),
    clock,
    random: systemRandom,
    boot: "boot",
    log,
  });
  const path = join(mkdtempSync(join(tmpdir(), "storewire-door-")), "agent.sock");
  const host = { agent, random: systemRandom, boot: "boot", version: "1" };
  const door = await openDoor({ ...host, clock: doorClock, path, log });
  closing.push(
    () => agent.close(),
    () => door?.close() ?? Promise.resolve(),
  );
  await waitUntil("devices are ready", () => agent.devices().every(({ state }) => state === "ready"));
  const scanner = carried.get("serial-scanner");
  if (scanner === undefined) throw new Error("it was carried above");
  return { agent, path, door, scanner };
}

interface Visit {
  readonly socket: Socket;
  readonly lines: unknown[];
  readonly over: Promise<unknown>;
}

function visit(path: string, words?: object | string): Visit {
  const socket = connect(path);
  const lines: unknown[] = [];
  let text = "";
  socket.setEncoding("utf8").on("data", (piece: string) => {
    const pieces = `${text}${piece}`.split("\n");
    text = pieces.pop() ?? "";
    for (const line of pieces) lines.push(JSON.parse(line));
  });
  socket.on("error", () => {});
  if (words !== undefined) socket.write(typeof words === "string" ? words : `${JSON.stringify(words)}\n`);
  return { socket, lines, over: once(socket, "close") };
}

async function answer(path: string, words: object | string): Promise<unknown[]> {
  const { lines, over } = visit(path, words);
  await over;
  return lines;
}

const scan = (scanner: InProcessDevice<never>, text: string): void =>
  scanner.stimulate({ kind: "scan", text } as never);

describe("an agent's door", () => {
  it("lets in its owner and group only, and tells which devices there are", async () => {
    const { path } = await site();
    expect(statSync(path).mode & 0o777).toBe(0o660);
    const [line] = await answer(path, { ask: "devices" });
    expect(line).toEqual({
      devices: [
        expect.objectContaining({ device: "serial-scanner", state: "ready", driver: "serial-scanner" }),
        expect.objectContaining({ device: "escpos-printer", readPoint: "desk", noiseBytes: 0 }),
      ],
    });
  });

  it("shows a device's condition and then each reading, until the visitor leaves", async () => {
    const { path, scanner } = await site();
    const { socket, lines, over } = visit(path, { ask: "watch", device: "serial-scanner" });
    await waitUntil("the condition", () => lines.length > 0);
    scan(scanner, "4006381333931");
    await waitUntil("the reading", () => lines.length > 1);
    expect(lines[0]).toMatchObject({ condition: { device: "serial-scanner", state: "ready" } });
    expect(lines[1]).toMatchObject({
      reading: { device: "serial-scanner", observation: { kind: "scan", text: "4006381333931" } },
    });
    socket.destroy();
    await over;
  });

  it("gives a recording: what it remembers, and what comes for so long", async () => {
    const { path, scanner } = await site();
    scan(scanner, "1");
    const ask = { ask: "record", device: "serial-scanner", past: true, lastsMs: 300 };
    const { lines, over } = visit(path, ask);
    await waitUntil("what it remembers", () => lines.length > 1);
    scan(scanner, "2");
    await over;
    const read = readRecording(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const kinds = read.ok ? read.recording.entries.map(({ kind }) => kind) : read.reason;
    expect(kinds).toEqual(["opened", "bytes", "bytes", "end"]);
  });

  it("prints what it is asked to, and tells what became of it", async () => {
    const { path } = await site();
    const elements = [{ kind: "text", content: "test" }, { kind: "cut" }];
    expect(await answer(path, { ask: "print", device: "escpos-printer", elements })).toEqual([
      { outcome: "done" },
    ]);
    expect(await answer(path, { ask: "print", device: "serial-scanner", elements })).toEqual([
      { outcome: "failed", fault: "command-unsupported" },
    ]);
  });

  it.each([
    ["no JSON", "hello\n", /not a question/],
    ["an unknown question", { ask: "zero", device: "serial-scanner" }, /not a question/],
    [
      "too long a recording",
      { ask: "record", device: "serial-scanner", past: true, lastsMs: 1e9 },
      /not a question/,
    ],
    ["an unknown device", { ask: "watch", device: "ghost" }, /no device is named ghost; there are: serial/],
  ])("refuses %s in words", async (_, words, refusal) => {
    const { path } = await site();
    expect(await answer(path, words)).toEqual([{ refused: expect.stringMatching(refusal) }]);
  });

  it("sends away who says more than a question has, and who says nothing for too long", async () => {
    const still = new ManualClock();
    const { path } = await site(still);
    expect(await answer(path, "x".repeat(questionBytesMax + 1))).toEqual([]);
    const { over, lines } = visit(path);
    const other = visit(path, { ask: "devices" });
    await other.over;
    await still.turn(questionMsMax);
    await over;
    expect(lines).toEqual([]);
  });

  it("has room for so many, and again when one leaves", async () => {
    const { path } = await site();
    const ask = { ask: "watch", device: "serial-scanner" };
    const inside = Array.from({ length: visitorsMax }, () => visit(path, ask));
    await waitUntil("all are in", () => inside.every(({ lines }) => lines.length > 0));
    expect(await answer(path, { ask: "devices" })).toEqual([{ refused: "8 are here already" }]);
    inside[0]?.socket.destroy();
    await waitUntil("room", async () =>
      JSON.stringify(await answer(path, { ask: "devices" })).includes("ready"),
    );
  });

  it("sends away a visitor that does not read, and goes on", async () => {
    const { path, scanner } = await site();
    const { socket, over, lines } = visit(path, { ask: "watch", device: "serial-scanner" });
    await waitUntil("the condition", () => lines.length > 0);
    socket.pause();
    const text = "x".repeat(4_000);
    let scans = 0;
    const gone = over.then(() => true);
    while (scans * 8_000 < 4 * unreadBytesMax) {
      scan(scanner, `${text}${scans}`);
      scans += 1;
      if (scans % 20 === 0) await new Promise((resolve) => clock.after(0, () => resolve(undefined)));
    }
    socket.resume();
    expect(await gone).toBe(true);
    expect(JSON.stringify(await answer(path, { ask: "devices" }))).toContain("ready");
  });

  it("opens over what a killed process left, and not where another agent answers", async () => {
    const folder = mkdtempSync(join(tmpdir(), "storewire-door-"));
    const { agent } = await site();
    const host = { agent, clock, log, random: systemRandom, boot: "b", version: "1" };
    const stale = join(folder, "stale.sock");
    writeFileSync(stale, "");
    const opened = await openDoor({ ...host, path: stale });
    expect(JSON.stringify(await answer(stale, { ask: "devices" }))).toContain("serial-scanner");
    await opened?.close();
    const taken = join(folder, "taken.sock");
    const other = createServer((socket) => socket.on("error", () => {}).end("other\n")).listen(taken);
    await once(other, "listening");
    expect(await openDoor({ ...host, path: taken })).toBeUndefined();
    const { socket, over } = visit(taken);
    socket.destroy();
    await over;
    other.close();
    expect(await openDoor({ ...host, path: join(folder, "no-folder", "x.sock") })).toBeUndefined();
  });
});
