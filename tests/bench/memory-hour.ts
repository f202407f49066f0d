import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemRandom } from "../../cli/system.ts";
import { type Cancel, type Clock, sleep } from "../../protocols/clock.ts";
import { carryOnPty, type PtyDevice } from "../../simulators/carriers/on-pty.ts";
import { R2000Simulator, type ReaderStimulus, readerDefaults } from "../../simulators/devices/r2000-a0.ts";
import { createSerialScanner, type ScannerStimulus } from "../../simulators/devices/serial-scanner.ts";
import { scanOf, tagOf } from "../durability/caused.ts";
import type { RealBroker } from "../real-broker.ts";
import { writeSite } from "../site.ts";
import { StorewireProcess } from "../storewire-process.ts";
import { rounded } from "./figures.ts";
import { isFlat, type Sample, slopeOf } from "./slope.ts";

/** 125 items a second, each scanned at the desk, scanned at the bench, seen in the cage and gone from it. */
const readingsPerSecond = 500;
const readingsPerItem = 4;
const itemEveryMs = 1_000 / (readingsPerSecond / readingsPerItem);
/** How long after the desk an item is at the bench, in the cage, and taken out of the field there. */
const benchAfterMs = 2_000;
const cageAfterMs = 4_000;
const fieldLeftAfterMs = 4_500;
const sampleEveryMs = 10_000;
/** Every third sample is taken after a forced collection: what is left then is what is held. */
const collectEvery = 3;
/** Caches fill, cases reach their limit, V8 finds its sizes; at most a quarter of the whole time. */
const warmUpMsMax = 600_000;

/** Nobody logs in for a year: at this pace a box of 2 GB lasts that long, under a load that no store has. */
const heldMegabytesPerHourMax = 0.15;
/** Malloc and V8 settle slowly: what the first hour adds, the tenth does not. */
const residentMegabytesPerHourMax = 4;

interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

export interface MemoryHourOptions {
  readonly directory: string;
  readonly broker: RealBroker;
  readonly clock: Clock;
  readonly minutes: number;
}

/** Agent, gateway and receiver as processes of their own under a steady load, and how their memory moves. */
export async function measureMemoryHour(options: MemoryHourOptions): Promise<Record<string, unknown>> {
  const { clock, minutes } = options;
  const devices = openDevices(options);
  const site = await startSite(options, devices);
  const feeding = feed(devices, clock);
  const startedMs = clock.monotonicMs();
  try {
    for (let index = 1; clock.monotonicMs() - startedMs < minutes * 60_000; index += 1) {
      await sleep(clock, startedMs + index * sampleEveryMs - clock.monotonicMs());
      await Promise.all(
        site.map((process) => process.sample(index % collectEvery === 0, clock.monotonicMs() - startedMs)),
      );
      const line = site.map((each) => `${each.name} ${each.lastWords()}`).join("  ");
      console.error(`${Math.round((index * sampleEveryMs) / 1_000)} s  ${feeding.items()} items  ${line}`);
    }
    const warmUpMs = Math.min(warmUpMsMax, minutes * 15_000);
    const verdicts = site.map((process) => [process.name, process.verdict(warmUpMs)] as const);
    return { minutes, readingsPerSecond, items: feeding.items(), ...Object.fromEntries(verdicts) };
  } finally {
    feeding.stop();
    for (const process of site) await process.stop();
    await Promise.all([devices.desk.close(), devices.bench.close(), devices.cage.close()]);
  }
}

interface Devices {
  readonly desk: PtyDevice<ScannerStimulus>;
  readonly bench: PtyDevice<ScannerStimulus>;
  readonly cage: PtyDevice<ReaderStimulus>;
}

function openDevices({ directory, clock }: MemoryHourOptions): Devices {
  const scanner = (name: string): PtyDevice<ScannerStimulus> =>
    carryOnPty(createSerialScanner({ suffix: "cr", aimPrefix: true }), {
      clock,
      link: join(directory, name),
    });
  const reader = new R2000Simulator(readerDefaults, systemRandom);
  return {
    desk: scanner("desk"),
    bench: scanner("bench"),
    cage: carryOnPty(reader, { clock, link: join(directory, "cage") }),
  };
}

