import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../cli/system.ts";
import { CurrentHoldings, holdingsOf, planDelivery, watermarkOf } from "../../hq/holdings.ts";
import { islandsInAllMax, islandsMax, islandsScarceMax } from "../../hq/ledger.ts";
import { readMessage } from "../../hq/reception.ts";
import { openSqliteEventStore } from "../../hq/sqlite-event-store.ts";
import { uplinkTopics } from "../../protocols/topics.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { count, epoch, gateway, sampleBatch, sampleEvent, sampleState, temporaryFile } from "./samples.ts";

const realClock = systemClock();
const bytes = (text: string) => new TextEncoder().encode(text);
const batch = (sequences: readonly number[], historical: boolean, name = gateway) =>
  readMessage(
    {
      topic: uplinkTopics.batch(name, "queue"),
      payload: bytes(
        JSON.stringify(
          sequences.map((sequence) => ({
            ...(historical ? { historical: true } : {}),
            ...sampleEvent(sequence, { name }),
          })),
        ),
      ),
      retained: false,
    },
    0,
  );
const state = (text: string) =>
  readMessage({ topic: uplinkTopics.state(gateway), payload: bytes(text), retained: false }, 0);

describe("what HQ holds in the end", () => {
  it("is the same whatever overtakes what: live, historical, doubled, over several connections", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 20, max: 120 }),
        fc.integer({ min: 1, max: 17 }),
        fc.infiniteStream(fc.nat()),
        async (last, size, chances) => {
          const chance = (below: number): number => Number(chances.next().value) % below;
          const boundary = 1 + chance(last);
          // Batches of both cursors, some twice, some over again in other cuts, dealt to three connections.
          const messages: (readonly [readonly number[], boolean])[] = [];
          for (const [from, to, historical] of [
            [1, boundary, true],
            [boundary + 1, last, false],
            [1 + chance(last), last, true],
          ] as const) {
            for (let start = from; start <= to; start += size) {
              const sent = [count(start, Math.min(to, start + size - 1)), historical] as const;
              messages.push(sent, ...(chance(4) === 0 ? [sent] : []));
            }
          }
          const connections: (typeof messages)[] = [[], [], []];
          for (const message of messages) connections[chance(3)]?.push(message);
          const path = await temporaryFile();
          const clock = new ManualClock();
          const { store } = await openSqliteEventStore({ path, clock });
          const holdings = new CurrentHoldings(holdingsOf([]));
          while (connections.some((queue) => queue.length > 0)) {
            const group = count(1, 1 + chance(4)).flatMap(() => connections[chance(3)]?.splice(0, 1) ?? []);
            const plan = planDelivery(
              holdings,
              group.map(([sequences, historical]) => batch(sequences, historical)),
            );
            const { doubled } = await store.store(plan.delivery);
            // What memory lets through, the disk has not; nothing is left to its own guard.
            expect(doubled).toBe(0);
            holdings.accept(plan);
          }
          const stored = await store.eventsOf(gateway, 1_000);
          expect(stored.map(({ sequence }) => sequence)).toEqual(count(1, last));
          const [record] = holdings.gateways.values();
          expect(record && watermarkOf(holdings, record).sequence).toBe(String(last));
          expect(holdings.islands).toBe(0);
          await store.close();
          await rm(dirname(path), { recursive: true });
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe("the order of epochs", () => {
  const say = (holdings: CurrentHoldings, text: string) => {
    const plan = planDelivery(holdings, [state(text)]);
    holdings.accept(plan);
    return plan;
  };
  const told = (name: string, epochOrdinal?: number) =>
    JSON.stringify({
      ...(JSON.parse(sampleState({ sequence: 5, epoch: name })) as object),
      ...(epochOrdinal === undefined ? {} : { epochOrdinal }),
    });
  const newest = (holdings: CurrentHoldings) => [...holdings.gateways.values()][0]?.epoch;

  it("is the ordinal's: a late word of an older epoch turns nothing back", () => {
    const holdings = new CurrentHoldings(holdingsOf([]));
    say(holdings, told("one", 1));
    say(holdings, told("two", 2));
    expect(say(holdings, told("one", 1)).heardFrom.size).toBe(1);
    expect(newest(holdings)).toBe("two");
    say(holdings, told("unknown", 2));
    expect(newest(holdings)).toBe("two");
    say(holdings, told("one", 3));
    expect(newest(holdings)).toBe("one");
  });

  it("is not turned by a late batch of an epoch that was never seen, once the gateway numbers them", () => {
    const holdings = new CurrentHoldings(holdingsOf([]));
    say(holdings, told("three", 3));
    const late = batch([1, 2], true);
    holdings.accept(planDelivery(holdings, [late]));
    expect(newest(holdings)).toBe("three");
    expect(holdings.ledgers.get(`store-1/gw1/evt/${epoch}`)?.contiguous).toBe(2);
  });

  it("is the order of their coming for gateways that do not number them", () => {
    const holdings = new CurrentHoldings(holdingsOf([]));
    say(holdings, told("one"));
    holdings.accept(planDelivery(holdings, [batch([1], false)]));
    expect(newest(holdings)).toBe(epoch);
    say(holdings, told("one"));
    expect(newest(holdings)).toBe("one");
    say(holdings, told("two", 1));
    expect(newest(holdings)).toBe("two");
  });
});

describe("islands", () => {
  const odd = (from: number, islands: number) => count(0, islands - 1).map((index) => from + 2 * index);

  it("are bounded for a gateway, and what finds no room is taken when it comes again", () => {
    const holdings = new CurrentHoldings(holdingsOf([]));
    const plan = planDelivery(holdings, [batch(odd(2, islandsMax + 5), false)]);
    expect([plan.delivery.events.length, plan.postponed]).toEqual([islandsMax, 5]);
    holdings.accept(plan);
    expect(holdings.islands).toBe(islandsMax);
    holdings.accept(planDelivery(holdings, [batch(count(1, 2 * islandsMax + 10), true)]));
    expect(holdings.islands).toBe(0);
    expect(holdings.ledgers.get(`store-1/gw1/evt/${epoch}`)?.contiguous).toBe(2 * islandsMax + 10);
  });

  it("are few for each where all gateways together have too many", () => {
    const many = Math.ceil(islandsInAllMax / islandsMax) + 1;
    const beyond = odd(3, islandsMax).map((sequence) => ({ from: sequence, to: sequence }));
    const holdings = new CurrentHoldings(
      holdingsOf(
        count(1, many).map((store) => ({
          site: `s${store}`,
          gateway: "g",
          stream: "evt",
          epoch,
          contiguous: 1,
          beyond,
        })),
      ),
    );
    const plan = planDelivery(holdings, [batch(odd(2, 20), false)]);
    expect([plan.delivery.events.length, plan.postponed]).toEqual([islandsScarceMax, 20 - islandsScarceMax]);
  });
});

describe("ten thousand gateways", () => {
  it("each with live events above a backlog, in one store, read back as they are", async () => {
    const path = await temporaryFile();
    const clock = new ManualClock();
    const { store } = await openSqliteEventStore({ path, clock });
    const holdings = new CurrentHoldings(holdingsOf([]));
    const gateways = count(1, 10_000).map((number) => ({ site: `store-${number}`, gateway: "gw1" }));
    const startedMs = realClock.monotonicMs();
    let stored = 0;
    for (const sequences of [[101], [1, 2], [102, 3]]) {
      for (let start = 0; start < gateways.length; start += 2_500) {
        const arrivals = gateways
          .slice(start, start + 2_500)
          .map((name) => readMessage(messageOf(name, sequences), 0));
        const plan = planDelivery(holdings, arrivals);
        stored += (await store.store(plan.delivery)).stored;
        holdings.accept(plan);
      }
    }
    const eventsPerSecond = Math.round(stored / ((realClock.monotonicMs() - startedMs) / 1_000));
    const before = process.memoryUsage().heapUsed;
    const read = await store.ledgers();
    console.info(
      `10,000 gateways: ${eventsPerSecond} events/s one or two a message, ${Math.round((process.memoryUsage().heapUsed - before) / 1e6)} MB of ledgers`,
    );
    expect(stored).toBe(50_000);
    expect(read).toHaveLength(10_000);
    expect(new Set(read.map(({ contiguous, beyond }) => JSON.stringify([contiguous, beyond])))).toEqual(
      new Set([JSON.stringify([3, [{ from: 101, to: 102 }]])]),
    );
    expect(holdingsOf(read).gateways.size).toBe(10_000);
    await store.close();
    await rm(dirname(path), { recursive: true });
  }, 120_000);
});

const messageOf = (name: typeof gateway, sequences: readonly number[]) => ({
  topic: uplinkTopics.batch(name, "queue"),
  payload: bytes(sampleBatch(sequences, { name })),
  retained: false,
});
