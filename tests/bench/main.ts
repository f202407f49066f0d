import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { systemClock } from "../../cli/system.ts";
import { needRealBroker, startRealBroker } from "../real-broker.ts";
import { codecLoads } from "./codec-loads.ts";
import { measureCodec } from "./codecs.ts";
import { atLeast, atMost } from "./figures.ts";
import { measureFloors } from "./floors.ts";
import { measureFootprint, measureStart } from "./footprint.ts";
import { measureItems } from "./items.ts";
import { measureBareScript, measureLatency } from "./latency.ts";
import { measureMalice } from "./malice.ts";
import { measureMemoryHour } from "./memory-hour.ts";
import { measureMemoryMonth } from "./memory-month.ts";
import { measureQueue } from "./queue.ts";
import { measureRecorder } from "./recorder.ts";
import { measureReturns } from "./returns.ts";
import { measureDrainToStore, measureDrainToSubscriber, measureSustained } from "./throughput.ts";
import { measureWearTable } from "./wear.ts";

// `npm run bench [-- SECTION ...]`: figures as JSON, each beside what it has to reach and a floor of the same run.
const usual = [
  "codecs",
  "recorder",
  "latency",
  "sustained",
  "drain",
  "footprint",
  "start",
  "queue",
  "returns",
] as const;
/** Too long to be run unasked. */
const sections = [...usual, "items", "memory-hour", "wear", "memory-month", "malice"] as const;
type Section = (typeof sections)[number];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean" },
    minutes: { type: "string", default: "60" },
    days: { type: "string", default: "30" },
    seed: { type: "string", default: "1" },
  },
});
const unknown = positionals.filter((name) => !sections.includes(name as Section));
if (unknown.length > 0) {
  console.error(`no section is named ${unknown.join(", ")}; there are: ${sections.join(", ")}`);
  process.exit(64);
}
const wanted = positionals.length === 0 ? usual : sections.filter((section) => positionals.includes(section));
/** Played in memory alone: no broker, and no machine to be compared with. */
const bare: ReadonlySet<Section> = new Set(["queue", "returns", "items"]);
if (wanted.some((section) => !bare.has(section))) needRealBroker();
const clock = systemClock();
const directories: string[] = [];

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), "storewire-bench-"));
  directories.push(made);
  return made;
}

/** One section beside the floors of the same minute. */
async function measure(section: Section): Promise<object> {
  if (section === "queue") return measureQueue((row) => console.error(row));
  if (section === "returns") return measureReturns();
  if (section === "items") return measureItems(directory(), clock);
  const broker = await startRealBroker();
  const floors = await measureFloors(directory(), broker.url, clock);
  const commitMs = floors.commitOneRow.p50Ms;
  const measurements: Record<Exclude<Section, "queue" | "returns" | "items">, () => Promise<unknown>> = {
    codecs: async () =>
      Object.fromEntries(codecLoads().map((load) => [load.name, measureCodec(load, clock)])),
    recorder: () => measureRecorder(clock),
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
    malice: () => measureMalice(directory(), broker, clock),
    footprint: async () => {
      const { idleMegabytes, loadedMegabytes } = await measureFootprint(directory(), broker, clock);
      return { idleMegabytes, loadedMegabytes: atMost(loadedMegabytes, 130) };
    },
    "memory-hour": () =>
      measureMemoryHour({ directory: directory(), broker, clock, minutes: Number(values.minutes) }),
    wear: () => measureWearTable(directory()),
    "memory-month": () => measureMemoryMonth(Number(values.seed), Number(values.days)),
    start: async () => ({ firstReadingMs: atMost(await measureStart(directory(), broker, clock), 1_000) }),
  };
  try {
    return { ...((await measurements[section]()) as object), floors };
  } finally {
    await broker.stop();
    for (const each of directories) rmSync(each, { recursive: true, force: true });
  }
}

const itself = [fileURLToPath(import.meta.url)];
const given = ["--minutes", values.minutes, "--days", values.days, "--seed", values.seed];

/** Each section in a process of its own: what one leaves in the heap must not slow the next. */
function measureApart(section: Section): unknown {
  console.error(`measuring ${section} ...`);
  const { status, stdout } = spawnSync(process.execPath, [...itself, section, ...given], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`section ${section} ended with ${status}`);
  return JSON.parse(stdout) as unknown;
}

const [only, ...more] = wanted;
const figures =
  only !== undefined && more.length === 0
    ? await measure(only)
    : Object.fromEntries(wanted.map((section) => [section, measureApart(section)]));
// With --json the last line on stdout is all of it, whatever npm has written above.
console.log(JSON.stringify(figures, undefined, values.json === true ? undefined : 2));
