import type { ClockQuality } from "./clock.ts";

/**
 * A clock that is found to be kept only while we watch may be stepped in the same breath: it is believed
 * when it has kept still for so long. timesyncd and chrony step before they say so, both within a second.
 */
export const settleMs = 2_000;
/** More than clocks are ever slewed within seconds (500 parts in a million), less than a leap second. */
export const stepMsMin = 500;

/** What is known of a wall clock from looking at it now and then. */
export interface QualityState {
  readonly quality: ClockQuality;
  /** Somebody has answered whether the clock is kept. */
  readonly answered: boolean;
  /** Kept since then, and not stepped; `zeroMs` is the wall time at monotonic zero. */
  readonly still: { readonly fromMs: number; readonly zeroMs: number } | undefined;
}

/** One look at the clock. */
export interface QualityLook {
  readonly wallMs: number;
  readonly monotonicMs: number;
  /** Whether a time source keeps the clock; undefined while nobody has answered. */
  readonly kept: boolean | undefined;
  /** A wall clock below it is plainly wrong. */
  readonly earliestMs: number;
}

export const initialQuality: QualityState = { quality: "estimated", answered: false, still: undefined };

/**
 * Once set the clock stays `synced`, because the kernel calls it unsynchronized after nine hours without
 * the router (maxerror grows by 500 ppm up to 16 s) while it is a second wrong at most. A plainly wrong
 * clock ends that; it has to be kept, and still, anew.
 */
export function qualityStep(state: QualityState, look: QualityLook): QualityState {
  if (look.wallMs < look.earliestMs) return { quality: "estimated", answered: true, still: undefined };
  if (state.quality === "synced" || look.kept === undefined) return state;
  if (!look.kept) return { quality: "estimated", answered: true, still: undefined };
  // Found so at the very first answer: whatever set it did so before we came.
  if (!state.answered) return { quality: "synced", answered: true, still: undefined };
  const zeroMs = look.wallMs - look.monotonicMs;
  const { still } = state;
  if (still === undefined || Math.abs(zeroMs - still.zeroMs) >= stepMsMin)
    return { ...state, still: { fromMs: look.monotonicMs, zeroMs } };
  return look.monotonicMs - still.fromMs < settleMs ? state : { ...state, quality: "synced" };
}
