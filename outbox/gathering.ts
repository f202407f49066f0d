import type { Clock } from "../protocols/clock.ts";
import { commitWaitMs, newPace, type PaceRules, type PaceState, stepPace } from "./commit-pace.ts";

/**
 * Holds those who are about to commit together, for as long as the pace says. Once a wait is over, whoever
 * asks until the next transaction begins waits no more: a reading passes several who ask on its way.
 */
export class Gathering {
  readonly #clock: Clock;
  readonly #rules: PaceRules;
  #pace: PaceState;
  #open: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  /** Until when a wait that is over counts for those who ask after it. */
  #ripeUntilMs = Number.NEGATIVE_INFINITY;
  #hurried = false;

  constructor(clock: Clock, rules: PaceRules) {
    this.#clock = clock;
    this.#rules = rules;
    this.#pace = newPace(rules, clock.monotonicMs());
  }

  /** How long the next commit is held. */
  get waitMs(): number {
    return commitWaitMs(this.#pace, this.#rules);
  }

  /** Fulfilled when it is time to commit; undefined when it is now. */
  gather(): Promise<void> | undefined {
    const { waitMs } = this;
    if (waitMs === 0 || this.#hurried || this.#clock.monotonicMs() < this.#ripeUntilMs) return undefined;
    this.#open ??= this.#begin(waitMs);
    return this.#open.over;
  }

  /** A transaction with something new in it begins. */
  committing(): void {
    this.#ripeUntilMs = Number.NEGATIVE_INFINITY;
    this.#pace = stepPace(this.#pace, { kind: "committed", atMs: this.#clock.monotonicMs() }, this.#rules);
  }

  /** The kernel's count of what this process wrote since the last call. */
  measured(bytes: number): void {
    const input = { kind: "measured", bytes, atMs: this.#clock.monotonicMs() } as const;
    this.#pace = stepPace(this.#pace, input, this.#rules);
  }

  /** From now on nobody is held: there is an end to come to. */
  hurry(): void {
    this.#hurried = true;
    this.#open?.end();
  }

  #begin(waitMs: number): { readonly over: Promise<void>; readonly end: () => void } {
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      const cancel = this.#clock.after(waitMs, () => end());
      end = () => {
        cancel();
        this.#open = undefined;
        this.#ripeUntilMs = this.#clock.monotonicMs() + waitMs;
        resolve();
      };
    });
    return { over, end };
  }
}
