import { playScenario } from "../../simulators/play-scenario.ts";
import type { TimedAction } from "../../simulators/scenario/timed-action.ts";
import { planScenario } from "../../simulators/scenario.ts";
import type { World } from "./world.ts";

const hourMs = 3_600_000;

/** Lets customers come hour by hour while the shop is open, each hour drawn anew. */
export function letCustomersCome(world: World, untilMs: number): void {
  const { time } = world;
  const hour = Math.floor(time.nowMs / hourMs);
  const durationMs = Math.min(hourMs, untilMs - time.nowMs);
  if (durationMs < 1_000) return;
  if (isOpen(world)) playHour(world, durationMs, world.random(`customers of hour ${hour} at ${time.nowMs}`));
  time.after(hourMs, () => letCustomersCome(world, untilMs));
}

function isOpen(world: World): boolean {
  const [from, to] = world.options.plan.openHours;
  const hour = new Date(world.clock.wallMs()).getUTCHours();
  return hour >= from && hour < to;
}

function playHour(world: World, durationMs: number, random: ReturnType<World["random"]>): void {
  const { scenario } = world.options.plan;
  const actions = planScenario({ ...scenario, durationMs: Math.floor(durationMs) }, random);
  const reachable = actions.filter(({ device }) => world.devices.has(device));
  if (reachable.length === 0) return;
  const onAction = (action: TimedAction): void => world.options.emit({ kind: "caused", action });
  playScenario(reachable, world.devices, { clock: world.clock, onAction });
}
