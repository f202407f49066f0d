/** How often the agent looks whether the loops of its devices get on. */
export const lookEveryMs = 10_000;
/**
 * How long a loop may go without a step, or a call of its transport without coming back, while nothing will
 * wake it: longer than any deadline of a device (send 20 s, opening 15 s, the longest wait 30 s).
 */
export const loopStillMsMax = 60_000;
/** A loop that was begun anew so often within the window, and stands still again, is not helped by it. */
export const loopRestartsMax = 2;
export const loopRestartWindowMs = 1_800_000;

/** What was done so far about one device's loop. */
export interface LoopCare {
  readonly restartedAtMs: readonly number[];
  /** Set aside; `hung` where calls of its transport were out at that moment. */
  readonly aside: { readonly sinceMs: number; readonly hung: boolean } | undefined;
}

export const uncared: LoopCare = { restartedAtMs: [], aside: undefined };

/** What a loop that stands still gets, the mildest first: a new beginning, or to be set aside. */
export function careFor({ restartedAtMs }: LoopCare, nowMs: number, callsOut: number): LoopCare {
  const recent = restartedAtMs.filter((atMs) => nowMs - atMs < loopRestartWindowMs);
  return recent.length < loopRestartsMax
    ? { restartedAtMs: [...recent, nowMs], aside: undefined }
    : { restartedAtMs: recent, aside: { sinceMs: nowMs, hung: callsOut > 0 } };
}

/** What it hung on has come back, or long enough nothing was tried. */
export function mayComeBack({ aside }: LoopCare, nowMs: number, callsOut: number): boolean {
  if (aside === undefined || callsOut > 0) return false;
  return aside.hung || nowMs - aside.sinceMs >= loopRestartWindowMs;
}
