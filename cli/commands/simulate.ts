import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { seededRandom } from "../../protocols/random.ts";
import { playScenario } from "../../simulators/play-scenario.ts";
import type { TimedAction } from "../../simulators/scenario/timed-action.ts";
import { planScenario } from "../../simulators/scenario.ts";
import { exitCodes } from "../exit-codes.ts";
import { matchingConfiguration, withoutHold } from "../simulation/matching-configuration.ts";
import { findScenario } from "../simulation/scenario-file.ts";
import { carryStore } from "../simulation/simulated-store.ts";
import { systemClock } from "../system.ts";

export interface SimulateOptions {
  readonly seed: number;
  readonly speed: number;
  readonly directory?: string;
  readonly headquarters: string;
  /** Waits for this signal of readiness before the first customer comes. */
  readonly startAfter: number;
}

/**
 * `storewire simulate`: devices on pseudo-terminals and sockets for a `storewire run` in another process, and
 * a configuration that fits. HID devices and GPIO lines need a kernel; they play only within `demo`.
 */
export async function simulate(scenarioName: string, options: SimulateOptions): Promise<number> {
  const clock = systemClock();
  const random = seededRandom(options.seed);
  const scenario = findScenario(scenarioName);
  const directory = resolve(options.directory ?? mkdtempSync(join(tmpdir(), "storewire-simulate-")));
  mkdirSync(directory, { recursive: true });
  const store = await carryStore(scenario, { clock, random, directory });
  const reachable = new Map([...store.transports].filter(([, { kind }]) => kind !== "simulated"));
  const file = join(directory, "storewire.yaml");
  const configuration = matchingConfiguration({
    scenario,
    transports: reachable,
    headquartersUrl: options.headquarters,
    databaseDirectory: directory,
    speed: options.speed,
  });
  writeFileSync(file, `${JSON.stringify({ ...configuration, limits: withoutHold }, undefined, 2)}\n`);
  const left = [...store.transports.keys()].filter((id) => !reachable.has(id));
  console.error(`devices are ready; in another terminal: storewire run --config ${file}`);
  if (left.length > 0) console.error(`not reachable from another process (HID, GPIO): ${left.join(", ")}`);
  const actions = planScenario(scenario, random).filter(({ device }) => reachable.has(device));
  let caused = 0;
  await new Promise<void>((start) => clock.after(options.startAfter * 1_000, start));
  const play = playScenario(actions, store.devices, {
    clock,
    speed: options.speed,
    onAction: (action) => {
      caused += action.expected.length;
      console.log(JSON.stringify(action));
    },
  });
  process.stdout.on("error", () => play.stop());
  process.once("SIGINT", () => play.stop());
  process.once("SIGTERM", () => play.stop());
  await play.ended;
  console.log(JSON.stringify(summaryOf(scenario.name, options.seed, caused, actions)));
  await store.close();
  return exitCodes.done;
}

const summaryOf = (scenario: string, seed: number, caused: number, actions: readonly TimedAction[]) => ({
  scenario,
  seed,
  actions: actions.length,
  caused,
});
