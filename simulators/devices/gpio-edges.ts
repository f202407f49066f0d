import type { SimulatorEffect, SimulatorStep } from "../simulator.ts";

/** How a line behaves, whatever hangs on it. */
export interface LineOptions {
  /** A contact's bounce after each change: so many pairs of false edges, 0 for a perfect contact. */
  readonly bounces: number;
  /** Wired the other way round than the configuration says. */
  readonly inverted: boolean;
}
export const lineDefaults: LineOptions = { bounces: 2, inverted: false };

/** The next edges of a line get lost on their way, as in a kernel whose queue is full. */
export interface MissStimulus {
  readonly kind: "miss-edges";
  readonly line: string;
  readonly edges: number;
}

/** A change of a line, so long after the one before it. */
export interface Change {
  readonly active: boolean;
  readonly afterMs: number;
}

export interface LinesState {
  /** What is still to come on each line, soonest first. */
  readonly planned: ReadonlyMap<string, readonly Change[]>;
  /** Edges of each line that will get lost. */
  readonly missing: ReadonlyMap<string, number>;
}
export const quietLines: LinesState = { planned: new Map(), missing: new Map() };

/** Contacts bounce for 5 to 20 ms; the pairs of edges lie this far apart. */
const bounceMs = 3;

export const isMoving = ({ planned }: LinesState, line: string): boolean =>
  (planned.get(line) ?? []).length > 0;

export const missEdges = (state: LinesState, { line, edges }: MissStimulus): LinesState => ({
  ...state,
  missing: new Map([...state.missing, [line, edges]]),
});

/** Plans the changes of a line, each with its bounces; the timer of the next one wears the line's name. */
export function plan(
  state: LinesState,
  line: string,
  changes: readonly Change[],
  { bounces }: LineOptions,
): SimulatorStep<LinesState> {
  const edges = changes.flatMap((change) => [change, ...bouncing(change, bounces)]);
  const planned = new Map([...state.planned, [line, edges]]);
  const [first] = edges;
  const effects: readonly SimulatorEffect[] =
    first === undefined ? [] : [{ kind: "timer", name: line, delayMs: first.afterMs }];
  return { state: { ...state, planned }, effects };
}

/** After the edge itself pairs of false ones, back and forth. */
function bouncing({ active }: Change, bounces: number): readonly Change[] {
  const pair = [
    { active: !active, afterMs: bounceMs },
    { active, afterMs: bounceMs },
  ];
  return Array.from({ length: bounces }, () => pair).flat();
}

/** Gives the line's next edge and plans the one after it. */
export function proceed(
  state: LinesState,
  line: string,
  { inverted }: LineOptions,
): SimulatorStep<LinesState> {
  const [now, ...later] = state.planned.get(line) ?? [];
  if (now === undefined) return { state, effects: [] };
  const missing = state.missing.get(line) ?? 0;
  const effects: SimulatorEffect[] =
    missing > 0 ? [] : [{ kind: "edge", line, active: now.active !== inverted }];
  const [next] = later;
  if (next !== undefined) effects.push({ kind: "timer", name: line, delayMs: next.afterMs });
  return {
    state: {
      planned: new Map([...state.planned, [line, later]]),
      missing: new Map([...state.missing, [line, Math.max(0, missing - 1)]]),
    },
    effects,
  };
}
