import { fraction } from "./page-clock.ts";

/** The first wait after a failure, and the longest: a gateway that starts anew is soon back. */
const retryMsMin = 200;
const retryMsMax = 3_000;

/** Waits between tries, each twice as long as the one before; half of it is chance, so that screens do not come at once. */
export class Retry {
  #nextMs = retryMsMin;

  nextMs(): number {
    const waitMs = this.#nextMs * (0.5 + fraction() / 2);
    this.#nextMs = Math.min(retryMsMax, this.#nextMs * 2);
    return waitMs;
  }

  succeeded(): void {
    this.#nextMs = retryMsMin;
  }
}
