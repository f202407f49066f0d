import type { Simulator, SimulatorStep } from "../simulator.ts";
import type { Change, LineOptions, LinesState, MissStimulus } from "./gpio-edges.ts";
import { isMoving, lineDefaults, missEdges, plan, proceed, quietLines } from "./gpio-edges.ts";

export interface BeamPairOptions extends LineOptions {
  readonly outer: string;
  readonly inner: string;
  /** From one beam's break to the other's: 10 cm at walking pace. */
  readonly gapMs: number;
  /** How long a body breaks one beam. */
  readonly bodyMs: number;
}
export const beamPairDefaults: BeamPairOptions = {
  ...lineDefaults,
  bounces: 0,
  outer: "outer",
  inner: "inner",
  gapMs: 80,
  bodyMs: 250,
};

type Beam = "outer" | "inner";

export type BeamPairStimulus =
  | { readonly kind: "pass"; readonly direction: "in" | "out" }
  /** Somebody reaches the second beam and goes back. */
  | { readonly kind: "turn-back"; readonly from: Beam }
  /** A hand in one beam. */
  | { readonly kind: "wave"; readonly beam: Beam }
  /** Two people meet in the middle: both beams at once. */
  | { readonly kind: "meet" }
  /** Somebody puts a box into a beam, or takes it away. */
  | { readonly kind: "block"; readonly beam: Beam; readonly blocked: boolean }
  | MissStimulus;

/** Two light beams, one behind the other; a line is active while its beam is broken. */
export function createBeamPair(
  given: Partial<BeamPairOptions> = {},
): Simulator<LinesState, BeamPairStimulus> {
  const options = { ...beamPairDefaults, ...given };
  return {
    name: "gpio-beam-pair",
    initial: quietLines,
    step(state, input) {
      if (input.kind === "timer") return proceed(state, input.name, options);
      if (input.kind !== "stimulus") return { state, effects: [] };
      const { stimulus } = input;
      if (stimulus.kind === "miss-edges") return { state: missEdges(state, stimulus), effects: [] };
      return move(state, changesOf(stimulus, options), options);
    },
  };
}

type Moves = { readonly [Line in Beam]?: readonly Change[] };

const shadow = (afterMs: number, bodyMs: number): readonly Change[] => [
  { active: true, afterMs },
  { active: false, afterMs: bodyMs },
];
const other = { outer: "inner", inner: "outer" } as const;

function changesOf(
  stimulus: Exclude<BeamPairStimulus, MissStimulus>,
  { gapMs, bodyMs }: BeamPairOptions,
): Moves {
  switch (stimulus.kind) {
    case "pass": {
      const first = stimulus.direction === "in" ? "outer" : "inner";
      return { [first]: shadow(0, bodyMs), [other[first]]: shadow(gapMs, bodyMs) };
    }
    case "turn-back":
      return {
        [stimulus.from]: shadow(0, bodyMs + 2 * gapMs),
        [other[stimulus.from]]: shadow(gapMs, bodyMs),
      };
    case "wave":
      return { [stimulus.beam]: shadow(0, bodyMs) };
    case "meet":
      return { outer: shadow(0, bodyMs), inner: shadow(0, bodyMs + gapMs) };
    case "block":
      return { [stimulus.beam]: [{ active: stimulus.blocked, afterMs: 0 }] };
  }
}

/** A beam whose last change is still to come is not broken a second time. */
function move(state: LinesState, moves: Moves, options: BeamPairOptions): SimulatorStep<LinesState> {
  return (["outer", "inner"] as const).reduce<SimulatorStep<LinesState>>(
    (step, beam) => {
      const changes = moves[beam];
      if (changes === undefined || isMoving(step.state, options[beam])) return step;
      const planned = plan(step.state, options[beam], changes, options);
      return { state: planned.state, effects: [...step.effects, ...planned.effects] };
    },
    { state, effects: [] },
  );
}
