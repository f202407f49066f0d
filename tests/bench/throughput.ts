import { join } from "node:path";
import { openMqttLink } from "../../cli/mqtt-link.ts";
import { systemRandom } from "../../cli/system.ts";
import { startReceiver } from "../../hq/receiver.ts";
import { openSqliteEventStore } from "../../hq/sqlite-event-store.ts";
import { type Clock, sleep } from "../../protocols/clock.ts";
import { CuttableProxy } from "../../simulators/network/cuttable-proxy.ts";
import type { RealBroker } from "../real-broker.ts";
import { writeSite } from "../site.ts";
import { StorewireProcess } from "../storewire-process.ts";
import { rounded } from "./figures.ts";

const gatewayProgram = "tests/bench/gateway-process.js";
const sustainedMs = 10_000;
const warmUpMs = 3_000;
const backlogEvents = 200_000;
const drainMsMax = 120_000;
const noLimit = 1_000_000;

/** The devices that the feeding process speaks for; none of them is opened. */
const fedDevices = [
  device("desk-scanner", "desk"),
  device("bench-scanner", "bench"),
  device("cage-reader", "cage"),
  {
    ...device("kiosk-buttons", "kiosk"),
    driver: "gpio-buttons",
    settings: { buttons: { ticket: { kind: "issue", service: "returns" } } },
  },
  {
    ...device("counter-buttons", "counter-1"),
    driver: "gpio-buttons",
    settings: {
      buttons: {
        call: { kind: "call-next" },
        serve: { kind: "serve" },
        finish: { kind: "finish" },
      },
    },
  },
] as const;

function device(id: string, readPoint: string) {
  return { id, readPoint, driver: "serial-scanner", transport: { kind: "simulated", name: id } } as const;
}

/** Events a second from reading to HQ's disk, gateway and receiver each committing, over ten seconds. */
export async function measureSustained(
  directory: string,
  broker: RealBroker,
  clock: Clock,
  mix: "store" | "returns" = "store",
): Promise<number> {
  let stored = 0;
  const headquarters = await openCountingReceiver(directory, broker, clock, (count) => {
    stored += count;
  });
  const file = writeSite({ directory, headquartersUrl: broker.url, devices: [...fedDevices] });
  const gateway = new StorewireProcess([file, "100000000", mix], { program: gatewayProgram });
  try {
    while (stored === 0) await sleep(clock, 10);
    await sleep(clock, warmUpMs);
    const before = stored;
    const startedMs = clock.monotonicMs();
    await sleep(clock, sustainedMs);
    return rounded(((stored - before) / (clock.monotonicMs() - startedMs)) * 1_000);
  } finally {
    await gateway.kill();
    await headquarters.close();
  }
}

/** A backlog goes to a subscriber that only counts; the broker's PUBACK is what confirms. */
export function measureDrainToSubscriber(
  directory: string,
  broker: RealBroker,
  clock: Clock,
): Promise<number> {
  return drain({ directory, broker, clock, confirm: "broker" }, async (count) => {
    const link = openBenchLink(broker, clock);
    await link.subscribe(["storewire/v1/+/+/evt/+"], ({ payload }) => count(eventsIn(payload)));
    return link;
  });
}

/** The same backlog to the receiver, each event on HQ's disk. */
export function measureDrainToStore(directory: string, broker: RealBroker, clock: Clock): Promise<number> {
  return drain({ directory, broker, clock, confirm: "watermark" }, (count) =>
    openCountingReceiver(directory, broker, clock, count),
  );
}

interface DrainOptions {
  readonly directory: string;
  readonly broker: RealBroker;
  readonly clock: Clock;
  readonly confirm: "broker" | "watermark";
}

interface Counting {
  close(): Promise<void>;
}

/** Events a second from the first to the last of the backlog. */
async function drain(
  { directory, broker, clock, confirm }: DrainOptions,
  open: (count: (events: number) => void) => Promise<Counting>,
): Promise<number> {
  const cable = await CuttableProxy.open(broker.port);
  cable.cut();
  const headquartersUrl = `mqtt://127.0.0.1:${cable.port}`;
  // What the wire and the disks take, and no rate below that.
  const limits = { reconnectMsMax: 500, uplink: { drainEventsPerSecond: noLimit } };
  const file = writeSite({ directory, headquartersUrl, confirm, limits, devices: [...fedDevices] });
  const gateway = new StorewireProcess([file, String(backlogEvents)], { program: gatewayProgram });
  let arrived = 0;
  let firstMs = 0;
  const counting = await open((events) => {
    if (arrived === 0) firstMs = clock.monotonicMs();
    arrived += events;
  });
  try {
    while (!gateway.stdoutLines.includes("filled")) await sleep(clock, 20);
    cable.mend();
    const deadlineMs = clock.monotonicMs() + drainMsMax;
    while (arrived < backlogEvents) {
      if (clock.monotonicMs() > deadlineMs) throw new Error(`only ${arrived} drained\n${gateway.said()}`);
      await sleep(clock, 2);
    }
    return rounded((arrived / (clock.monotonicMs() - firstMs)) * 1_000);
  } finally {
    await gateway.kill();
    await counting.close();
    await cable.close();
  }
}

async function openCountingReceiver(
  directory: string,
  broker: RealBroker,
  clock: Clock,
  count: (events: number) => void,
): Promise<Counting> {
  const { store } = await openSqliteEventStore({ path: join(directory, "hq.db"), clock });
  const link = openBenchLink(broker, clock);
  const receiver = await startReceiver({
    link,
    store,
    clock,
    credit: { eventsPerSecond: noLimit },
    onStored: (events) => count(events.length),
  });
  return {
    async close() {
      await receiver.close();
      await link.close();
      await store.close();
    },
  };
}

function openBenchLink(broker: RealBroker, clock: Clock) {
  const clientId = `bench-${Math.floor(systemRandom.fraction() * 1e9)}`;
  return openMqttLink({ url: broker.url, clientId, clock, random: systemRandom });
}

/** Counts `"specversion"` without parsing, so that the subscriber is no brake. */
function eventsIn(payload: Uint8Array): number {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  let count = 0;
  for (let at = text.indexOf('"specversion"'); at >= 0; at = text.indexOf('"specversion"', at + 1))
    count += 1;
  return count;
}
