import type { Fault } from "../../../protocols/faults.ts";
import type { SessionStep } from "../../driver.ts";
import { stay } from "./steps.ts";

/** What is wrong with a device that works in part, by the place where it is wrong. */
export type Troubles = ReadonlyMap<string, Fault>;

export const noTroubles: Troubles = new Map();

/** Notes what is wrong at a place, or that nothing is any more, and says so only where that is news. */
export function settle<State extends { readonly troubles: Troubles }>(
  state: State,
  place: string,
  fault: Fault | undefined,
): SessionStep<State> {
  const known = state.troubles.get(place);
  if (known?.code === fault?.code && known?.detail === fault?.detail) return stay(state);
  const troubles = new Map(state.troubles);
  if (fault === undefined) troubles.delete(place);
  else troubles.set(place, fault);
  const worth = fault ?? [...troubles.values()][0];
  return {
    state: { ...state, troubles },
    effects: [worth === undefined ? { kind: "healthy" } : { kind: "degraded", fault: worth }],
  };
}
