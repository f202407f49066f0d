import type { SimulatorEffect, SimulatorStep } from "../simulator.ts";

/** What a scanner sends again, because the code is still before its window. */
export interface ScannerTrigger {
  readonly again: readonly Uint8Array[];
}
export const triggerReleased: ScannerTrigger = { again: [] };

const againTimer = "again";

const send = (chunks: readonly Uint8Array[]): readonly SimulatorEffect[] =>
  chunks.map((bytes) => ({ kind: "send", bytes }));

/** Sends a code, and a second time after `againAfterMs`. */
export function sendScan<State extends ScannerTrigger>(
  state: State,
  chunks: readonly Uint8Array[],
  againAfterMs: number | undefined,
): SimulatorStep<State> {
  if (againAfterMs === undefined) return { state, effects: send(chunks) };
  const again: SimulatorEffect = { kind: "timer", name: againTimer, delayMs: againAfterMs };
  return { state: { ...state, again: chunks }, effects: [...send(chunks), again] };
}

export const sendAgain = <State extends ScannerTrigger>(state: State): SimulatorStep<State> => ({
  state: { ...state, ...triggerReleased },
  effects: send(state.again),
});
