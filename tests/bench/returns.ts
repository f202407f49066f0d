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

/** Microseconds of processor time that each of these inputs costs, garbage collection included. */
function costOf(inputs: readonly ServiceInput[], step: (input: ServiceInput) => ServiceOutcome): number {
  const before = process.cpuUsage();
  for (const input of inputs) step(input);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / inputs.length;
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
  // Each input is made before the clock runs: an agent's work, not the service's.
  const inspections = Array.from({ length: measuredSteps }, (_, index) =>
    store.see("inspection", thing(index + 1).code),
  );
  const cages = Array.from({ length: measuredSteps }, (_, index) =>
    store.see("returns-cage", thing(index + 1).tag),
  );
  const repeats = Array.from({ length: measuredSteps }, (_, index) =>
    store.see("returns-cage", { ...thing(index + 1).tag, change: "present" } as Observation),
  );
  const inspectionMicroseconds = costOf(inspections, store.step);
  const cageMicroseconds = costOf(cages, store.step);
  const presentMicroseconds = costOf(repeats, store.step);
  const bareEventMicroseconds = costOf(cages, bareEvent);
  // What is due by then is told first, so that the ticks that are measured find nothing.
  for (let tick = 0; tick < 1_000; tick += 1) store.step(store.tick());
  const ticks = Array.from({ length: measuredSteps }, () => store.tick());
  const tickMicroseconds = costOf(ticks, store.step);
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