/** The three processes that shall stay as they are. */
async function startSite(
  { directory, broker }: MemoryHourOptions,
  devices: Devices,
): Promise<readonly Observed[]> {
  const brokerPort = await freePort();
  const scanner = (id: string, path: string) =>
    ({
      id: `${id}-scanner`,
      readPoint: id,
      driver: "serial-scanner",
      transport: { kind: "serial", path },
      settings: { suffix: "cr", aimPrefix: true },
    }) as const;
  const file = writeSite({
    directory,
    headquartersUrl: broker.url,
    brokerPort,
    agentBrokerUrl: `mqtt://127.0.0.1:${brokerPort}`,
    // Ever new items, so that whatever is kept by item must be let go again.
    returns: { casesMax: 5_000 },
    limits: { outbox: { keepConfirmedBytes: 20_000_000 } },
    devices: [
      scanner("desk", devices.desk.path),
      scanner("bench", devices.bench.path),
      {
        id: "cage-reader",
        readPoint: "cage",
        driver: "r2000-a0",
        transport: { kind: "serial", path: devices.cage.path },
        smoothing: { tagSilenceMsMax: 1_000 },
      },
    ],
  });
  const receiver = ["hq", "receive", "--url", broker.url, "--database", join(directory, "hq.db")];
  return [
    new Observed("gateway", ["gateway", "--config", file]),
    new Observed("agent", ["agent", "--config", file]),
    new Observed("receiver", receiver),
  ];
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Items come at their pace whatever the timers do; what is late comes together. */
function feed(devices: Devices, clock: Clock): { items(): number; stop(): void } {
  const startedMs = clock.monotonicMs();
  const done = { desk: 0, bench: 0, cage: 0, gone: 0 };
  const advance = (post: keyof typeof done, afterMs: number, act: (serial: number) => void): void => {
    const due = Math.floor((clock.monotonicMs() - startedMs - afterMs) / itemEveryMs);
    while (done[post] < due) {
      done[post] += 1;
      act(done[post]);
    }
  };
  let cancel: Cancel;
  const turn = (): void => {
    advance("desk", 0, (serial) => devices.desk.stimulate({ kind: "scan", ...scanOf(serial) }));
    advance("bench", benchAfterMs, (serial) => devices.bench.stimulate({ kind: "scan", ...scanOf(serial) }));
    advance("cage", cageAfterMs, (serial) =>
      devices.cage.stimulate({ kind: "tag-near", epcHex: tagOf(serial), antenna: 1 }),
    );
    advance("gone", fieldLeftAfterMs, (serial) =>
      devices.cage.stimulate({ kind: "tag-gone", epcHex: tagOf(serial) }),
    );
    cancel = clock.after(itemEveryMs, turn);
  };
  turn();
  return { items: () => done.gone, stop: () => cancel() };
}

/** One service with the probe beside it. */
class Observed {
  readonly name: string;
  readonly #process: StorewireProcess;
  readonly #resident: Sample[] = [];
  readonly #held: Sample[] = [];
  #hear: (memory: Memory) => void = () => undefined;
  #last: Memory | undefined;

  constructor(name: string, parameters: readonly string[]) {
    this.name = name;
    const probe = fileURLToPath(new URL("./memory-probe.js", import.meta.url));
    this.#process = new StorewireProcess(parameters, {
      nodeFlags: ["--expose-gc", "--import", probe],
      onLine: (line) => this.#hear((JSON.parse(line) as { memory: Memory }).memory),
    });
  }

  async sample(collect: boolean, atMs: number): Promise<void> {
    if (!this.#process.running) throw new Error(`${this.name} has ended\n${this.#process.said()}`);
    const memory = await new Promise<Memory>((resolve) => {
      this.#hear = resolve;
      this.#process.tell(collect ? "collect" : "look");
    });
    this.#last = memory;
    this.#resident.push({ atMs, value: megabytes(memory.rss) });
    if (!collect) return;
    const value = megabytes(memory.heapUsed + memory.external);
    this.#held.push({ atMs, value });
  }

  lastWords(): string {
    if (this.#last === undefined) return "-";
    const held = this.#held.at(-1)?.value.toFixed(2) ?? "-";
    return `${megabytes(this.#last.rss).toFixed(1)} MB (${held} held)`;
  }

  verdict(warmUpMs: number): Record<string, unknown> {
    return {
      held: judged(this.#held, warmUpMs, heldMegabytesPerHourMax),
      resident: judged(this.#resident, warmUpMs, residentMegabytesPerHourMax),
    };
  }

  async stop(): Promise<void> {
    await this.#process.kill("SIGTERM");
  }
}

const megabytes = (bytes: number): number => bytes / 1_048_576;

function judged(samples: readonly Sample[], warmUpMs: number, perHourMax: number): Record<string, unknown> {
  const slope = slopeOf(samples.filter(({ atMs }) => atMs >= warmUpMs));
  return {
    megabytesPerHour: rounded(slope.perHour),
    uncertainty: rounded(slope.uncertainty),
    target: `<= ${perHourMax}`,
    reached: isFlat(slope, perHourMax),
    firstMegabytes: rounded(slope.first),
    lastMegabytes: rounded(slope.last),
    samples: slope.samples,
  };
}
