import type { Random } from "../protocols/random.ts";
import { blindness } from "./scenario/blindness.ts";
import { planQueue } from "./scenario/queue-flow.ts";
import { planReturns } from "./scenario/returns-flow.ts";
import type { Occurrence, Scenario } from "./scenario/scenario-schema.ts";
import type { TimedAction } from "./scenario/timed-action.ts";
import { planWeighing } from "./scenario/weighing-flow.ts";
import { worldOf } from "./stimuli.ts";

/** Writes the scenario out as a list of actions in time; the same chance, the same list. */
export function planScenario(scenario: Scenario, random: Random): readonly TimedAction[] {
  const { durationMs, returns, queue, weighing, timeline } = scenario;
  const isBlind = blindness(timeline, durationMs);
  const actions = [
    ...timeline.flatMap((occurrence) => planOccurrence(scenario, occurrence)),
    ...(returns === undefined ? [] : planReturns(returns, durationMs, { random, isBlind })),
    ...(queue === undefined ? [] : planQueue(queue, durationMs, { random, isBlind })),
    ...(weighing === undefined ? [] : planWeighing(weighing, durationMs, { random, isBlind })),
  ];
  return actions.filter(({ atMs }) => atMs <= durationMs).sort((left, right) => left.atMs - right.atMs);
}

function planOccurrence(scenario: Scenario, occurrence: Occurrence): readonly TimedAction[] {
  const { atMs, device } = occurrence;
  const base = { device, expected: [] };
  switch (occurrence.what) {
    case "line-fault": {
      const fault = { lineFault: occurrence.fault, lasts: { ms: occurrence.lastsMs } };
      return [{ ...base, atMs, what: "line-fault", fault }];
    }
    case "unplug": {
      const { replugAtMs } = occurrence;
      const replug = { ...base, what: "replug" } as const;
      return [
        { ...base, atMs, what: "unplug" },
        ...(replugAtMs === undefined ? [] : [{ ...replug, atMs: replugAtMs }]),
      ];
    }
    case "stimulus": {
      const driver = scenario.devices.find(({ id }) => id === device)?.driver;
      if (driver === undefined) throw new Error(`the schema let the unknown device "${device}" pass`);
      return [
        { ...base, atMs, what: "stimulus", stimulus: worldOf[driver].stimulus.parse(occurrence.stimulus) },
      ];
    }
  }
}
