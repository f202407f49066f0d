// The production gateway in its own process, fed with readings as fast as it commits them, until its outbox
// has given out as many events as were asked for. Says `filled` on stdout then, and goes on delivering.
import { readFileSync } from "node:fs";
import { readConfiguration } from "../../cli/configuration-file.ts";
import { openLog } from "../../cli/log.ts";
import { startGatewayAlone } from "../../cli/store.ts";
import { bootId, packageVersion, systemClock, systemRandom } from "../../cli/system.ts";
import { newId } from "../../protocols/identity.ts";
import type { Observation, Reading } from "../../protocols/readings.ts";
import { fromLatin1, toHex } from "../../protocols/stream/bytes.ts";
import { scanOf, tagOf } from "../durability/caused.ts";

const [file = "", eventsWanted = "0", mix = "store"] = process.argv.slice(2);
const reading = readConfiguration(readFileSync(file, "utf8"), file);
if (!reading.ok) throw new Error(JSON.stringify(reading.errors));
const clock = systemClock();
const boot = bootId();
const store = await startGatewayAlone(reading.configuration, {
  clock,
  random: systemRandom,
  boot,
  version: packageVersion,
  log: openLog("warn", "gateway", clock),
});
const { gateway } = store;
if (gateway === undefined) throw new Error("a gateway was started");

const epoch = newId(clock, systemRandom);
let sequence = 0;

/**
 * What a store's devices say on a Saturday of 3,000 tickets and 1,000 returned items, in its proportions: three
 * tickets are drawn, called, served and finished while one item is handed in, inspected and put away.
 * `returns` leaves the queue out.
 */
const cycles: Readonly<Record<string, readonly ((cycle: number) => Reading)[]>> = {
  store: [
    ...Array.from({ length: 3 }, () => [
      pressed("kiosk-buttons", "kiosk", "ticket"),
      pressed("counter-buttons", "counter-1", "call"),
      pressed("counter-buttons", "counter-1", "serve"),
      pressed("counter-buttons", "counter-1", "finish"),
    ]).flat(),
    (cycle) => made("desk-scanner", "desk", scanned(cycle)),
    (cycle) => made("bench-scanner", "bench", scanned(cycle)),
    (cycle) => made("cage-reader", "cage", tagged(cycle)),
  ],
  returns: [
    (cycle) => made("desk-scanner", "desk", scanned(cycle)),
    (cycle) => made("bench-scanner", "bench", scanned(cycle)),
    (cycle) => made("cage-reader", "cage", tagged(cycle)),
  ],
};
const steps = cycles[mix];
if (steps === undefined) throw new Error(`no mix is named ${mix}`);

function nextReading(): Reading {
  sequence += 1;
  const step = steps?.[sequence % steps.length];
  if (steps === undefined || step === undefined) throw new Error("a cycle has steps");
  return step(Math.floor(sequence / steps.length));
}

function pressed(device: string, place: string, button: string): () => Reading {
  return () => made(device, place, { kind: "button", change: "pressed", button });
}

function scanned(serial: number): Observation {
  const { text, aim } = scanOf(serial);
  return { kind: "scan", aim, text, bytesHex: toHex(fromLatin1(text)) };
}

const tagged = (serial: number): Observation => ({
  kind: "tag",
  change: "arrived",
  epcHex: tagOf(serial),
  antenna: 1,
  rssiDbm: -58,
});

function made(device: string, readPoint: string, observation: Observation): Reading {
  const at = {
    wallMs: Math.floor(clock.wallMs()),
    monotonicMs: clock.monotonicMs(),
    boot,
    clock: clock.quality(),
  };
  return {
    id: newId(clock, systemRandom),
    agent: "agent1",
    epoch,
    sequence,
    device,
    readPoint,
    at,
    observation,
  };
}

const wanted = Number(eventsWanted);
const batchReadings = 128;
/** Two batches gather while one is written. */
const batchesWaitingMax = 3;

async function feed(): Promise<void> {
  const waiting = new Set<Promise<void>>();
  while (gateway !== undefined && gateway.status().positions.evt.last < wanted) {
    const accepted = gateway.sink.accept(Array.from({ length: batchReadings }, nextReading));
    const tracked = accepted.finally(() => waiting.delete(tracked));
    waiting.add(tracked);
    if (waiting.size >= batchesWaitingMax) await Promise.race(waiting);
  }
  await Promise.all(waiting);
}

await feed();
console.log("filled");
process.once("SIGTERM", () => void store.close().then(() => process.exit(0)));
