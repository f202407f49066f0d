import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ledgerOf } from "../../gateway/returns/ledger.ts";
import { returnsService } from "../../gateway/returns/returns-service.ts";
import { nothing, type ServiceInput, type ServiceOutcome } from "../../gateway/service.ts";
import { objectEvent } from "../../protocols/epcis/object-event.ts";
import type { Observation } from "../../protocols/readings.ts";
import { everyPost, thing } from "../gateway/returns/returns-bench.ts";
import { morningMs, readingsOf, testTime } from "../gateway/store.ts";
import { atMost, rounded } from "./figures.ts";

/** The collector itself, which a process started without a flag has to ask for. */
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const openCases = 50_000;
const measuredSteps = 20_000;
/** A gateway runs for months: what the engine compiles in the first seconds is no part of a step. */
const warmingSteps = 2_000;
/** Inputs that are in memory at once: an agent's work, made while the clock stands. */
const portion = 500;

/** The service with its documents, applied as the gateway applies them; nothing is checked and nothing written. */
function bareService() {
  const service = returnsService(everyPost({ casesMax: 200_000 }));
  const documents = new Map<string, unknown>();
  const time = testTime();
  const reading = readingsOf();
  let atMs = 0;
  let ids = 0;
  const step = (input: ServiceInput): ServiceOutcome => {
    const now = time.begin(
      { wallMs: morningMs + atMs, monotonicMs: atMs, boot: "boot1", clock: "synced" },
      true,
    );
    const outcome = service.step(documents, input, { now, time, newId: () => `id-${(ids += 1)}` });
    for (const { key, value } of outcome.changes) {
      if (value === undefined) documents.delete(key);
      else documents.set(key, value);
    }
    return outcome;
  };
  return {
    documents,
    see(readPoint: string, observation: Observation, laterMs = 40): ServiceInput {
      atMs += laterMs;
      return { kind: "reading", reading: reading({ device: "d", readPoint, observation, atMs }) };
    },
    tick: (): ServiceInput => ({ kind: "tick" }),
    step,
  };
}

type Step = (input: ServiceInput) => ServiceOutcome;
/** The input about the n-th thing. */
type InputOf = (serial: number) => ServiceInput;

/** Microseconds of processor time that each of these inputs costs, garbage collection included. */
function costOf(inputOf: InputOf, step: Step, [from, to]: readonly [number, number]): number {
  let microseconds = 0;
  for (let first = from; first < to; first += portion) {
    const inputs = Array.from({ length: portion }, (_, index) => inputOf(first + index));
    const before = process.cpuUsage();
    for (const input of inputs) step(input);
    const { user, system } = process.cpuUsage(before);
    microseconds += user + system;
  }
  return microseconds / (to - from);
}

/** What every step has to make at least. */
function bareEvent(input: ServiceInput): ServiceOutcome {
  if (input.kind !== "reading") return nothing;
  const place = "urn:epc:id:sgln:9521321.00001.CAGE1";
  const uri = `https://id.gs1.org/01/09521141123454/21/${input.reading.sequence}`;
  objectEvent({
    timeMs: input.reading.at.wallMs,
    timeZone: "Europe/Berlin",
    items: [{ uri, serialised: true }],
    bizStep: "storing",
    disposition: "non_sellable_other",
    readPoint: place,
    bizLocation: place,
    sources: [{ type: "location", source: "urn:epc:id:sgln:9521321.00001.INSPECTION" }],
    destinations: [{ type: "location", destination: place }],
    extensions: { "storewire:case": input.reading.id, "storewire:post": "cage", "storewire:device": "d" },
  });
  return nothing;
}

/** What the heap holds for so many open cases, and again after as many closed ones as well. */
function memory() {
  const heapOf = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const perCase = [10_000, 20_000, 40_000].map((count) => {
    const before = heapOf();
    const store = bareService();
    for (let serial = 1; serial <= count; serial += 1)
      store.step(store.see("returns-desk", thing(serial).code));
    const bytes = (heapOf() - before) / count;
    // Asked for after the measurement, so that nothing of it is collected before.
    if (ledgerOf(store.documents).held !== count) throw new Error("not all cases are open");
    return rounded(bytes);
  });
  return { openCases: [10_000, 20_000, 40_000], bytesPerOpenCase: perCase };
}

/** `npm run bench -- returns`: what a step costs while 50,000 cases are open, and what a case costs in memory. */
export function measureReturns(): object {
  const store = bareService();
  for (let serial = 1; serial <= openCases; serial += 1)
    store.step(store.see("returns-desk", thing(serial).code));
  const inspected: InputOf = (serial) => store.see("inspection", thing(serial).code);
  const stored: InputOf = (serial) => store.see("returns-cage", thing(serial).tag);
  const present: InputOf = (serial) =>
    store.see("returns-cage", { ...thing(serial).tag, change: "present" } as Observation);
  const passing = [
    [inspected, store.step],
    [stored, store.step],
    [present, store.step],
    [stored, bareEvent],
  ] as const;
  const warming = [1, warmingSteps + 1] as const;
  const measured = [warmingSteps + 1, warmingSteps + measuredSteps + 1] as const;
  for (const [inputOf, step] of passing) costOf(inputOf, step, warming);
  const [
    inspectionMicroseconds = 0,
    cageMicroseconds = 0,
    presentMicroseconds = 0,
    bareEventMicroseconds = 0,
  ] = passing.map(([inputOf, step]) => costOf(inputOf, step, measured));
  // What is due by then is told first, so that the ticks that are measured find nothing.
  for (let tick = 0; tick < 1_000; tick += 1) store.step(store.tick());
  const tickMicroseconds = costOf(store.tick, store.step, measured);
  const { held } = ledgerOf(store.documents);
  return {
    openCases: held,
    stepMicroseconds: atMost((inspectionMicroseconds + cageMicroseconds) / 2, 50),
    /** Floor: nothing but an EPCIS event with its hash. */
    bareEventMicroseconds: rounded(bareEventMicroseconds),
    inspectionMicroseconds: rounded(inspectionMicroseconds),
    cageMicroseconds: rounded(cageMicroseconds),
    tagStillThereMicroseconds: rounded(presentMicroseconds),
    tickMicroseconds: rounded(tickMicroseconds),
    memory: memory(),
  };
}
