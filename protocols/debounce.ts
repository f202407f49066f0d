import type { Cancel, Clock } from "./clock.ts";

/** Turns the chatter of a contact into edges; the GPIO transport and its simulated twin share it. */
export interface Debounce {
  /** The line moved, or may have: what it settles at is read once it has been quiet. */
  moved(): void;
  /** Looks at the line although nothing was heard, unless it is about to be read anyway. */
  check(): void;
  stop(): void;
}

/**
 * Reports a level once the line has been quiet for `quietMs`, and only when it differs from the last one
 * reported. What counts is the level read then, so an interrupt that was lost or merged does no harm.
 */
export function debounce(
  quiet: { readonly clock: Clock; readonly quietMs: number },
  initial: boolean,
  read: () => boolean,
  settled: (active: boolean) => void,
): Debounce {
  let reported = initial;
  let cancel: Cancel | undefined;
  const settle = (): void => {
    cancel = undefined;
    const active = read();
    if (active === reported) return;
    reported = active;
    settled(active);
  };
  const moved = (): void => {
    cancel?.();
    cancel = quiet.clock.after(quiet.quietMs, settle);
  };
  return {
    moved,
    check() {
      if (cancel === undefined) moved();
    },
    stop: () => cancel?.(),
  };
}
