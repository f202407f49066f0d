import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EventStore } from "../../hq/event-store.ts";
import { type Receiver, type ReceiverNotice, startReceiver } from "../../hq/receiver.ts";
import { openSqliteEventStore } from "../../hq/sqlite-event-store.ts";
import { type Category, type GatewayName, uplinkTopics } from "../../protocols/topics.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { SimulatedBroker, type SimulatedLink } from "../../simulators/network/simulated-broker.ts";
import { waitUntil } from "../wait-until.ts";
import { count, epoch, gateway, sampleBatch, sampleState, temporaryFile } from "./samples.ts";

/** Disk work takes real time; this waits for its effect. */
const until = (condition: () => boolean, what: string): Promise<void> => waitUntil(what, condition);

describe("receiver", () => {
  let clock: ManualClock;
  let broker: SimulatedBroker;
  let path: string;
  let store: EventStore;
  let hqLink: SimulatedLink;
  let gatewayLink: SimulatedLink;
  let receiver: Receiver;
  let notices: ReceiverNotice[];
  let asked: { topic: string; payload: unknown }[];

  beforeEach(async () => {
    clock = new ManualClock();
    broker = new SimulatedBroker();
    path = await temporaryFile();
    gatewayLink = broker.connect();
    asked = [];
    await gatewayLink.subscribe(["storewire/v1/+/+/resend"], ({ topic, payload }) => {
      asked.push({ topic, payload: JSON.parse(new TextDecoder().decode(payload)) });
    });
    await start();
  });
  afterEach(async () => {
    await receiver.close();
    await store.close();
    await rm(dirname(path), { recursive: true });
  });

  async function start(): Promise<void> {
    ({ store } = await openSqliteEventStore({ path, clock }));
    hqLink = broker.connect();
    notices = [];
    receiver = await startReceiver({
      link: hqLink,
      store,
      clock,
      watermarkEveryMs: 0,
      onNotice: (notice) => notices.push(notice),
    });
  }
  async function restart(): Promise<void> {
    await receiver.close();
    await store.close();
    await hqLink.close();
    await start();
  }
  const send = (payload: string, category: Category = "queue", name: GatewayName = gateway): Promise<void> =>
    gatewayLink.publish(uplinkTopics.batch(name, category), payload);
  const watermark = (name: GatewayName = gateway): unknown =>
    JSON.parse(broker.retained(uplinkTopics.acknowledgement(name)) ?? "null");
  const acknowledged = (sequence: number, name: GatewayName = gateway): Promise<void> =>
    until(
      () => (watermark(name) as { sequence?: string } | null)?.sequence === String(sequence),
      `watermark ${sequence}, but it is ${JSON.stringify(watermark(name))}`,
    );
  const heldSequences = async (name: GatewayName = gateway): Promise<number[]> =>
    (await store.eventsOf(name, 100_000)).map(({ sequence }) => sequence);

  it("stores what comes as it came and publishes the watermark once it is on disk", async () => {
    const text = sampleBatch(count(1, 3)).replace('"waiting":1', '"waiting" : 1.0');
    await send(text);
    await acknowledged(3);
    expect(watermark()).toEqual({ epoch, sequence: "3", telemetry: "0" });
    const events = await store.events(0, 10);
    expect(`[${events.map(({ body }) => body).join(",")}]`).toBe(text);
    expect(events.map(({ arrival, category, stream }) => ({ arrival, category, stream }))).toEqual(
      [1, 2, 3].map((arrival) => ({ arrival, category: "queue", stream: "evt" })),
    );
    expect(await store.events(2, 10)).toEqual([events[2]]);
  });

  it("drops what it has, within a batch as well, and says the watermark again to who repeats", async () => {
    await send(sampleBatch([1, 2, 2, 1, 3]));
    await acknowledged(3);
    await gatewayLink.publish(uplinkTopics.acknowledgement(gateway), "", { retain: true });
    await send(sampleBatch([1, 2, 3]));
    await acknowledged(3);
    await send(sampleBatch([3, 4]));
    await acknowledged(4);
    expect(await heldSequences()).toEqual([1, 2, 3, 4]);
    expect(receiver.counts()).toMatchObject({ stored: 4, doubled: 6, gateways: 1 });
  });

  it("takes batches in any order and counts contiguously", async () => {
    await send(sampleBatch([5, 6]));
    await send(sampleBatch([3]));
    await acknowledged(0);
    await until(() => receiver.counts().stored === 3, "three stored");
    expect(receiver.gaps().map(({ missing }) => missing)).toEqual([
      [
        { from: 1, to: 2 },
        { from: 4, to: 4 },
      ],
    ]);
    await send(sampleBatch([4, 2, 1]));
    await acknowledged(6);
    expect(await heldSequences()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(receiver.gaps()).toEqual([]);
  });

  it("asks again for a lost batch, with growing patience, until it comes", async () => {
    await send(sampleBatch([1, 2]));
    broker.loseMessages = true;
    await send(sampleBatch([3, 4]));
    broker.loseMessages = false;
    await send(sampleBatch([5]));
    await until(() => receiver.counts().stored === 3, "three stored");
    await clock.turn(3_900);
    expect(asked).toEqual([]);
    await clock.turn(200);
    const question = {
      topic: uplinkTopics.resend(gateway),
      payload: { stream: "evt", epoch, from: "3", to: "4" },
    };
    expect(asked).toEqual([question]);
    await clock.turn(5_000);
    expect(asked).toHaveLength(1);
    await clock.turn(1_000);
    expect(asked).toHaveLength(2);
    await clock.turn(11_000);
    expect(asked).toHaveLength(2);
    await clock.turn(1_000);
    expect(asked).toHaveLength(3);
    await send(sampleBatch([3, 4]));
    await acknowledged(5);
    await clock.turn(100_000);
    expect(asked).toHaveLength(3);
  });

  it("sees a gap at the very end by the gateway's state, of both streams", async () => {
    await send(sampleBatch([1]));
    await gatewayLink.publish(uplinkTopics.state(gateway), sampleState({ sequence: 3, telemetry: 2 }), {
      retain: true,
    });
    await acknowledged(1);
    await until(() => receiver.gaps().length === 2, "two gaps");
    await clock.turn(5_000);
    expect(asked.map(({ payload }) => payload)).toEqual([
      { stream: "evt", epoch, from: "2", to: "3" },
      { stream: "tel", epoch, from: "1", to: "2" },
    ]);
  });

  it("accepts a declared loss as an explanation, and waits for no event of it", async () => {
    await send(sampleBatch([4], { type: "storewire.gateway.started" }), "gateway");
    const loss = { stream: "tel", epoch, from: "1", to: "3", reason: "full" };
    await send(sampleBatch([1], { type: "storewire.alert.loss", data: loss }), "alert");
    await acknowledged(1);
    expect(watermark()).toEqual({ epoch, sequence: "1", telemetry: "4" });
    expect(receiver.gaps()).toEqual([]);
    expect(await store.count()).toBe(2);
  });

  it("goes on after a restart, with islands and watermarks, and asks for what was missing", async () => {
    await send(sampleBatch([1, 2, 5]));
    await acknowledged(2);
    await restart();
    await clock.turn(5_000);
    expect(asked.map(({ payload }) => payload)).toEqual([{ stream: "evt", epoch, from: "3", to: "4" }]);
    await send(sampleBatch([3, 4, 5]));
    await acknowledged(5);
    expect(await heldSequences()).toEqual([1, 2, 3, 4, 5]);
    expect(receiver.counts()).toMatchObject({ stored: 2, doubled: 1 });
  });

  it("says the watermark after a restart that fell between storing and saying", async () => {
    await receiver.close();
    const name = { ...gateway, stream: "evt", epoch } as const;
    await store.store({
      events: count(1, 2).map((sequence) => ({ ...name, sequence, category: "queue", body: "{}" })),
      ledgers: [{ ...name, contiguous: 2, beyond: [] }],
      deadLetters: [],
    });
    expect(watermark()).toBe(null);
    await restart();
    await acknowledged(2);
    await send(sampleBatch([1, 2, 3]));
    await acknowledged(3);
    expect(await heldSequences()).toEqual([1, 2, 3]);
  });

  it("says all watermarks again to a broker that has forgotten them", async () => {
    const other = { site: "store-2", gateway: "gw1" };
    await send(sampleBatch([1, 2]));
    await send(sampleBatch([1], { name: other }), "queue", other);
    await acknowledged(2);
    await acknowledged(1, other);
    broker.restart({ forget: true });
    await acknowledged(2);
    await acknowledged(1, other);
  });

  it("keeps gateways of the same name at different sites apart", async () => {
    const other = { site: "store-2", gateway: "gw1" };
    await send(sampleBatch([1, 2]));
    await send(sampleBatch([1, 2, 3], { name: other }), "queue", other);
    await acknowledged(2);
    await acknowledged(3, other);
    expect(await heldSequences()).toEqual([1, 2]);
    expect(await heldSequences(other)).toEqual([1, 2, 3]);
    expect(await store.count()).toBe(5);
  });

  it("follows a gateway into a new epoch and reports what the old one lacks", async () => {
    await send(sampleBatch([1, 3]));
    await gatewayLink.publish(uplinkTopics.state(gateway), sampleState({ sequence: 5 }));
    await until(() => receiver.counts().stored === 2, "two stored");
    await send(sampleBatch([1], { epoch: "epoch-b" }));
    await until(() => (watermark() as { epoch: string }).epoch === "epoch-b", "new epoch");
    expect(watermark()).toEqual({ epoch: "epoch-b", sequence: "1", telemetry: "0" });
    expect(notices.filter(({ kind }) => kind === "epoch-ended")).toEqual([
      {
        kind: "epoch-ended",
        ledger: { ...gateway, stream: "evt", epoch },
        missing: [
          { from: 2, to: 2 },
          { from: 4, to: 5 },
        ],
      },
    ]);
    // A late batch of the old epoch is stored, and the watermark stays with the new one.
    await send(sampleBatch([2]));
    await until(() => receiver.counts().stored === 4, "four stored");
    await clock.turn(60_000);
    expect(asked).toEqual([]);
    expect(watermark()).toEqual({ epoch: "epoch-b", sequence: "1", telemetry: "0" });
    await restart();
    await until(() => receiver.counts().watermarksPublished === 1, "watermark again");
    expect(watermark()).toEqual({ epoch: "epoch-b", sequence: "1", telemetry: "0" });
  });

  it("keeps what it cannot read with the reason, and goes on", async () => {
    const topic = uplinkTopics.batch(gateway, "queue");
    await gatewayLink.publish(`${topic}s`, "[]");
    await gatewayLink.publish("storewire/v1/store-1/gw1/evt/none", "\u001b[2J");
    await send("[{");
    await gatewayLink.publish(topic, Uint8Array.of(0x5b, 0xff, 0x5d));
    await send("{}");
    await send("x".repeat(1024 * 1024 + 1));
    await send(JSON.stringify([3]));
    await send(sampleBatch([9], { name: { site: "store-9", gateway: "gw1" } }));
    await send(sampleBatch([1], { type: "storewire.return.stored" }));
    await send(sampleBatch([2], { fields: { time: "yesterday" } }));
    await send(sampleBatch([3], { fields: { sequence: "0" } }));
    await gatewayLink.publish(uplinkTopics.state(gateway), "{}");
    await send(sampleBatch([3], { type: "storewire.queue.of-tomorrow" }));
    await acknowledged(3);
    expect((await store.deadLetters(100)).map(({ reason }) => reason).reverse()).toEqual([
      "unknown-topic",
      "unknown-topic",
      "malformed",
      "malformed",
      "schema-violation",
      "too-large",
      "schema-violation",
      "wrong-gateway",
      "wrong-category",
      "schema-violation",
      "schema-violation",
      "schema-violation",
    ]);
    expect(await heldSequences()).toEqual([3]);
    expect(receiver.counts()).toMatchObject({ refused: 12, stored: 1 });
  });

  it("tries again when the store fails, and loses nothing meanwhile", async () => {
    await receiver.close();
    let failures = 2;
    const failing: EventStore = {
      ...delegate(store),
      store: (delivery) => {
        failures -= 1;
        return failures >= 0 ? Promise.reject(new Error("the disk is full")) : store.store(delivery);
      },
    };
    receiver = await startReceiver({
      link: hqLink,
      store: failing,
      clock,
      watermarkEveryMs: 0,
      onNotice: (notice) => notices.push(notice),
    });
    await send(sampleBatch([1]));
    await send(sampleBatch([2]));
    await clock.turn(999);
    expect(watermark()).toBe(null);
    await clock.turn(1_001);
    await acknowledged(2);
    expect(notices.filter(({ kind }) => kind === "store-failed")).toHaveLength(2);
    expect(await heldSequences()).toEqual([1, 2]);
  });

  it("holds messages back while too much waits for the disk, and goes on afterwards", async () => {
    await receiver.close();
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let receive: Parameters<SimulatedLink["subscribe"]>[1] = () => {};
    const link = Object.assign(broker.connect(), {
      subscribe: (_filters: readonly string[], receiver: typeof receive) => {
        receive = receiver;
        return Promise.resolve();
      },
    });
    const slow = {
      ...delegate(store),
      store: async (delivery: Parameters<EventStore["store"]>[0]) => {
        await gate;
        return store.store(delivery);
      },
    };
    receiver = await startReceiver({ link, store: slow, clock, watermarkEveryMs: 0 });
    const topic = uplinkTopics.batch(gateway, "queue");
    const filler = "x".repeat(1_000_000);
    const held: Promise<void>[] = [];
    for (const sequence of count(1, 25)) {
      const payload = new TextEncoder().encode(sampleBatch([sequence], { data: { filler } }));
      const answer = receive({ topic, payload, retained: false });
      if (answer instanceof Promise) held.push(answer);
    }
    expect(held.length).toBeGreaterThan(5);
    release();
    await Promise.all(held);
    await acknowledged(25);
    expect(await store.count()).toBe(25);
  });
});

function delegate(store: EventStore): EventStore {
  return {
    store: (delivery) => store.store(delivery),
    ledgers: () => store.ledgers(),
    count: () => store.count(),
    events: (after, rowsMax) => store.events(after, rowsMax),
    eventsOf: (name, rowsMax) => store.eventsOf(name, rowsMax),
    deadLetters: (rowsMax) => store.deadLetters(rowsMax),
    close: () => store.close(),
  };
}
