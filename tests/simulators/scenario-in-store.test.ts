import { describe, expect, it } from "vitest";
import { seededRandom } from "../../protocols/random.ts";
import { playScenario } from "../../simulators/play-scenario.ts";
import type { ScenarioInput } from "../../simulators/scenario/scenario-schema.ts";
import { scenarioSchema } from "../../simulators/scenario/scenario-schema.ts";
import type { ExpectedEvent } from "../../simulators/scenario/timed-action.ts";
import { planScenario } from "../../simulators/scenario.ts";
import { everythingGoesWrong } from "../../simulators/scenarios/everything-goes-wrong.ts";
import { ordinaryMorning } from "../../simulators/scenarios/ordinary-morning.ts";
import { SimulatedStore } from "./simulated-store.ts";

/** Devices are opened and greeted before the store opens. */
const openingMs = 5_000;
/** The last print is answered and the last weight comes to rest. */
const closingMs = 20_000;

/** Rounds six times as long as a real reader's, so that a test need not live through all of them. */
const roundMs = 250;
const withSlowReaders = (input: ScenarioInput): ScenarioInput => ({
  ...input,
  devices: input.devices.map((device) =>
    device.driver === "r2000-a0" ? { ...device, options: { ...device.options, roundMs } } : device,
  ),
});

async function storeDay(input: ScenarioInput, seed: number) {
  const scenario = scenarioSchema.parse(withSlowReaders(input));
  const actions = planScenario(scenario, seededRandom(seed));
  const store = new SimulatedStore(scenario, seed);
  await store.clock.turn(openingMs);
  const play = playScenario(actions, store.devices, { clock: store.clock });
  await store.clock.turn(scenario.durationMs + closingMs);
  await play.ended;
  await store.close();
  return { store, expected: actions.flatMap((action) => action.expected) };
}

const nameOf = ({ type, subject }: { readonly type: string; readonly subject?: string }): string =>
  /^storewire\.(return|weighing)\./.test(type) ? `${type} ${subject}` : type;

function countOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const sure = (events: readonly ExpectedEvent[]) => events.filter(({ certain }) => certain);

describe("a scenario in a store", () => {
  it("causes on an ordinary morning exactly what it says", async () => {
    const { store, expected } = await storeDay({ ...ordinaryMorning, durationMs: 240_000 }, 11);
    const known = new Set(expected.map(({ type }) => type));
    const happened = store.events.filter(({ type }) => known.has(type));
    expect(countOf(happened.map(nameOf))).toEqual(countOf(expected.map(nameOf)));
    expect(happened.length).toBeGreaterThan(60);
    for (const runner of store.runners.values()) expect(runner.condition()).toMatchObject({ noiseBytes: 0 });
  });

  it("causes, whatever goes wrong, everything that it is sure of, and heals", async () => {
    const { store, expected } = await storeDay(everythingGoesWrong, 3);
    const happened = countOf(store.events.map(nameOf));
    const missing = Object.entries(countOf(sure(expected).map(nameOf))).filter(
      ([name, count]) => (happened[name] ?? 0) < count,
    );
    expect(missing).toEqual([]);
    const steps = Object.entries(happened).filter(([name]) => /handed-in|inspected|stored/.test(name));
    expect(steps.length).toBeGreaterThan(60);
    expect(steps.filter(([, count]) => count > 1)).toEqual([]);
    const states = [...store.runners].map(([id, runner]) => [id, runner.condition().state]);
    expect(states).toEqual(states.map(([id]) => [id, "ready"]));
  });
});
