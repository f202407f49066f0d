import { Fifo } from "./fifo.ts";

/**
 * Carries effects out one after the other, at once where nothing is waited for; one that takes its time
 * holds back those behind it. `carryOut` answers for its own failures: it neither throws nor rejects.
 */
export class EffectQueue<Effect> {
  readonly #carryOut: (effect: Effect) => void | Promise<void>;
  readonly #waiting = new Fifo<Effect>();
  #busy = false;

  constructor(carryOut: (effect: Effect) => void | Promise<void>) {
    this.#carryOut = carryOut;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** One is being carried out that takes its time. */
  get busy(): boolean {
    return this.#busy;
  }

  push(effects: readonly Effect[]): void {
    for (const effect of effects) this.#waiting.push(effect);
    if (!this.#busy) this.#advance();
  }

  /** Takes out whatever was not begun. */
  empty(): readonly Effect[] {
    const left: Effect[] = [];
    for (let effect = this.#waiting.shift(); effect !== undefined; effect = this.#waiting.shift())
      left.push(effect);
    return left;
  }

  #advance(): void {
    this.#busy = true;
    for (let effect = this.#waiting.shift(); effect !== undefined; effect = this.#waiting.shift()) {
      const work = this.#carryOut(effect);
      if (work === undefined) continue;
      void work.then(() => this.#advance());
      return;
    }
    this.#busy = false;
  }
}
