import { describe, expect, it } from "vitest";
import { CutWatch, type PlannedCut, planCuts } from "./cut-plan.ts";

const cut = (afterCommits: number, thenSteps: number, unflushedMin = 0): PlannedCut => ({
  afterCommits,
  thenSteps,
  unflushedMin,
  memory: "some",
});

/** The steps, counted from 1, at which something is due; each step has its commits and its unflushed writes. */
function dueSteps(planned: readonly PlannedCut[], steps: readonly (readonly [number, number])[]): string[] {
  const watch = new CutWatch(planned);
  return steps.flatMap(([commits, unflushed], index) => {
    const due = watch.due(commits, unflushed);
    return due === undefined ? [] : [`${index + 1}${due.isLast ? " last" : ""}`];
  });
}

describe("the moments of a boot", () => {
  it("come so many steps after so many commits, one after the other", () => {
    const steps = Array.from({ length: 12 }, (_, index) => [Math.floor(index / 2), 0] as const);
    expect(dueSteps([cut(1, 0), cut(3, 2)], steps)).toEqual(["3", "9 last"]);
  });

  it("wait for writes that are not flushed, but not for ever", () => {
    const unflushed = [0, 1, 3, 0, 2, 0];
    const steps = unflushed.map((writes) => [5, writes] as const);
    expect(dueSteps([cut(1, 0, 2)], steps)).toEqual(["3 last"]);
    const never = Array.from({ length: 80 }, () => [5, 0] as const);
    expect(dueSteps([cut(1, 2, 2)], never)).toEqual(["63 last"]);
  });

  it("are the same for the same seed, in order, early ones more often, with every kind of memory", () => {
    const limits = { copies: 199, commitsMax: 400 };
    const planned = planCuts(7, limits);
    expect(planCuts(7, limits)).toEqual(planned);
    expect(planCuts(8, limits)).not.toEqual(planned);
    const commits = planned.map(({ afterCommits }) => afterCommits);
    expect(commits).toEqual(commits.toSorted((left, right) => left - right));
    expect(commits.filter((count) => count <= 100).length).toBeGreaterThan(80);
    expect(Math.min(...commits)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...commits)).toBeLessThanOrEqual(400);
    expect(new Set(planned.map(({ memory }) => memory))).toEqual(new Set(["everything", "nothing", "some"]));
  });
});
