import type { Clock } from "../../protocols/clock.ts";
import type { Pulse } from "../../protocols/progress.ts";

export interface AskedPartOptions {
  readonly part: string;
  /** Rejected where it has not reacted. */
  readonly ask: () => Promise<void>;
  /** Between an answer and the next question. */
  readonly everyMs: number;
  readonly stillMsMax: number;
  readonly clock: Clock;
}

/** A part that shows no progress by itself and is asked for it: each answer is a step. */
export class AskedPart {
  readonly #options: AskedPartOptions;
  #answers = 0;
  #asking = false;
  #dueMs: number;

  constructor(options: AskedPartOptions) {
    this.#options = options;
    this.#dueMs = options.clock.monotonicMs();
  }

  /** Asks when it is time; one question at a time. */
  look(): void {
    const { clock, ask, everyMs } = this.#options;
    if (this.#asking || clock.monotonicMs() < this.#dueMs) return;
    this.#asking = true;
    void this.#ask(ask).then(() => {
      this.#asking = false;
      this.#dueMs = clock.monotonicMs() + everyMs;
    });
  }

  async #ask(ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
      this.#answers += 1;
    } catch {
      // No answer, no step.
    }
  }

  pulse(): Pulse {
    const { part, stillMsMax } = this.#options;
    return { part, steps: this.#answers, rests: false, stillMsMax };
  }
}
