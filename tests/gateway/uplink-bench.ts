import { openUplinkMemory } from "../../gateway/uplink/knowable.ts";
import { uplinkWill } from "../../gateway/uplink/presence.ts";
import { positionsOf, Uplink } from "../../gateway/uplink/uplink.ts";
import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import type { Outbox, StoredEntry } from "../../outbox/outbox.ts";
import { type EventDraft, gatewayStateSchema } from "../../protocols/events.ts";
import { type Category, type Stream, streamOf } from "../../protocols/topics.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { SimulatedBroker } from "../../simulators/network/simulated-broker.ts";
import { silentLog } from "./store.ts";

export const name = { site: "store-0042", gateway: "gw1" };
export const base = "storewire/v1/store-0042/gw1";
export const limits = {
  batchesInFlightMax: 4,
  unconfirmedEventsMax: 1_000,
  resendAfterMs: 10_000,
  stateEveryMs: 60_000,
  drainEventsPerSecond: 1_000_000,
};

interface Heard {
  readonly topic: string;
  readonly sequences: readonly number[];
}

interface SentEvent {
  readonly sequence: number;
  readonly historical?: true;
}

/** A gateway's uplink without the gateway: an outbox that is filled by hand, and HQ's ear at the broker. */
export async function openUplink(
  change: Partial<typeof limits> & {
    confirm?: "watermark" | "broker";
    stored?: number;
    departure?: (entry: StoredEntry) => string | undefined;
  } = {},
) {
  const { confirm = "watermark", stored = 0, departure, ...changed } = change;
  const clock = new ManualClock();
  const outbox = await openMemoryOutbox({
    clock,
    disk: new MemoryDisk("ours"),
    limits: { keepConfirmedMs: 0 },
  });
  const broker = new SimulatedBroker();
  const heard: Heard[] = [];
  const historical: number[] = [];
  const listener = broker.connect();
  await listener.subscribe([`${base}/evt/+`, `${base}/tel/+`], ({ topic, payload }) => {
    const events = JSON.parse(new TextDecoder().decode(payload)) as SentEvent[];
    historical.push(...events.filter((event) => event.historical).map(({ sequence }) => sequence));
    heard.push({ topic, sequences: events.map(({ sequence }) => sequence) });
  });
  const presence = { name, boot: "boot1", version: "0.1.0", epoch: "ours", clock };
  const memory = await openUplinkMemory(outbox);
  const willOptions = { ...presence, epochOrdinal: () => memory.epochOrdinal.value };
  const link = broker.connect(() => uplinkWill(willOptions, positionsOf(outbox)));
  const raised: EventDraft[] = [];
  const outruns: unknown[] = [];
  if (stored > 0) await fill(outbox, stored);
  const uplink = new Uplink({
    outbox,
    link,
    clock,
    confirm,
    limits: { ...limits, ...changed },
    presence,
    ...memory,
    raise: (drafts) => raised.push(...drafts),
    outrun: () => outruns.push(undefined),
    ...(departure === undefined ? {} : { departure }),
    log: silentLog,
  });
  opened.push({ uplink, clock });
  const headquarters = broker.connect();
  return {
    clock,
    outbox,
    broker,
    link,
    uplink,
    heard,
    historical,
    raised,
    get outruns() {
      return outruns.length;
    },
    start: () => {
      uplink.start();
      return clock.turn(0);
    },
    say: async (topic: string, message: unknown) => {
      await headquarters.publish(
        `${base}/${topic}`,
        typeof message === "string" ? message : JSON.stringify(message),
        {
          retain: topic === "ack",
        },
      );
      await clock.turn(0);
    },
    store: async (count: number, category: Category = "return") => {
      await fill(outbox, count, { category, stream: streamOf(category) });
      uplink.stored();
      await clock.turn(0);
    },
    state: () => gatewayStateSchema.parse(JSON.parse(broker.retained(`${base}/state`) ?? "{}")),
    sequences: () => heard.flatMap(({ sequences }) => sequences),
  };
}

const opened: { readonly uplink: Uplink; readonly clock: ManualClock }[] = [];

export async function closeUplinks(): Promise<void> {
  for (const { uplink, clock } of opened.splice(0)) {
    const closed = uplink.close();
    // A broker that does not answer holds the farewell up for a while only.
    await clock.turn(2_000);
    await closed;
  }
}

interface Filling {
  readonly category?: Category;
  readonly stream?: Stream;
  readonly padding?: string;
}

export function fill(outbox: Outbox, count: number, filling: Filling = {}): Promise<void> {
  const { category = "return", stream = "evt", padding = "" } = filling;
  const entries = Array.from({ length: count }, () => ({
    stream,
    category,
    body: (sequence: number) => JSON.stringify({ sequence, padding }),
  }));
  return outbox.commit({ entries });
}

export const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
