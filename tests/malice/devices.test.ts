import { pino } from "pino";
import { expect, test } from "vitest";
import { startDriver } from "../../drivers/catalog.ts";
import { startAgent } from "../../edge-agent/agent.ts";
import { openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { deviceSchema } from "../../protocols/config/devices.ts";
import { seededRandom } from "../../protocols/random.ts";
import type { Observation, Reading } from "../../protocols/readings.ts";
import type { Transport, TransportListener } from "../../protocols/transport.ts";
import { carryInProcess } from "../../simulators/carriers/in-process.ts";
import { R2000Simulator, readerDefaults } from "../../simulators/devices/r2000-a0.ts";
import { createSerialScanner } from "../../simulators/devices/serial-scanner.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";

/** 115,200 baud with eight data bits, start and stop. */
const bytesPerSecond = 11_520;
const chunksPerSecond = 20;
const floodSeconds = 20;

/** A small number, so that the flood reaches it. */
const tagsInViewMax = 1_000;

/** A cable whose far end sends what the test wants and takes whatever it is told. */
class FloodedCable implements Transport {
  #listener: TransportListener | undefined;

  open(listener: TransportListener) {
    this.#listener = listener;
    return Promise.resolve({
      ok: true as const,
      connection: {
        send: () => Promise.resolve(),
        sendFeature: () => Promise.resolve(),
        setLine: () => Promise.resolve(),
        close: () => {
          if (this.#listener === listener) this.#listener = undefined;
          return Promise.resolve();
        },
      },
    });
  }

  flood(bytes: Uint8Array): void {
    this.#listener?.bytes(bytes);
  }
}

/** A pager is nothing without its keys. */
const pagerSettings = { buttons: { next: { kind: "call-next" } }, frames: { next: "aa01fe" } };

/** A whole agent with production drivers: a device under test, and a scanner beside it that works. */
async function agentBeside(driver: string, transport: Transport, clock = new ManualClock()) {
  const scanner = createSerialScanner({ suffix: "cr", aimPrefix: true });
  const neighbour = carryInProcess(scanner, { clock });
  const taken: Reading[] = [];
  const agent = await startAgent({
    agent: "agent1",
    devices: [
      deviceSchema.parse({
        id: "noisy",
        readPoint: "desk",
        smoothing: { tagsMax: tagsInViewMax },
        driver,
        transport: { kind: "simulated", name: "noisy" },
        ...(driver === "serial-pager" ? { settings: pagerSettings } : {}),
      }),
      deviceSchema.parse({
        id: "neighbour",
        readPoint: "desk",
        driver: "serial-scanner",
        transport: { kind: "simulated", name: "neighbour" },
        settings: { suffix: "cr", aimPrefix: true },
      }),
    ],
    openTransport: (config) =>
      config.kind === "simulated" && config.name === "noisy" ? transport : neighbour.transport,
    startSession: startDriver,
    sink: {
      accept: (readings) => {
        taken.push(...readings);
        return Promise.resolve();
      },
    },
    journal: await openMemoryOutbox({ clock }),
    clock,
    random: seededRandom(5),
    boot: "boot1",
    log: pino({ level: "silent" }),
  });
  await clock.turn(1_000);
  return {
    clock,
    agent,
    scan: (text: string) => neighbour.stimulate({ kind: "scan", text, aim: "]E0" }),
    scans: () =>
      of(taken, "neighbour").flatMap((observation) =>
        observation.kind === "scan" ? [observation.text] : [],
      ),
    observed: () => of(taken, "noisy"),
  };
}

const of = (readings: readonly Reading[], device: string): readonly Observation[] =>
  readings.filter((reading) => reading.device === device).map(({ observation }) => observation);

const random = seededRandom(11);
const repeated =
  (...bytes: number[]) =>
  (length: number) =>
    Uint8Array.from({ length }, (_, index) => bytes[index % bytes.length] ?? 0);

/** Noise is made of chance, of one byte for ever, and of the protocol's own beginnings. */
const noises = [
  { name: "chance", noise: (length: number) => random.bytes(length) },
  { name: "one byte for ever", noise: repeated(0x78) },
  { name: "zeros", noise: repeated(0) },
  {
    name: "beginnings of frames",
    noise: repeated(0xa0, 0xff, 0x01, 0x53, 0x20, 0x02, 0xbb, 0x00, 0x22, 0x00, 0x04, 0x3d, 0x00, 0x0f),
  },
];
const drivers = [
  "serial-scanner",
  "r2000-a0",
  "mt-sics",
  "escpos-printer",
  "m100-bb",
  "llrp",
  "chafon-crc16",
  "mercury-ff",
  "yaohua-tf0",
  "nci-ecr",
  "tfmini",
  "led-line",
  "serial-pager",
];
const floods = drivers.flatMap((driver) => noises.map((noise) => ({ driver, ...noise })));

test.each(floods)(
  "$driver flooded with $name at line rate: told, bounded, and nobody's trouble",
  async ({ driver, noise, name }) => {
    const cable = new FloodedCable();
    const { clock, agent, scan, scans, observed } = await agentBeside(driver, cable);
    const wanted: string[] = [];
    for (let second = 0; second < floodSeconds; second += 1) {
      wanted.push(`4006381${String(second).padStart(6, "0")}`);
      scan(wanted.at(-1) ?? "");
      for (let chunk = 0; chunk < chunksPerSecond; chunk += 1) {
        cable.flood(noise(bytesPerSecond / chunksPerSecond));
        await clock.turn(1_000 / chunksPerSecond);
      }
    }
    // Noise is told once a minute.
    await clock.turn(61_000);
    expect(scans()).toEqual(wanted);
    expect(agent.waiting()).toBe(0);
    const [status] = agent.devices();
    // What belonged to no frame is counted, and so not kept; or the device was given up as one that makes no sense.
    const floodedBytes = bytesPerSecond * floodSeconds;
    if (name !== "chance" && driver !== "llrp")
      expect(status?.noiseBytes).toBeGreaterThan(floodedBytes / 1_000);
    const health = observed().filter(({ kind }) => kind === "health");
    expect(health.length).toBeGreaterThan(1);
    expect(health.length).toBeLessThan(3 * floodSeconds);
    await agent.close();
  },
);

test("a reader before which ever new tags pass: so many are kept in view, all depart, and nobody waits", async () => {
  const clock = new ManualClock();
  const reader = carryInProcess(new R2000Simulator(readerDefaults, seededRandom(1)), { clock });
  const beside = await agentBeside("r2000-a0", reader.transport, clock);
  const wanted: string[] = [];
  const tagsPerSecond = 400;
  const seconds = 20;
  for (let tag = 0; tag < tagsPerSecond * seconds; tag += 1) {
    const epcHex = (0x300833b2ddd9014000000000n + BigInt(tag)).toString(16);
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    if (tag % 20 === 19) await clock.turn(50);
    if (tag >= 20) {
      const gone = (0x300833b2ddd9014000000000n + BigInt(tag - 20)).toString(16);
      reader.stimulate({ kind: "tag-gone", epcHex: gone });
    }
    if (tag % tagsPerSecond !== 0) continue;
    wanted.push(`4006381${String(tag).padStart(6, "0")}`);
    beside.scan(wanted.at(-1) ?? "");
  }
  await clock.turn(120_000);
  const { inView, inViewMax, arrived } = inViewOf(beside.observed());
  // The last ones stay before the antenna.
  expect(arrived).toBeGreaterThan(2 * tagsInViewMax);
  expect(inViewMax).toBeLessThanOrEqual(tagsInViewMax + 1);
  expect(inView).toBeLessThanOrEqual(40);
  expect(beside.scans()).toEqual(wanted);
  await beside.agent.close();
});

function inViewOf(observations: readonly Observation[]) {
  const counted = { inView: 0, inViewMax: 0, arrived: 0 };
  for (const observation of observations) {
    if (observation.kind !== "tag" || observation.change === "present") continue;
    if (observation.change === "arrived") counted.arrived += 1;
    counted.inView += observation.change === "arrived" ? 1 : -1;
    counted.inViewMax = Math.max(counted.inViewMax, counted.inView);
  }
  return counted;
}
