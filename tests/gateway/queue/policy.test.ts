import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agingPolicy, type Candidate, plainOrder } from "../../../gateway/queue/policy.ts";
import { measureSeed } from "../../bench/queue.ts";
import { WaitingArea } from "./waiting-area.ts";

const classes = [
  { id: "regular", rank: 0 },
  { id: "elderly", rank: 1 },
  { id: "guest", rank: 2, ages: 4 },
];
const anywhere = { prefers: [] };
const candidates = fc
  .array(
    fc.record({
      service: fc.constantFrom("returns", "advice"),
      priorityClass: fc.constantFrom("regular", "elderly", "guest"),
      waitedMs: fc.integer({ min: 0, max: 7_200_000 }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((some) => some.map((one, order): Candidate => ({ ...one, order })));

describe("who is called next", () => {
  test("is in plain order whoever came first", () => {
    fc.assert(
      fc.property(candidates, (some) => {
        expect(plainOrder.choose(some, anywhere)?.order).toBe(0);
      }),
    );
  });

  test("is one of those who wait, and nobody where nobody does", () => {
    const policy = agingPolicy(classes);
    expect(policy.choose([], anywhere)).toBeUndefined();
    fc.assert(
      fc.property(candidates, (some) => {
        expect(some).toContain(policy.choose(some, anywhere));
      }),
    );
  });

  test("leaves nobody behind for ever: whoever has waited long enough comes before all who came much later", () => {
    const policy = agingPolicy(classes);
    fc.assert(
      fc.property(candidates, fc.integer({ min: 60_000, max: 7_200_000 }), (some, waitedMs) => {
        // Four times as long as anybody else and a minute: even the class that ages fastest has the smaller claim.
        const patient: Candidate = {
          service: "advice",
          priorityClass: "regular",
          order: -1,
          waitedMs: 4 * waitedMs + 60_001,
        };
        const others = some.map((one) => ({ ...one, waitedMs: Math.min(one.waitedMs, waitedMs) }));
        expect(policy.choose([...others, patient], anywhere)).toBe(patient);
      }),
    );
  });

  test("is of two with equal claims the higher rank's, then the one who came first", () => {
    const policy = agingPolicy(classes);
    const one = { service: "returns", waitedMs: 0 };
    const [first, second, third] = [
      { ...one, priorityClass: "regular", order: 1 },
      { ...one, priorityClass: "elderly", order: 2 },
      { ...one, priorityClass: "elderly", order: 3 },
    ];
    expect(
      policy.choose(
        [third, first, second].flatMap((each) => each ?? []),
        anywhere,
      ),
    ).toBe(second);
  });

  test("is at a counter that prefers somebody rather one of those, but not whatever it takes", () => {
    const policy = agingPolicy(classes);
    const counter = { prefers: ["advice"] };
    const returns = { service: "returns", priorityClass: "regular", order: 1, waitedMs: 120_000 };
    const advice = { service: "advice", priorityClass: "regular", order: 2, waitedMs: 100_000 };
    expect(policy.choose([returns, advice], counter)).toBe(advice);
    expect(policy.choose([returns, advice], anywhere)).toBe(returns);
    expect(policy.choose([{ ...returns, waitedMs: 160_000 }, advice], counter)?.service).toBe("returns");
  });

  test("can be decided by another policy", () => {
    const area = new WaitingArea(undefined, plainOrder);
    area.issue("returns", "regular");
    area.pass(60);
    area.issue("returns", "elderly");
    area.pass(3_600);
    expect(area.decide("counter-1", { kind: "call-next" })).toContain("called A-001");
  });
});

test("over whole days priority classes wait a third less, others little longer, and waits are foretold better than by their mean", async () => {
  const days = [await measureSeed(3), await measureSeed(4), await measureSeed(6)];
  // What one day costs is much of it chance: whom which clerk met before a break.
  expect(days.reduce((sum, { regularCost }) => sum + regularCost, 0) / days.length).toBeLessThan(0.2);
  for (const day of days) {
    expect(day.priorityAdvantage).toBeGreaterThan(0.3);
    expect(day.waitErrorMedian).toBeLessThan(day.waitErrorNaive / 2);
    expect(day.intervalCoverage).toBeGreaterThan(0.65);
    expect(day.intervalCoverage).toBeLessThan(0.95);
    // Nobody starves.
    expect(day.longestRegularMinutes).toBeLessThan(day.longestRegularPlainMinutes * 1.5);
  }
}, 180_000);
