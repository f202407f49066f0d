import type { Clock } from "../../protocols/clock.ts";

export interface AllowanceRules {
  readonly perSecond: number;
  readonly burst: number;
  /** Names remembered; beyond it those with a whole allowance are forgotten, which changes nothing for them. */
  readonly namesMax: number;
}

interface Left {
  readonly count: number;
  readonly atMs: number;
}

/** How much each name may still do: so many a second in the long run, and a burst at once. */
export class Allowance {
  readonly #rules: AllowanceRules;
  readonly #clock: Clock;
  readonly #left = new Map<string, Left>();

  constructor(rules: AllowanceRules, clock: Clock) {
    this.#rules = rules;
    this.#clock = clock;
  }

  /** Whether this name may do one more thing now; it is counted then. */
  take(name: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    const count = this.#grown(this.#left.get(name), nowMs);
    if (count < 1) return false;
    if (!this.#left.has(name) && this.#left.size >= this.#rules.namesMax) this.#forget(nowMs);
    // All names are at work: a stranger waits until one of them rests.
    if (!this.#left.has(name) && this.#left.size >= this.#rules.namesMax) return false;
    this.#left.set(name, { count: count - 1, atMs: nowMs });
    return true;
  }

  #grown(left: Left | undefined, nowMs: number): number {
    const { burst, perSecond } = this.#rules;
    return left === undefined
      ? burst
      : Math.min(burst, left.count + ((nowMs - left.atMs) / 1_000) * perSecond);
  }

  #forget(nowMs: number): void {
    for (const [name, left] of this.#left) {
      if (this.#grown(left, nowMs) >= this.#rules.burst) this.#left.delete(name);
    }
  }
}
