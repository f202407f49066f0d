import type { DeviceCommand } from "../../../../protocols/commands.ts";
import type { Fault, FaultCode } from "../../../../protocols/faults.ts";
import type { Observation } from "../../../../protocols/readings.ts";
import type { SessionStep } from "../../../driver.ts";
import { failed, inDoubt } from "../answers.ts";
import { stay } from "../steps.ts";
import type { Troubles } from "../troubles.ts";
import { noTroubles } from "../troubles.ts";
import type { Looked } from "./ordered.ts";
import { lookedAt } from "./ordered.ts";
import type { Resting } from "./resting.ts";
import { unseen } from "./resting.ts";

export type WeightObservation = Extract<Observation, { kind: "weight" }>;

export interface ScaleState {
  readonly rest: Uint8Array;
  readonly ready: boolean;
  /** Frames that say that a scale of this kind is there; counted until they suffice. */
  readonly proofs: number;
  readonly asked: "greeting" | "weight" | undefined;
  readonly repeats: number;
  readonly refusals: number;
  /** Noise has come since the last frame that was understood. */
  readonly noisy: boolean;
  readonly waiting: readonly DeviceCommand[];
  readonly begun: Looked | undefined;
  readonly resting: Resting;
  /** What was told last, while it is at rest. */
  readonly shown: WeightObservation | undefined;
  readonly troubles: Troubles;
}

export const initial: ScaleState = {
  rest: new Uint8Array(),
  ready: false,
  proofs: 0,
  asked: undefined,
  repeats: 0,
  refusals: 0,
  noisy: false,
  waiting: [],
  begun: undefined,
  resting: unseen,
  shown: undefined,
  troubles: noTroubles,
};

type Step = SessionStep<ScaleState>;

export const noisyLine: Fault = { code: "noisy", detail: "the scale does not understand what reaches it" };

/** Whoever has ordered something learns what the scale showed meanwhile. */
export const looking = (state: ScaleState, seen: FaultCode | undefined): ScaleState =>
  state.begun === undefined ? state : { ...state, begun: lookedAt(state.begun, seen) };

/** What lay at rest does so no longer, and what it weighs now is not said. */
export function unrest(state: ScaleState): Step {
  const { shown } = state;
  if (shown === undefined) return stay({ ...state, resting: unseen });
  return {
    state: { ...state, resting: unseen, shown: undefined },
    effects: [{ kind: "observe", observation: { ...shown, stable: false } }],
  };
}

export function giveUp(state: ScaleState): Step {
  const answers = [
    ...(state.begun === undefined ? [] : [inDoubt(state.begun.command, "silent")]),
    ...state.waiting.map((command) => failed(command, "device-not-ready")),
  ];
  return {
    state: { ...state, asked: undefined, begun: undefined, waiting: [] },
    effects: [...answers, { kind: "give-up", fault: endOf(state) }],
  };
}

function endOf({ noisy, ready }: ScaleState): Fault {
  if (noisy) return { code: "noisy", detail: "nothing that comes is a frame of this scale" };
  return ready
    ? { code: "silent", detail: "no weight comes from the scale" }
    : { code: "handshake-timeout", detail: "no weight comes from the scale" };
}
