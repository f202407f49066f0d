import { beforeEach, expect, test } from "vitest";
import { MemoryDisk } from "../../outbox/memory-outbox.ts";
import { uplinkTopics } from "../../protocols/topics.ts";
import { LinkBench } from "./link-bench.ts";

let bench: LinkBench;
beforeEach(async () => {
  bench = new LinkBench();
  await bench.open();
});

const stateTopic = uplinkTopics.state({ site: "store-1", gateway: "gw1" });
const kinds = () => bench.notices.map(({ kind }) => kind);

test("a broker that accepts and forgets: the gateway sends again what HQ does not confirm", async () => {
  const gateway = await bench.openGateway(new MemoryDisk("a"));
  await gateway.store(10);
  await bench.until("ten are confirmed", gateway.isSettled);
  bench.broker.loseMessages = true;
  await gateway.store(500);
  await bench.clock.turn(3_000);
  bench.broker.loseMessages = false;
  expect(gateway.outbox.position("evt").settled).toBe(10);
  await bench.until("all are confirmed", gateway.isSettled);
  expect(bench.held()).toEqual({ a: "1-510" });
});

test("a receiver that crashes between store and watermark says it at its start; nothing is stored twice", async () => {
  const gateway = await bench.openGateway(new MemoryDisk("a"));
  const unsaid = bench.broker.retained.bind(bench.broker);
  await gateway.store(20);
  await bench.until("HQ holds them", () => bench.receiver.counts().stored === 20);
  // Whatever was said of them is forgotten, and HQ starts anew on what it has on disk.
  await bench.stopHeadquarters();
  bench.broker.restart({ forget: true });
  expect(unsaid(uplinkTopics.acknowledgement({ site: "store-1", gateway: "gw1" }))).toBeUndefined();
  await bench.startHeadquarters();
  await bench.until("all are confirmed", gateway.isSettled);
  expect(bench.held()).toEqual({ a: "1-20" });
  expect(bench.receiver.counts().stored).toBe(0);
});

test("a watermark that goes backwards takes nothing back", async () => {
  const gateway = await bench.openGateway(new MemoryDisk("a"));
  await gateway.store(50);
  await bench.until("all are confirmed", gateway.isSettled);
  const { batchesSent } = gateway.uplink.counts;
  const topic = uplinkTopics.acknowledgement({ site: "store-1", gateway: "gw1" });
  const backwards = JSON.stringify({ epoch: "a", sequence: "7", telemetry: "0" });
  await bench.broker.connect().publish(topic, backwards, { retain: true });
  await bench.clock.turn(120_000);
  expect(gateway.outbox.position("evt")).toEqual({ last: 50, settled: 50 });
  expect(gateway.uplink.counts.batchesSent).toBe(batchesSent);
  await gateway.store(1);
  await bench.until("the next is confirmed", gateway.isSettled);
});

test("an epoch change: HQ follows, reports what the old one lacks, and no late word turns it back", async () => {
  const old = await bench.openGateway(new MemoryDisk("a"));
  await old.store(10);
  await bench.until("ten are confirmed", old.isSettled);
  bench.broker.loseMessages = true;
  await old.store(5);
  await bench.clock.turn(0);
  bench.broker.loseMessages = false;
  await old.uplink.close();
  const lateState = JSON.stringify(bench.state());
  // The file broke; a fresh one begins at 1 and knows nothing of the old one.
  const fresh = await bench.openGateway(new MemoryDisk("b"));
  await fresh.store(3);
  await bench.until("the fresh one is confirmed", fresh.isSettled);
  expect(fresh.epochOrdinal.value).toBe(2);
  expect(bench.retainedWatermark()).toMatchObject({ epoch: "b", epochOrdinal: 2, sequence: "3" });
  expect(bench.notices).toContainEqual({
    kind: "epoch-ended",
    ledger: { site: "store-1", gateway: "gw1", stream: "evt", epoch: "a" },
    missing: [{ from: 11, to: 15 }],
  });
  await bench.broker.connect().publish(stateTopic, lateState);
  await fresh.store(2);
  await bench.until("HQ still follows the fresh one", fresh.isSettled);
  expect(bench.retainedWatermark()).toMatchObject({ epoch: "b", sequence: "5" });
  expect(fresh.epochOrdinal.value).toBe(2);
  expect(fresh.outruns).toEqual([]);
});

test("an old card that is put back begins a new epoch, and nothing new is taken for old", async () => {
  const card = new MemoryDisk("a");
  const first = await bench.openGateway(card);
  await first.store(10);
  await bench.until("ten are confirmed", first.isSettled);
  await first.uplink.close();
  const fresh = await bench.openGateway(new MemoryDisk("b"));
  await fresh.store(1);
  await bench.until("the fresh one is confirmed", fresh.isSettled);
  await fresh.uplink.close();
  const again = await bench.openGateway(card);
  await bench.until("it finds out", () => again.outruns.length > 0);
  expect(again.epochOrdinal.value).toBe(3);
});

