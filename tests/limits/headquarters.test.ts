import { describe, expect, it } from "vitest";
import { defaultCreditRules, grantCredit } from "../../hq/credit.ts";
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

  it("grants no gateway more than the schema lets it hear", () => {
    const rules = { ...defaultCreditRules, eventsPerSecond: Number.MAX_SAFE_INTEGER };
    const { grants } = grantCredit(new Map(), new Map([["gw1", 10 ** 12]]), 0, rules);
    expect(grants.get("gw1")?.eventsPerSecond).toBe(1_000_000);
  });
});
