import { isMoreThan } from "../../../../protocols/codecs/scale/decimal.ts";
import type { ScaleWeight } from "../../../../protocols/codecs/scale/weight.ts";
import type { Fault } from "../../../../protocols/faults.ts";
import type { Observation } from "../../../../protocols/readings.ts";
import type { ScaleProtocol } from "./protocol.ts";
import { obstacleFault } from "./protocol.ts";
import type { Resting, RestingRule } from "./resting.ts";
import { restingStep } from "./resting.ts";

type Weight = Extract<Observation, { kind: "weight" }>;

interface Weighing {
  readonly resting: Resting;
  /** The time of rest counts anew. */
  readonly moved: boolean;
  /** What is to be said of it: a weight, or why it is none. */
  readonly told: Weight | Fault | undefined;
}

/** For protocols whose frames say themselves whether a weight is at rest. */
const atOnce: RestingRule = { frames: 1, forMs: 0 };

/** What a weight of a frame means, with what the settings know and the frame does not. */
export function weigh(
  protocol: Pick<ScaleProtocol<unknown>, "unit" | "capacity" | "resting">,
  before: Resting,
  weight: ScaleWeight,
): Weighing {
  const unit = spelled(weight.unit) ?? protocol.unit;
  const still = { resting: before, moved: false };
  if (unit === undefined)
    return { ...still, told: obstacleFault("error", "the scale names no unit that is known") };
  const { value, stable, mode } = weight;
  if (protocol.capacity !== undefined && unit === protocol.unit && isMoreThan(value, protocol.capacity))
    return { ...still, told: obstacleFault("overload", `more than ${protocol.capacity} ${unit}`) };
  const weighed: Weight = { kind: "weight", value, unit, stable: stable === true, ...(mode && { mode }) };
  if (stable !== null) return { ...still, told: weighed };
  const { state, verdict } = restingStep(protocol.resting ?? atOnce, before, `${value} ${unit} ${mode}`);
  const told = verdict === "doubted" ? undefined : { ...weighed, stable: verdict === "resting" };
  return { resting: state, moved: verdict === "moved", told };
}

const spellings = ["kg", "g", "mg", "t", "lb", "oz", "ozt", "ct", "dwt", "tn"];

/** Scales write the same unit in capitals and small letters; readings write it in one way. */
function spelled(unit: string | null): string | undefined {
  if (unit === null || unit === "") return undefined;
  const small = unit.toLowerCase();
  return spellings.includes(small) ? small : unit;
}
