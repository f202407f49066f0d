import type { Clock } from "../../protocols/clock.ts";
import type { EventDraft } from "../../protocols/events.ts";
import type { Stream } from "../../protocols/topics.ts";
import { lossDraft } from "../envelope.ts";
import type { Hole } from "./batches.ts";

/** HQ asks again until it has the answer, which may take a while on its way. */
const sameAnswerEveryMs = 60_000;
/** Each answer is an event on our disk: in that time so many, and the others when they are asked for again. */
const answersMax = 64;

interface LossAnswersOptions {
  readonly presence: { readonly epoch: string };
  readonly clock: Clock;
  readonly raise: (drafts: readonly EventDraft[]) => void;
}

/** Tells HQ of what it asks for and is no longer kept, each hole once in a while, however often it asks. */
export class LossAnswers {
  readonly #options: LossAnswersOptions;
  readonly #toldAtMs = new Map<string, number>();

  constructor(options: LossAnswersOptions) {
    this.#options = options;
  }

  tell(stream: Stream, hole: Hole): void {
    const { presence, clock, raise } = this.#options;
    const nowMs = clock.monotonicMs();
    for (const [told, atMs] of this.#toldAtMs) {
      if (nowMs - atMs >= sameAnswerEveryMs) this.#toldAtMs.delete(told);
    }
    const asked = `${stream} ${hole.from} ${hole.to}`;
    if (this.#toldAtMs.has(asked) || this.#toldAtMs.size >= answersMax) return;
    this.#toldAtMs.set(asked, nowMs);
    raise([lossDraft({ stream, epoch: presence.epoch, ...hole, reason: "no longer kept" }, clock)]);
  }
}
