import { join } from "node:path";
import { systemRandom } from "../../cli/system.ts";
import { type Delivery, type EventStore } from "../../hq/event-store.ts";
import { ItemDesk } from "../../hq/items/item-desk.ts";
import { readStoredItem } from "../../hq/items/stored-item.ts";
import { defaultTransitRules } from "../../hq/items/transit-rules.ts";
import { headquartersName } from "../../hq/items/transit-watch.ts";
import { startReceiver } from "../../hq/receiver.ts";
import { openSqliteEventStore } from "../../hq/sqlite-event-store.ts";
import type { Clock } from "../../protocols/clock.ts";
import type { MessageLink, MessageReceiver } from "../../protocols/message-link.ts";
import { type Category, uplinkTopics } from "../../protocols/topics.ts";
import { gateway, sampleEvent } from "../hq/samples.ts";
import { atMost, percentile, rounded } from "./figures.ts";

/** What `hq item` is asked in. */
const storedEvents = 1_000_000;
/** Each way, in turns, so that what else the machine does meets both. */
const rounds = 10;
const roundEvents = 20_000;
const batchEvents = 128;
/** On their way at once. */
const lookEvents = 5_000;

const itemOf = (serial: number): string => `https://id.gs1.org/01/09521141123454/21/${serial}`;
const returnTypes = ["handed-in", "inspected", "stored"] as const;

/** A Saturday: twelve facts of the queue, and one item handed in, inspected and put away. */
function categoryAt(sequence: number): Category {
  return sequence % 15 < 12 ? "queue" : "return";
}

function eventAt(sequence: number): object {
  if (categoryAt(sequence) === "queue") return sampleEvent(sequence);
  const serial = Math.floor(sequence / 15);
  const name = returnTypes[(sequence % 15) - 12] ?? "stored";
  const time = new Date(Date.UTC(2026, 0, 5) + sequence * 100).toISOString();
  return sampleEvent(sequence, {
    type: `storewire.return.${name}`,
    fields: { time, subject: itemOf(serial) },
    data: {
      "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
      eventID: `ni:///sha-256;${String(sequence).padStart(64, "0")}?ver=CBV2.0`,
      type: "ObjectEvent",
      eventTime: time,
      eventTimeZoneOffset: "+01:00",
      epcList: [itemOf(serial)],
      action: "OBSERVE",
      bizStep: "receiving",
      disposition: "returned",
      readPoint: { id: "https://id.gs1.org/414/9521321000018/254/DESK1" },
      bizLocation: { id: "https://id.gs1.org/414/9521321000018" },
      "storewire:case": `0198a3c2-7b1e-7000-9000-${String(serial).padStart(12, "0")}`,
      "storewire:post": "returns-desk",
      "storewire:device": "desk-scanner",
      "storewire:clerk": "ANNA",
    },
  });
}

/** A receiver that is fed by hand, with its item desk or without. */
class Feed {
  readonly store: EventStore;
  readonly #desk: ItemDesk | undefined;
  #receive: MessageReceiver = () => undefined;
  #sequence = 0;
  #close: () => Promise<void> = () => Promise.resolve();

  private constructor(store: EventStore, desk: ItemDesk | undefined) {
    this.store = store;
    this.#desk = desk;
  }

