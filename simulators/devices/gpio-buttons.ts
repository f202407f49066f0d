import type { Simulator } from "../simulator.ts";
import type { LineOptions, LinesState, MissStimulus } from "./gpio-edges.ts";
import { isMoving, lineDefaults, missEdges, plan, proceed, quietLines } from "./gpio-edges.ts";

export type ButtonsStimulus =
  | {
      readonly kind: "press";
      readonly line: string;
      /** How long the button is held; people take 80 to 300 ms. */
      readonly holdMs?: number;
    }
  | MissStimulus;

const holdMsDefault = 120;

/** Buttons on GPIO lines: each press is a burst of edges, as a real contact gives them. */
export function createButtons(options: Partial<LineOptions> = {}): Simulator<LinesState, ButtonsStimulus> {
  const line = { ...lineDefaults, ...options };
  return {
    name: "gpio-buttons",
    initial: quietLines,
    step(state, input) {
      if (input.kind === "timer") return proceed(state, input.name, line);
      if (input.kind !== "stimulus") return { state, effects: [] };
      const { stimulus } = input;
      if (stimulus.kind === "miss-edges") return { state: missEdges(state, stimulus), effects: [] };
      // A finger that is still on the button cannot press it again.
      if (isMoving(state, stimulus.line)) return { state, effects: [] };
      const press = [
        { active: true, afterMs: 0 },
        { active: false, afterMs: stimulus.holdMs ?? holdMsDefault },
      ];
      return plan(state, stimulus.line, press, line);
    },
  };
}
