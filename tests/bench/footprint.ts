import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, sleep } from "../../protocols/clock.ts";
import { scanOf } from "../durability/caused.ts";
import type { RealBroker } from "../real-broker.ts";
import { StorewireProcess } from "../storewire-process.ts";
import { percentile, rounded } from "./figures.ts";
import { openHeadquarters, openScanner, scannerSite, untilHeard } from "./latency.ts";

export interface Footprint {
  readonly idleMegabytes: number;
  readonly loadedMegabytes: number;
}

const loadedScans = 6_000;
const scansPerSecond = 300;

/** Resident memory of `storewire run`: ten seconds after its start, and the most while scans pour in. */
export async function measureFootprint(
  directory: string,
  broker: RealBroker,
  clock: Clock,
): Promise<Footprint> {
  const scanner = openScanner(directory, clock);
  const headquarters = await openHeadquarters(join(directory, "hq.db"), broker, clock, () => {});
  const store = new StorewireProcess(["run", "--config", scannerSite(directory, broker, scanner.path)]);
  try {
    await untilHeard(scanner, headquarters.subjects, clock);
    await sleep(clock, 5_000);
    const idleMegabytes = residentMegabytes(store.processId);
    let loadedMegabytes = 0;
    for (let serial = 1; serial <= loadedScans; serial += 1) {
      scanner.stimulate({ kind: "scan", ...scanOf(serial) });
      if (serial % 100 === 0) loadedMegabytes = Math.max(loadedMegabytes, residentMegabytes(store.processId));
      await sleep(clock, 1_000 / scansPerSecond);
    }
    return { idleMegabytes, loadedMegabytes };
  } finally {
    await store.kill("SIGTERM");
    await headquarters.close();
    await scanner.close();
  }
}

/** VmRSS of a process (proc(5)). */
function residentMegabytes(processId: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${processId}/status`, "utf8"))?.[1];
  return rounded(Number(kilobytes) / 1_024);
}

const starts = 5;

/** Milliseconds from the start of the process to its first reading on disk; the median of five starts. */
export async function measureStart(directory: string, broker: RealBroker, clock: Clock): Promise<number> {
  const scanner = openScanner(directory, clock);
  const file = scannerSite(directory, broker, scanner.path);
  const samples: number[] = [];
  for (let round = 0; round < starts; round += 1) {
    let heard = false;
    const startedMs = clock.monotonicMs();
    const store = new StorewireProcess(["run", "--readings", "--config", file], {
      onLine: (line) => {
        heard ||= line.includes('"kind":"scan"');
      },
    });
    for (let serial = round * 1_000; !heard; serial += 1) {
      scanner.stimulate({ kind: "scan", ...scanOf(serial) });
      await sleep(clock, 10);
    }
    samples.push(clock.monotonicMs() - startedMs);
    await store.kill("SIGTERM");
  }
  await scanner.close();
  return rounded(percentile(samples, 0.5));
}
