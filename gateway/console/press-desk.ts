import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Clock } from "../../protocols/clock.ts";
import { consoleAgent } from "../../protocols/config/console.ts";
import { nameSchema, queueActionSchema, type Reading } from "../../protocols/readings.ts";
import { type Answer, json, refusal } from "./answer.ts";
import { consoleLimits } from "./limits.ts";
import type { Screen } from "./screens.ts";

/** A press as a page sends it, again and again under the same id until it is answered. */
export const pressSchema = z.strictObject({
  id: z.uuid(),
  screen: z.enum(["kiosk", "counter"]),
  readPoint: nameSchema,
  action: queueActionSchema,
});
export type Press = z.infer<typeof pressSchema>;

export interface PressDeskOptions {
  /** Fulfilled when the readings are on disk. */
  readonly accept: (readings: readonly Reading[]) => Promise<void>;
  /** What the page that pressed is to show, as the disk has it. */
  readonly answer: (screen: Screen, press: Press) => unknown;
  readonly clock: Clock;
  readonly boot: string;
}

interface Kept {
  readonly press: Press;
  readonly answer: Promise<Answer>;
}

/**
 * Makes a reading of each press, and answers when it is on disk. The press's id is the reading's, and its epoch:
 * the intake's marks thus know it again after a restart as well, in the transaction that took it.
 */
export class PressDesk {
  readonly #options: PressDeskOptions;
  /** The oldest first. */
  readonly #kept = new Map<string, Kept>();
  #inFlight = 0;

  constructor(options: PressDeskOptions) {
    this.#options = options;
  }

  take(press: Press): Promise<Answer> {
    const known = this.#kept.get(press.id);
    if (known !== undefined) {
      return isDeepStrictEqual(known.press, press) ? known.answer : Promise.resolve(refusal("other-press"));
    }
    if (this.#inFlight >= consoleLimits.pressesInFlightMax) return Promise.resolve(refusal("later"));
    const answer = this.#commit(press);
    this.#kept.set(press.id, { press, answer });
    this.#forget();
    return answer;
  }

  async #commit(press: Press): Promise<Answer> {
    this.#inFlight += 1;
    try {
      await this.#options.accept([this.#readingOf(press)]);
      return json(this.#options.answer({ kind: press.screen, readPoint: press.readPoint }, press));
    } catch {
      // Nothing of it is on disk: whoever asks again is a first one.
      this.#kept.delete(press.id);
      return refusal("later");
    } finally {
      this.#inFlight -= 1;
    }
  }

  #readingOf({ id, readPoint, action }: Press): Reading {
    const { clock, boot } = this.#options;
    return {
      id,
      agent: consoleAgent,
      epoch: id,
      sequence: 1,
      device: consoleAgent,
      readPoint,
      at: {
        wallMs: Math.floor(clock.wallMs()),
        monotonicMs: clock.monotonicMs(),
        boot,
        clock: clock.quality(),
      },
      observation: { kind: "action", action },
    };
  }

  #forget(): void {
    for (const id of this.#kept.keys()) {
      if (this.#kept.size <= consoleLimits.answersKept) return;
      this.#kept.delete(id);
    }
  }
}
