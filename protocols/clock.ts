/** Whether wall time can be believed: `synced` against a time source since boot, or `estimated`. */
export type ClockQuality = "synced" | "estimated";

/** Undoes a planned task; calling it twice, or after the task ran, does nothing. */
export type Cancel = () => void;

/**
 * The only source of time. Production passes the system's clock, simulations a clock they turn by hand,
 * so nothing below `cli/` ever reads the time by itself.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z as the box believes; may jump either way. */
  wallMs(): number;
  /** Milliseconds since an arbitrary start of this boot; never goes backwards, fractions allowed. */
  monotonicMs(): number;
  quality(): ClockQuality;
  /** Runs `task` once, `delayMs` from now on the monotonic clock. */
  after(delayMs: number, task: () => void): Cancel;
}

/** A promise that is fulfilled `delayMs` from now. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
