import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultCreditRules, type Grant, grantCredit, shareOut } from "../../hq/credit.ts";

const wantsOf = (...wants: readonly number[]): ReadonlyMap<string, number> =>
  new Map(wants.map((want, index) => [`store-${index}/gw`, want]));
const amounts = (shares: ReadonlyMap<string, number>): readonly number[] => [...shares.values()];

describe("shares of what HQ can take", () => {
  it("are what is wanted while it suffices, and even where it does not", () => {
    expect(amounts(shareOut(wantsOf(10, 20, 30), 100, 1))).toEqual([10, 20, 30]);
    expect(amounts(shareOut(wantsOf(500, 500, 500), 300, 1))).toEqual([100, 100, 100]);
    expect([...shareOut(wantsOf(500, 10, 500), 110, 1)]).toEqual([
      ["store-1/gw", 10],
      ["store-0/gw", 50],
      ["store-2/gw", 50],
    ]);
    expect(amounts(shareOut(wantsOf(500, 500, 500), 3, 2))).toEqual([2, 2, 2]);
    expect(shareOut(new Map(), 100, 1).size).toBe(0);
  });

  it("never exceed the total or a wish but for the least, and leave nothing that somebody wants", () => {
    const wish = fc.integer({ min: 1, max: 2_000 });
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 60 }), fc.integer({ min: 1, max: 20_000 }), (wishes, total) => {
        const least = 2;
        const wants = wantsOf(...wishes);
        const shares = shareOut(wants, total, least);
        const sum = amounts(shares).reduce((all, share) => all + share, 0);
        expect(sum).toBeLessThanOrEqual(Math.max(total, wishes.length * least) + wishes.length * least);
        let shortOf = 0;
        for (const [key, share] of shares) {
          const want = wants.get(key) ?? 0;
          expect(share).toBeGreaterThanOrEqual(least);
          expect(share).toBeLessThanOrEqual(Math.max(least, want));
          if (share < want) shortOf += 1;
        }
        // Rounding leaves less than one event a second for each who has too little.
        if (shortOf > 0) expect(total - sum).toBeLessThan(shortOf);
        // Who wants more never gets less.
        const byWant = [...wants].toSorted(([, one], [, other]) => one - other);
        const sorted = byWant.map(([key]) => shares.get(key) ?? 0);
        expect(sorted).toEqual(sorted.toSorted((one, other) => one - other));
      }),
    );
  });
});

describe("grants", () => {
  const rules = { ...defaultCreditRules, eventsPerSecond: 1_000 };
  const of = (grants: ReadonlyMap<string, Grant>, key: string): number | undefined =>
    grants.get(key)?.eventsPerSecond;

  it("go to who has a backlog, are renewed in time, and end with it", () => {
    const backlogs = new Map([
      ["a", 500],
      ["b", 256],
    ]);
    const first = grantCredit(new Map(), backlogs, 0, rules);
    expect([first.tell, of(first.grants, "a"), of(first.grants, "b")]).toEqual([["a"], 500, undefined]);
    const soon = grantCredit(first.grants, new Map([["a", 300]]), 19_999, rules);
    // The last events go as fast as the first.
    expect([soon.tell, of(soon.grants, "a")]).toEqual([[], 500]);
    const due = grantCredit(soon.grants, new Map([["a", 300]]), 20_000, rules);
    expect([due.tell, of(due.grants, "a")]).toEqual([["a"], 500]);
    expect(grantCredit(due.grants, new Map([["a", 256]]), 21_000, rules).grants.size).toBe(0);
  });

  it("shrink at once when others come, and grow again at the next renewal", () => {
    const alone = grantCredit(new Map(), new Map([["a", 1_000_000]]), 0, rules);
    expect(of(alone.grants, "a")).toBe(1_000);
    const both = new Map([
      ["a", 1_000_000],
      ["b", 1_000_000],
    ]);
    const shared = grantCredit(alone.grants, both, 1_000, rules);
    expect([shared.tell, of(shared.grants, "a"), of(shared.grants, "b")]).toEqual([["a", "b"], 500, 500]);
    const again = grantCredit(shared.grants, new Map([["a", 1_000_000]]), 2_000, rules);
    expect([again.tell, of(again.grants, "a")]).toEqual([[], 500]);
    const renewed = grantCredit(again.grants, new Map([["a", 1_000_000]]), 21_000, rules);
    expect([renewed.tell, of(renewed.grants, "a")]).toEqual([["a"], 1_000]);
  });

  it("of ten thousand gateways that come back together stay within what HQ takes", () => {
    const backlogs = new Map(Array.from({ length: 10_000 }, (_, index) => [`store-${index}/gw`, 1_728_000]));
    const { grants, tell } = grantCredit(new Map(), backlogs, 0, defaultCreditRules);
    expect(tell).toHaveLength(10_000);
    const sum = [...grants.values()].reduce((all, { eventsPerSecond }) => all + eventsPerSecond, 0);
    expect(sum).toBe(defaultCreditRules.eventsPerSecond);
  });
});
