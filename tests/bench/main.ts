import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../../cli/system.ts";
import { needRealBroker, startRealBroker } from "../real-broker.ts";
import { codecLoads } from "./codec-loads.ts";
import { measureCodec } from "./codecs.ts";
import { atLeast, atMost } from "./figures.ts";
import { measureFloors } from "./floors.ts";
import { measureFootprint, measureStart } from "./footprint.ts";
import { measureBareScript, measureLatency } from "./latency.ts";
import { measureDrainToStore, measureDrainToSubscriber, measureSustained } from "./throughput.ts";

// `npm run bench [-- SECTION ...]`: figures as JSON, each beside what it has to reach and a floor of the same run.
const sections = ["codecs", "latency", "sustained", "drain", "footprint", "start"] as const;
type Section = (typeof sections)[number];

const { positionals } = parseArgs({ allowPositionals: true, options: { json: { type: "boolean" } } });
const unknown = positionals.filter((name) => !sections.includes(name as Section));
if (unknown.length > 0) {
  console.error(`no section is named ${unknown.join(", ")}; there are: ${sections.join(", ")}`);
  process.exit(64);
}
const wanted = new Set<string>(positionals.length > 0 ? positionals : sections);
needRealBroker();
const clock = systemClock();
const broker = await startRealBroker();
const directories: string[] = [];

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), "storewire-bench-"));
  directories.push(made);
  return made;
}

/** One section at a time, so that none disturbs another; floors first and always. */
async function measure(): Promise<Record<string, unknown>> {
  const floors = await measureFloors(directory(), broker.url, clock);
  const commitMs = floors.commitOneRow.p50Ms;
  const measurements: Record<Section, () => Promise<unknown>> = {
    codecs: async () =>
      Object.fromEntries(codecLoads().map((load) => [load.name, measureCodec(load, clock)])),
    latency: async () => {
      const latency = await measureLatency(directory(), broker, clock);
      return {
        readingToHeadquarters: latency,
        inBareCommits: atMost(latency.p50Ms / commitMs, 4),
        p99Ms: atMost(latency.p99Ms, 20),
        bareScript: await measureBareScript(directory(), broker, clock),
      };
    },
    sustained: async () => ({
      storeEventsPerSecond: atLeast(await measureSustained(directory(), broker, clock), 15_000),
      // Nothing but EPCIS events of 1 kB, each with its hash.
      returnEventsPerSecond: await measureSustained(directory(), broker, clock, "returns"),
    }),
    drain: async () => ({
      toSubscriberPerSecond: atLeast(await measureDrainToSubscriber(directory(), broker, clock), 50_000),
      toStorePerSecond: atLeast(await measureDrainToStore(directory(), broker, clock), 30_000),
    }),
    footprint: async () => {
      const { idleMegabytes, loadedMegabytes } = await measureFootprint(directory(), broker, clock);
      return { idleMegabytes, loadedMegabytes: atMost(loadedMegabytes, 130) };
    },
    start: async () => ({ firstReadingMs: atMost(await measureStart(directory(), broker, clock), 1_000) }),
  };
  const figures: Record<string, unknown> = { floors };
  for (const section of sections) {
    if (!wanted.has(section)) continue;
    console.error(`measuring ${section} ...`);
    figures[section] = await measurements[section]();
  }
  return figures;
}

try {
  console.log(JSON.stringify(await measure(), undefined, 2));
} finally {
  await broker.stop();
  for (const each of directories) rmSync(each, { recursive: true, force: true });
}
