/** For how long, with the uplink up, each start's events have waited for its clock to be set. */
export interface HoldState {
  readonly waitedMs: ReadonlyMap<string, number>;
  readonly atMs: number;
}

export interface HoldLook {
  readonly monotonicMs: number;
  readonly uplinkUp: boolean;
  /** Starts whose clock is not set. */
  readonly unset: readonly string[];
}

/**
 * Waiting costs HQ nothing while nothing could leave anyway: only the time with the uplink up counts. A box
 * that comes back after days gets its time and its link in the same minute, in this or that order.
 */
export function holdStep(
  state: HoldState,
  { monotonicMs, uplinkUp, unset }: HoldLook,
  holdMsMax: number,
): { readonly state: HoldState; readonly over: readonly string[] } {
  const passedMs = uplinkUp ? Math.max(0, monotonicMs - state.atMs) : 0;
  const waitedMs = new Map(unset.map((boot) => [boot, (state.waitedMs.get(boot) ?? -passedMs) + passedMs]));
  const over = unset.filter((boot) => (waitedMs.get(boot) ?? 0) >= holdMsMax);
  return { state: { waitedMs, atMs: monotonicMs }, over };
}
