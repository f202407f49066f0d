import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CurrentHoldings, holdingsOf, planDelivery, watermarkOf } from "../../hq/holdings.ts";
import { readMessage } from "../../hq/reception.ts";
import { uplinkTopics } from "../../protocols/topics.ts";
import { count, gateway, sampleBatch } from "./samples.ts";

const arrival = (sequences: readonly number[]) =>
  readMessage(
    {
      topic: uplinkTopics.batch(gateway, "queue"),
      payload: new TextEncoder().encode(sampleBatch(sequences)),
      retained: false,
    },
    0,
  );
const run = fc
  .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 6 }))
  .map(([from, length]) => count(from, from + length));

describe("holdings", () => {
  it("hands each event to the store once, whatever overlaps, and counts the rest as doubled", () => {
    fc.assert(
      fc.property(fc.array(fc.array(run, { minLength: 1, maxLength: 3 }), { maxLength: 12 }), (groups) => {
        const holdings = new CurrentHoldings(holdingsOf([]));
        const stored: number[] = [];
        let doubled = 0;
        for (const group of groups) {
          const plan = planDelivery(holdings, group.map(arrival));
          stored.push(...plan.delivery.events.map(({ sequence }) => sequence));
          doubled += plan.doubled;
          holdings.accept(plan);
        }
        const sent = groups.flat(2);
        expect(stored.toSorted((one, other) => one - other)).toEqual(
          [...new Set(sent)].sort((one, other) => one - other),
        );
        expect(doubled).toBe(sent.length - stored.length);
        const [record] = holdings.gateways.values();
        let whole = 0;
        while (sent.includes(whole + 1)) whole += 1;
        if (record) expect(watermarkOf(holdings, record).sequence).toBe(String(whole));
      }),
    );
  });

  it("changes nothing before the plan is accepted", () => {
    const holdings = new CurrentHoldings(holdingsOf([]));
    const first = planDelivery(holdings, [arrival([1, 2])]);
    expect(planDelivery(holdings, [arrival([1, 2])])).toEqual(first);
    holdings.accept(first);
    expect(planDelivery(holdings, [arrival([1, 2])])).toMatchObject({ doubled: 2, delivery: { events: [] } });
  });
});
