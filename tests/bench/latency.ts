import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openMqttLink } from "../../cli/mqtt-link.ts";
import { systemRandom } from "../../cli/system.ts";
import { startReceiver } from "../../hq/receiver.ts";
import { openSqliteEventStore } from "../../hq/sqlite-event-store.ts";
import { type Clock, sleep } from "../../protocols/clock.ts";
import { carryOnPty, type PtyDevice } from "../../simulators/carriers/on-pty.ts";
import { createSerialScanner, type ScannerStimulus } from "../../simulators/devices/serial-scanner.ts";
import { itemUri, scanOf } from "../durability/caused.ts";
import type { RealBroker } from "../real-broker.ts";
import { writeSite } from "../site.ts";
import { StorewireProcess } from "../storewire-process.ts";
import { type Latency, latencyOf } from "./figures.ts";

const scansPerSecond = 200;
const scans = 4_000;
/** The first second is the compilers' and the caches'. */
const warmUpScans = 400;

/**
 * From the last byte of a scan on a pseudo-terminal to its event on HQ's disk: `storewire run` as its own
 * process, Mosquitto between, the receiver here. Two commits with fsync lie on the way.
 */
export async function measureLatency(directory: string, broker: RealBroker, clock: Clock): Promise<Latency> {
  const scanner = openScanner(directory, clock);
  const causedMs = new Map<string, number>();
  const samples: number[] = [];
  const headquarters = await openHeadquarters(join(directory, "latency-hq.db"), broker, clock, (subject) => {
    const startedMs = causedMs.get(subject);
    if (startedMs !== undefined) samples.push(clock.monotonicMs() - startedMs);
  });
  const store = new StorewireProcess(["run", "--config", scannerSite(directory, broker, scanner.path)]);
  try {
    await untilHeard(scanner, headquarters.subjects, clock);
    for (let serial = 1; serial <= scans; serial += 1) {
      const dueMs = clock.monotonicMs() + 1_000 / scansPerSecond;
      causedMs.set(itemUri(serial), clock.monotonicMs());
      scanner.stimulate({ kind: "scan", ...scanOf(serial) });
      await sleep(clock, dueMs - clock.monotonicMs());
    }
    await sleep(clock, 1_000);
    if (samples.length !== scans)
      throw new Error(`only ${samples.length} of ${scans} scans arrived\n${store.said()}`);
    return latencyOf(samples.slice(warmUpScans));
  } finally {
    await store.kill("SIGTERM");
    await headquarters.close();
    await scanner.close();
  }
}

/** The same line of bytes to a subscriber through the script without promises: what a promise costs. */
export async function measureBareScript(
  directory: string,
  broker: RealBroker,
  clock: Clock,
): Promise<Latency> {
  const scanner = openScanner(directory, clock);
  const samples: number[] = [];
  let startedMs = 0;
  let heard = false;
  const link = openLink(broker, clock);
  await link.subscribe(["bare/scan"], () => {
    heard = true;
    samples.push(clock.monotonicMs() - startedMs);
  });
  const script = spawn(process.execPath, [
    fileURLToPath(new URL("./bare-script.js", import.meta.url)),
    scanner.path,
    broker.url,
  ]);
  try {
    for (let tries = 0; !heard && tries < 100; tries += 1) {
      scanner.stimulate({ kind: "scan", ...scanOf(0) });
      await sleep(clock, 100);
    }
    samples.length = 0;
    for (let serial = 1; serial <= scans / 2; serial += 1) {
      startedMs = clock.monotonicMs();
      scanner.stimulate({ kind: "scan", ...scanOf(serial) });
      await sleep(clock, 1_000 / scansPerSecond);
    }
    return latencyOf(samples.slice(warmUpScans));
  } finally {
    script.kill();
    await link.close();
    await scanner.close();
  }
}

export function openScanner(directory: string, clock: Clock): PtyDevice<ScannerStimulus> {
  const simulator = createSerialScanner({ suffix: "cr", aimPrefix: true });
  return carryOnPty(simulator, { clock, link: join(directory, "scanner") });
}

export function scannerSite(directory: string, broker: RealBroker, path: string): string {
  return writeSite({
    directory,
    headquartersUrl: broker.url,
    devices: [
      {
        id: "desk-scanner",
        readPoint: "desk",
        driver: "serial-scanner",
        transport: { kind: "serial", path },
        settings: { suffix: "cr", aimPrefix: true },
      },
    ],
  });
}

export interface BenchHeadquarters {
  readonly subjects: Set<string>;
  close(): Promise<void>;
}

/** A receiver in this process that tells of each hand-in once it is on disk. */
export async function openHeadquarters(
  path: string,
  broker: RealBroker,
  clock: Clock,
  onHandIn: (subject: string) => void,
): Promise<BenchHeadquarters> {
  const { store } = await openSqliteEventStore({ path, clock });
  const link = openLink(broker, clock);
  const subjects = new Set<string>();
  const receiver = await startReceiver({
    link,
    store,
    clock,
    onStored: (events) => {
      for (const { body } of events) {
        const subject = /"subject":"([^"]*)"/.exec(body)?.[1] ?? "";
        subjects.add(subject);
        onHandIn(subject);
      }
    },
  });
  return {
    subjects,
    async close() {
      await receiver.close();
      await link.close();
      await store.close();
    },
  };
}

const openLink = (broker: RealBroker, clock: Clock) =>
  openMqttLink({
    url: broker.url,
    clientId: `bench-${Math.floor(systemRandom.fraction() * 1e9)}`,
    clock,
    random: systemRandom,
  });

/** Scans until the whole way is open. */
export async function untilHeard(
  scanner: PtyDevice<ScannerStimulus>,
  subjects: ReadonlySet<string>,
  clock: Clock,
): Promise<void> {
  for (let tries = 1; tries < 300; tries += 1) {
    const serial = 9_000_000 + tries;
    scanner.stimulate({ kind: "scan", ...scanOf(serial) });
    await sleep(clock, 50);
    if (subjects.has(itemUri(serial))) return;
  }
  throw new Error("nothing arrived at headquarters");
}
