import { describe, expect, it } from "vitest";
import { defaultCreditRules, grantCredit } from "../../hq/credit.ts";
import type { EventStore } from "../../hq/event-store.ts";
import { startReceiver } from "../../hq/receiver.ts";
import { readMessage } from "../../hq/reception.ts";
import { WatermarkPublisher } from "../../hq/watermark-publisher.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { SimulatedBroker } from "../../simulators/network/simulated-broker.ts";
import { sampleBatch } from "../hq/samples.ts";

const topic = "storewire/v1/store-1/gw1/evt/queue";

describe("headquarters at its limits", () => {
  const arrival = (text: string) =>
    readMessage({ topic, payload: new TextEncoder().encode(text), retained: false }, 5);

  it("reads messages of a mebibyte, and keeps of a longer one the start and the reason", () => {
    const batch = sampleBatch([1]);
    const padded = (bytes: number): string => `${batch}${" ".repeat(bytes - batch.length)}`;
    expect(arrival(padded(1024 * 1024)).rows).toHaveLength(1);
    const { rows, deadLetters } = arrival(padded(1024 * 1024 + 1));
    expect(rows).toEqual([]);
    expect(deadLetters).toMatchObject([{ reason: "too-large", detail: "1048577 bytes" }]);
    expect(deadLetters[0]?.text).toBe(padded(16 * 1024));
  });

  it("keeps 16,384 characters of an event that it cannot read", () => {
    const { deadLetters } = arrival(sampleBatch([1], { fields: { sequence: "x".repeat(100_000) } }));
    expect(deadLetters[0]?.text).toHaveLength(16 * 1024);
  });

  it("has 64 watermarks on their way at once, and says the others as those arrive", async () => {
    const clock = new ManualClock();
    const arrivals: (() => void)[] = [];
    const link = Object.assign(new SimulatedBroker().connect(), {
      publish: () => new Promise<void>((resolve) => void arrivals.push(resolve)),
    });
    const publisher = new WatermarkPublisher({
      link,
      clock,
      everyMs: 200,
      watermarkOf: (gateway) => ({
        name: { site: "store-1", gateway },
        watermark: { epoch: "e", sequence: "1", telemetry: "0" },
      }),
    });
    publisher.publish(Array.from({ length: 200 }, (_, number) => `gw${number}`));
    await clock.turn(0);
    expect(arrivals).toHaveLength(64);
    for (const arrive of arrivals.slice(0, 10)) arrive();
    await clock.turn(0);
    expect(arrivals).toHaveLength(74);
    publisher.close();
  });

  describe("a receiver", () => {
    const bench = async () => {
      const clock = new ManualClock();
      const broker = new SimulatedBroker();
      const groups: number[] = [];
      let gate: Promise<void> = Promise.resolve();
      // Only what it is given counts here.
      const store: EventStore = {
        store: async ({ events }) => {
          groups.push(events.length);
          await gate;
          return { stored: events.length, doubled: 0 };
        },
        ledgers: () => Promise.resolve([]),
        events: () => Promise.resolve([]),
        eventsOf: () => Promise.resolve([]),
        count: () => Promise.resolve(0),
        deadLetters: () => Promise.resolve([]),
        close: () => Promise.resolve(),
      };
      const receiver = await startReceiver({ link: broker.connect(), store, clock, watermarkEveryMs: 0 });
      const close = (until: Promise<void>): void => {
        gate = until;
      };
      return { clock, broker, receiver, groups, close };
    };

    it("puts no more than 4 MiB into one transaction", async () => {
      const { clock, broker, receiver, groups, close } = await bench();
      let open = (): void => {};
      close(
        new Promise((resolve) => {
          open = resolve;
        }),
      );
      const gateway = broker.connect();
      const filler = "x".repeat(900_000);
      for (let sequence = 1; sequence <= 11; sequence += 1)
        await gateway.publish(topic, sampleBatch([sequence], { data: { filler } }));
      await clock.turn(0);
      open();
      await receiver.close();
      // The first goes alone, because nothing else was there; of the others four and no fifth fit.
      expect(groups).toEqual([1, 4, 4, 2]);
    });

    it("asks 500 questions in one look, and the others in the next", async () => {
      const { clock, broker, receiver } = await bench();
      const gateway = broker.connect();
      const asked: string[] = [];
      await gateway.subscribe(["storewire/v1/+/+/resend"], ({ topic: about }) => void asked.push(about));
      for (let number = 0; number < 600; number += 1) {
        const name = { site: "store-1", gateway: `gw${number}` };
        await gateway.publish(`storewire/v1/store-1/gw${number}/evt/queue`, sampleBatch([2], { name }));
      }
      await clock.turn(0);
      const looks: number[] = [];
      for (let look = 0; look < 6; look += 1) {
        const before = asked.length;
        await clock.turn(1_000);
        looks.push(asked.length - before);
      }
      // A gap is first asked for when it is three seconds old.
      expect(looks.filter((count) => count > 0)).toEqual([500, 100]);
      await receiver.close();
    });
  });

  it("grants no gateway more than the schema lets it hear", () => {
    const rules = { ...defaultCreditRules, eventsPerSecond: Number.MAX_SAFE_INTEGER };
    const { grants } = grantCredit(new Map(), new Map([["gw1", 10 ** 12]]), 0, rules);
    expect(grants.get("gw1")?.eventsPerSecond).toBe(1_000_000);
  });
});
