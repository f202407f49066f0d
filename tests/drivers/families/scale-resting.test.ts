import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Resting, RestingRule } from "../../../drivers/families/parts/scale/resting.ts";
import { restingStep, unseen } from "../../../drivers/families/parts/scale/resting.ts";

const rule: RestingRule = { frames: 3, forMs: 500 };
const timeIsUp = (state: Resting): Resting => ({ ...state, timeIsUp: true });

/** The verdicts on one value after the other; `*` is the end of the rule's time. */
function verdicts(values: string, by: RestingRule = rule): string {
  let state = unseen;
  const said: string[] = [];
  for (const value of values) {
    if (value === "*") {
      state = timeIsUp(state);
      continue;
    }
    const step = restingStep(by, state, value);
    state = step.state;
    said.push(step.verdict);
  }
  return said.join(" ");
}

describe("a load without word of its rest", () => {
  it.each([
    ["aaaa", "moved moving moving moving"],
    ["a*aa", "moved moving resting"],
    ["aaa*a", "moved moving moving resting"],
    ["aa*ba", "moved moving moved moved"],
    ["aa*aba", "moved moving resting doubted resting"],
    ["aa*abbb", "moved moving resting doubted moved moving"],
    ["aa*abbb*b", "moved moving resting doubted moved moving resting"],
    ["aa*abca", "moved moving resting doubted moved moved"],
    ["aa*ababa", "moved moving resting doubted resting doubted resting"],
    ["*a", "moved"],
    ["*aaaa", "moved moving moving moving"],
  ])("%s: %s", (values, said) => {
    expect(verdicts(values)).toBe(said);
  });

  it("needs no time where the rule has none", () => {
    expect(verdicts("aaab", { frames: 2, forMs: 0 })).toBe("moved resting resting doubted");
  });

  it("rests only on a value that as many frames in a row have shown, one doubtful one aside", () => {
    const values = fc.array(fc.constantFrom("a", "b", "c", "*"), { maxLength: 40 });
    fc.assert(
      fc.property(values, (all) => {
        const frames = all.filter((value) => value !== "*");
        const said = verdicts(all.join("")).split(" ");
        for (const [index, verdict] of said.entries()) {
          if (verdict !== "resting") continue;
          const since = frames.slice(0, index + 1);
          expect(since.filter((value) => value === frames[index]).length).toBeGreaterThanOrEqual(rule.frames);
          // Never two others between this frame and the one before that showed the same.
          const before = since.slice(0, index).findLastIndex((value) => value === frames[index]);
          expect(index - before).toBeLessThanOrEqual(2);
        }
      }),
    );
  });
});
