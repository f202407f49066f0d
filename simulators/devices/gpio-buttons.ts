import type { Simulator, SimulatorEffect, SimulatorStep } from "../simulator.ts";

export interface ButtonsOptions {
  /** A contact's bounce after each change: so many pairs of false edges, 0 for a perfect contact. */
  readonly bounces: number;
}

export const buttonsDefaults: ButtonsOptions = { bounces: 2 };

export type ButtonsStimulus = {
  readonly kind: "press";
  readonly line: string;
  /** How long the button is held; people take 80 to 300 ms. */
  readonly holdMs?: number;
};

/** The press that is under way on a line: what is still to come, soonest first. */
interface Planned {
  readonly active: boolean;
  readonly afterMs: number;
}
export type ButtonsState = ReadonlyMap<string, readonly Planned[]>;

/** Contacts bounce for 5 to 20 ms; the pairs of edges lie this far apart. */
const bounceMs = 3;
const holdMsDefault = 120;

/** Buttons on GPIO lines: each press is a burst of edges, as a real contact gives them. */
export function createButtons(
  options: ButtonsOptions = buttonsDefaults,
): Simulator<ButtonsState, ButtonsStimulus> {
  return {
    name: "gpio-buttons",
    initial: new Map(),
    step(state, input) {
      if (input.kind === "timer") return proceed(state, input.name);
      if (input.kind !== "stimulus") return { state, effects: [] };
      const { line, holdMs = holdMsDefault } = input.stimulus;
      // A finger that is still on the button cannot press it again.
      if ((state.get(line) ?? []).length > 0) return { state, effects: [] };
      const edges = [...change(true, 0, options.bounces), ...change(false, holdMs, options.bounces)];
      return proceed(new Map([...state, [line, edges]]), line);
    },
  };
}

/** One change of the contact: the edge itself, then pairs of false ones back and forth. */
function change(active: boolean, afterMs: number, bounces: number): readonly Planned[] {
  const bounce = [
    { active: !active, afterMs: bounceMs },
    { active, afterMs: bounceMs },
  ];
  return [{ active, afterMs }, ...Array.from({ length: bounces }, () => bounce).flat()];
}

/** Gives the line's next edge and plans the one after it; the timer wears the line's name. */
function proceed(state: ButtonsState, line: string): SimulatorStep<ButtonsState> {
  const [now, ...later] = state.get(line) ?? [];
  if (now === undefined) return { state, effects: [] };
  const effects: SimulatorEffect[] = [{ kind: "edge", line, active: now.active }];
  const next = later[0];
  if (next !== undefined) effects.push({ kind: "timer", name: line, delayMs: next.afterMs });
  return { state: new Map([...state, [line, later]]), effects };
}
