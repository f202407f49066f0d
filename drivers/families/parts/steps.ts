import type { SessionStep } from "../../driver.ts";

export const stay = <State>(state: State): SessionStep<State> => ({ state, effects: [] });

/** One step after the other, their effects in order. */
export function chain<State>(
  first: SessionStep<State>,
  ...following: readonly ((state: State) => SessionStep<State>)[]
): SessionStep<State> {
  return following.reduce((step, follow) => {
    const { state, effects } = follow(step.state);
    return { state, effects: [...step.effects, ...effects] };
  }, first);
}
