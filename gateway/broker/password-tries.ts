import type { Clock } from "../../protocols/clock.ts";
import { passwordLimits } from "./limits.ts";

interface Guesser {
  readonly wrong: number;
  readonly lastMs: number;
}

/**
 * Wrong passwords by host and account. After some free tries the next one has to wait, twice as long each
 * time, and whatever comes before is refused unseen. An account's own host does not suffer from the guesses of another.
 */
export class PasswordTries {
  readonly #clock: Clock;
  /** The one that was wrong longest ago first. */
  readonly #guessers = new Map<string, Guesser>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  mayTry(who: string): boolean {
    const guesser = this.#guessers.get(who);
    return guesser === undefined || this.#clock.monotonicMs() >= guesser.lastMs + waitMs(guesser.wrong);
  }

  wrong(who: string): void {
    const nowMs = this.#clock.monotonicMs();
    const before = this.#guessers.get(who);
    const isFresh = before !== undefined && nowMs - before.lastMs < passwordLimits.forgottenAfterMs;
    this.#guessers.delete(who);
    if (this.#guessers.size >= passwordLimits.guessersMax) this.#forgetOldest();
    this.#guessers.set(who, { wrong: (isFresh ? before.wrong : 0) + 1, lastMs: nowMs });
  }

  right(who: string): void {
    this.#guessers.delete(who);
  }

  #forgetOldest(): void {
    for (const oldest of this.#guessers.keys()) {
      this.#guessers.delete(oldest);
      return;
    }
  }
}

function waitMs(wrong: number): number {
  const { freeTries, waitMsMin, waitMsMax } = passwordLimits;
  if (wrong < freeTries) return 0;
  return Math.min(waitMsMax, waitMsMin * 2 ** Math.min(wrong - freeTries, 16));
}
