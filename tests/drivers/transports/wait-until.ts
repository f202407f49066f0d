import { setTimeout as pause } from "node:timers/promises";

/** How often the state is looked at while waiting for it. */
const lookEveryMs = 2;

/** Fulfilled once `reached` holds; rejected, saying what was waited for, when it does not come about. */
export async function waitUntil(what: string, reached: () => boolean, msMax = 5_000): Promise<void> {
  for (let waitedMs = 0; !reached(); waitedMs += lookEveryMs) {
    if (waitedMs >= msMax) throw new Error(`it did not come about: ${what}`);
    await pause(lookEveryMs);
  }
}
