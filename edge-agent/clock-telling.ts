import type { Cancel, Clock } from "../protocols/clock.ts";

/** How often an agent looks whether its clock has been set; events wait for that at the gateway. */
export const clockLookMs = 5_000;

/** Calls `tell` once when a clock that is not set yet has been set; whoever gets a stamp then knows the boot's time. */
export function whenSet(clock: Clock, tell: () => void): Cancel {
  if (clock.quality() === "synced") return () => undefined;
  let cancel: Cancel = () => undefined;
  const lookLater = (): void => {
    cancel = clock.after(clockLookMs, () => {
      if (clock.quality() === "synced") tell();
      else lookLater();
    });
  };
  lookLater();
  return () => cancel();
}
