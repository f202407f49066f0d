import type { ClockQuality } from "../../protocols/clock.ts";
import type { Stamp } from "../../protocols/readings.ts";
import { hasMoved, zeroOf } from "./boots.ts";

/** The clock at the last look. */
export interface WatchState {
  readonly zeroMs: number;
  readonly clock: ClockQuality;
}

/** What happened to our clock between two looks. */
export interface ClockChange {
  readonly change: "set" | "jumped";
  /** Against the monotonic clock; backwards is negative. */
  readonly jumpMs: number;
  /** It had been set before: somebody has to look at it. */
  readonly wasSet: boolean;
}

/** Compares the clock with the last look at it; a clock that is slewed never moves so far in between. */
export function watchStep(
  state: WatchState | undefined,
  now: Stamp,
): { readonly state: WatchState; readonly change: ClockChange | undefined } {
  const next: WatchState = { zeroMs: zeroOf(now), clock: now.clock };
  if (state === undefined) return { state: next, change: undefined };
  const wasSet = state.clock === "synced";
  const jumpMs = Math.round(next.zeroMs - state.zeroMs);
  if (!wasSet && now.clock === "synced") return { state: next, change: { change: "set", jumpMs, wasSet } };
  if (!hasMoved(next.zeroMs, state.zeroMs))
    return { state: { ...state, clock: now.clock }, change: undefined };
  return { state: next, change: { change: "jumped", jumpMs, wasSet } };
}