test("HQ's database restored from yesterday: it is asked for what was confirmed since, and served from what is kept", async () => {
  const gateway = await bench.openGateway(new MemoryDisk("a"));
  await gateway.store(100);
  await bench.until("a hundred are confirmed", gateway.isSettled);
  const yesterday = bench.database.copy();
  await gateway.store(12_000);
  await bench.until("all are confirmed", gateway.isSettled);
  await bench.stopHeadquarters();
  bench.database.putBack(yesterday);
  bench.asked.length = 0;
  // The gateway's minute comes round: its state says what it has heard confirmed.
  await bench.clock.turn(60_000);
  await bench.startHeadquarters();
  expect(bench.database.events).toHaveLength(100);
  await bench.until("HQ has it all again", () => bench.receiver.counts().stored === 12_000);
  expect(bench.held()).toEqual({ a: "1-12100" });
  expect(bench.notices.filter(({ kind }) => kind === "holdings-forgotten")).toEqual([
    {
      kind: "holdings-forgotten",
      ledger: { site: "store-1", gateway: "gw1", stream: "evt", epoch: "a" },
      heard: 12_100,
      held: 100,
    },
  ]);
  expect(bench.asked.map(({ from, to }) => `${from}-${to}`)).toEqual(["101-10100", "10101-12100"]);
  expect(gateway.outbox.position("evt")).toEqual({ last: 12_100, settled: 12_100 });
});

test("HQ's database lost, and what is no longer kept is told as one loss", async () => {
  const disk = new MemoryDisk("a");
  const gateway = await bench.openGateway(disk, 600_000);
  const empty = bench.database.copy();
  await gateway.store(12_000);
  await bench.until("all are confirmed", gateway.isSettled);
  await bench.clock.turn(1_200_000);
  await gateway.store(10);
  await bench.until("ten more are confirmed", gateway.isSettled);
  await gateway.outbox.forgetOld();
  const [oldest] = await gateway.outbox.nextBatch("evt", 0, { rowsMax: 1, bytesMax: 1 });
  const kept = oldest?.sequence ?? 0;
  expect(kept).toBeGreaterThan(10_000);
  await bench.stopHeadquarters();
  bench.database.putBack(empty);
  await bench.clock.turn(60_000);
  await bench.startHeadquarters();
  await bench.until(
    "nothing is missing",
    () => bench.receiver.counts().stored > 0 && bench.receiver.gaps().length === 0,
  );
  const losses = bench.database.events
    .map(({ body }) => JSON.parse(body) as { type: string; data: unknown })
    .filter(({ type }) => type === "storewire.alert.loss");
  expect(losses.map(({ data }) => data)).toEqual([
    { stream: "evt", epoch: "a", from: "1", to: String(kept - 1), reason: "no longer kept" },
  ]);
  expect(kinds()).toContain("holdings-forgotten");
});

test("a backlog drains within HQ's grant, unasked, and live events overtake it", async () => {
  bench = new LinkBench({ eventsPerSecond: 1_000 });
  await bench.open();
  const gateway = await bench.openGateway(new MemoryDisk("a"));
  gateway.link.cut("the router is gone");
  await gateway.store(12_000);
  const returnedMs = bench.clock.monotonicMs();
  gateway.link.restore();
  await bench.clock.turn(2_000);
  await gateway.store(1);
  await bench.until("the live one is there", () =>
    bench.receiver.gaps().some(({ ledger }) => ledger.beyond.length > 0),
  );
  expect(bench.receiver.gaps()[0]?.ledger.beyond).toEqual([{ from: 12_001, to: 12_001 }]);
  await bench.until("all are confirmed", gateway.isSettled);
  const seconds = (bench.clock.monotonicMs() - returnedMs) / 1_000;
  // One second at the rate without a grant, then a thousand a second.
  expect(seconds).toBeGreaterThan(12);
  expect(seconds).toBeLessThan(16);
  expect(bench.asked).toEqual([]);
  expect(bench.acknowledgements).toContainEqual(
    expect.objectContaining({ grant: { eventsPerSecond: 1_000, validMs: 60_000 } }),
  );
  expect(bench.held()).toEqual({ a: "1-12001" });
  const live = bench.database.events.filter(({ body }) => !("historical" in (JSON.parse(body) as object)));
  expect(live.map(({ sequence }) => sequence)).toEqual([12_001]);
});