  static async open(path: string, clock: Clock, hasDesk: boolean): Promise<Feed> {
    let receive: MessageReceiver = () => undefined;
    const link: MessageLink = {
      up: true,
      publish: () => Promise.resolve(),
      subscribe: (_, taking) => {
        receive = taking;
        return Promise.resolve();
      },
      onUp: () => () => undefined,
      onDown: () => () => undefined,
      close: () => Promise.resolve(),
    };
    const { store, items } = await openSqliteEventStore({ path, clock });
    const common = { link, store, clock, onNotice: () => undefined };
    const desk = hasDesk ? await openDesk({ ...common, table: items }) : undefined;
    const receiver = await startReceiver({ ...common, own: headquartersName });
    const feed = new Feed(store, desk);
    feed.#receive = (message) => receive(message);
    feed.#close = async () => {
      await receiver.close();
      await desk?.close();
      await store.close();
    };
    return feed;
  }

  /** Processor time in ms, of all threads, until so many events are on disk; what follows them does so beside. */
  async cost(events: number): Promise<number> {
    const looks: { readonly messages: ReturnType<typeof messagesFrom>; readonly through: number }[] = [];
    for (let done = 0; done < events; done += lookEvents) {
      const messages = messagesFrom(this.#sequence + done + 1, Math.min(lookEvents, events - done));
      looks.push({ messages, through: this.#sequence + Math.min(events, done + lookEvents) });
    }
    this.#sequence += events;
    const before = process.cpuUsage();
    for (const { messages, through } of looks) {
      for (const message of messages) void this.#receive(message);
      await this.#stored(through);
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  }

  /** Processor time in ms for what is not followed yet. */
  async followed(): Promise<number> {
    const before = process.cpuUsage();
    await this.#desk?.look();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  }

  async #stored(events: number): Promise<void> {
    for (;;) {
      const ledgers = await this.store.ledgers();
      const held = ledgers.find(({ stream }) => stream === "evt")?.contiguous ?? 0;
      if (held >= events) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Fills the file up, past the receiver. */
  async fill(events: number): Promise<void> {
    for (let from = this.#sequence + 1; from <= events; from += 10_000) {
      const sequences = Array.from(
        { length: Math.min(10_000, events + 1 - from) },
        (_, index) => from + index,
      );
      await this.store.store(deliveryOf(sequences));
    }
    this.#sequence = events;
  }

  close(): Promise<void> {
    return this.#close();
  }
}

const name = { ...gateway, stream: "evt" as const, epoch: "epoch-a" };

function deliveryOf(sequences: readonly number[]): Delivery {
  const events = sequences.map((sequence) => ({
    ...name,
    sequence,
    category: categoryAt(sequence),
    body: JSON.stringify(eventAt(sequence)),
  }));
  return { events, ledgers: [{ ...name, contiguous: sequences.at(-1) ?? 0, beyond: [] }], deadLetters: [] };
}

/** As a gateway sends them: each category by itself. */
function messagesFrom(first: number, events: number) {
  const messages: { readonly topic: string; readonly payload: Uint8Array; readonly retained: boolean }[] = [];
  for (let from = first; from < first + events; from += batchEvents) {
    const sequences = Array.from(
      { length: Math.min(batchEvents, first + events - from) },
      (_, index) => from + index,
    );
    for (const category of ["queue", "return"] as const) {
      const batch = sequences.filter((sequence) => categoryAt(sequence) === category).map(eventAt);
      const payload = new TextEncoder().encode(JSON.stringify(batch));
      messages.push({ topic: uplinkTopics.batch(gateway, category), payload, retained: false });
    }
  }
  return messages;
}

type DeskParts = Pick<Parameters<typeof ItemDesk.open>[0], "link" | "store" | "clock" | "table" | "onNotice">;
const openDesk = (parts: DeskParts): Promise<ItemDesk> =>
  ItemDesk.open({ ...parts, random: systemRandom, routes: new Map(), rules: defaultTransitRules });

/** What following items costs an ingest, and what it saves whoever asks for one, and the next start. */
export async function measureItems(directory: string, clock: Clock): Promise<object> {
  const bare = await Feed.open(join(directory, "bare.db"), clock, false);
  const followed = await Feed.open(join(directory, "followed.db"), clock, true);
  const costs: { bare: number; followed: number }[] = [];
  for (let round = 0; round < rounds; round += 1)
    costs.push({ bare: await bare.cost(roundEvents), followed: await followed.cost(roundEvents) });
  const restMs = await followed.followed();
  await followed.close();
  await bare.fill(storedEvents);
  await bare.close();
  const path = join(directory, "bare.db");
  const scanned = await questionMs(path, clock, 3);
  const catchUp = await timedStart(path, clock);
  const indexed = await questionMs(path, clock, 50);
  const again = await timedStart(path, clock);
  const ratios = costs.slice(1).map((cost) => cost.followed / cost.bare);
  return {
    ingest: {
      microsecondsAnEvent: rounded(
        (percentile(
          costs.map(({ bare: ms }) => ms),
          0.5,
        ) *
          1_000) /
          roundEvents,
      ),
      followedToBare: atMost(percentile(ratios, 0.5), 1.1),
      // With what was left to be followed when the last event was stored.
      allToBare: rounded((sumOf(costs, "followed") + restMs) / sumOf(costs, "bare")),
    },
    item: { events: storedEvents, scannedMs: rounded(scanned), indexedMs: atMost(indexed, 50) },
    start: { firstOfAnOldFileMs: rounded(catchUp.ms), openItems: catchUp.items, ms: atMost(again.ms, 1_000) },
    memoryMegabytes: { catchingUp: rounded(catchUp.megabytes) },
  };
}

const sumOf = (costs: readonly { bare: number; followed: number }[], way: "bare" | "followed"): number =>
  costs.reduce((sum, cost) => sum + cost[way], 0);

/** The middle one of so many questions for items all over the file. */
async function questionMs(path: string, clock: Clock, count: number): Promise<number> {
  const samples: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const serial = Math.floor(((index + 0.5) / count) * (storedEvents / 15));
    const before = clock.monotonicMs();
    const { view, events } = await readStoredItem(path, itemOf(serial));
    samples.push(clock.monotonicMs() - before);
    if (view?.step !== "stored" || events.length !== 3)
      throw new Error(`item ${serial} is not as it was told`);
  }
  return percentile(samples, 0.5);
}

/** From opening the file until everything in it is followed. */
async function timedStart(path: string, clock: Clock) {
  const link: MessageLink = {
    up: false,
    publish: () => Promise.reject(new Error("down")),
    subscribe: () => Promise.resolve(),
    onUp: () => () => undefined,
    onDown: () => () => undefined,
    close: () => Promise.resolve(),
  };
  const rssBefore = process.memoryUsage.rss();
  let rssMost = rssBefore;
  const watching = setInterval(() => {
    rssMost = Math.max(rssMost, process.memoryUsage.rss());
  }, 50);
  const before = clock.monotonicMs();
  const { store, items } = await openSqliteEventStore({ path, clock });
  const desk = await openDesk({ link, store, table: items, clock, onNotice: () => undefined });
  await desk.look();
  const ms = clock.monotonicMs() - before;
  clearInterval(watching);
  const count = await items.count();
  await desk.close();
  await store.close();
  return { ms, items: count, megabytes: (rssMost - rssBefore) / 1_048_576 };
}
