import type { Logger } from "pino";
import type { Cancel, Clock } from "../protocols/clock.ts";
import type { Pulse } from "../protocols/progress.ts";
import type { Random } from "../protocols/random.ts";
import { type Reading, type ReadingSink, readingsPerMessageMax } from "../protocols/readings.ts";
import { messageOf } from "./deadline.ts";
import { Fifo } from "./fifo.ts";

/** Readings kept in memory while the sink takes none: over an hour at 10 a second, some 30 MB. */
export const readingsWaitingMax = 50_000;
/** First wait after a refusal; a commit that lost against a busy disk is soon worth another try. */
export const retryMsMin = 100;
/** A batch that the sink neither takes nor refuses: longer than the gateway's commit may take on a card in trouble. */
export const offerMsMax = 90_000;
/** Longest wait between tries while the sink goes on refusing. */
export const retryMsMax = 5_000;

export interface DeliveryOptions {
  readonly sink: ReadingSink;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The sink has these on disk. */
  readonly onCommitted?: (readings: readonly Reading[]) => void;
  /** There was no room for this one. */
  readonly onDropped?: (reading: Reading) => void;
  readonly readingsWaitingMax?: number;
}

/**
 * The readings between devices and sink, in order: what comes while the sink is at work goes with the next
 * batch, and what it refuses is offered again until it takes it.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #waitingMax: number;
  /** Two queues that are merged by sequence, so that what may go is found at once and the order stays. */
  readonly #droppable = new Fifo<Reading>();
  readonly #lasting = new Fifo<Reading>();
  readonly #idle: (() => void)[] = [];
  #batch: readonly Reading[] = [];
  #working = false;
  #refusals = 0;
  #offers = 0;
  #offering = false;
  #retry: Cancel | undefined;
  #closed = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#waitingMax = options.readingsWaitingMax ?? readingsWaitingMax;
  }

  /** Readings that the sink has not taken yet. */
  get waiting(): number {
    return this.#droppable.length + this.#lasting.length + this.#batch.length;
  }

  /** It gets on as long as the sink answers, whatever it answers. */
  pulse(): Pulse {
    return { part: "delivery", steps: this.#offers, rests: !this.#offering, stillMsMax: offerMsMax };
  }

  put(reading: Reading): void {
    if (this.#closed) return;
    (isDroppable(reading) ? this.#droppable : this.#lasting).push(reading);
    while (this.waiting > this.#waitingMax && this.#dropOne()) {
      // One at a time: a batch on its way to the sink is not there to be dropped.
    }
    this.#startWork();
  }

  /** Fulfilled when everything is delivered, or after `withinMs`; afterwards nothing is taken any more. */
  async close(withinMs: number): Promise<void> {
    if (this.waiting > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.#options.clock.after(withinMs, resolve);
        this.#idle.push(() => {
          cancel();
          resolve();
        });
      });
    }
    this.#closed = true;
    this.#retry?.();
  }

  #dropOne(): boolean {
    const reading = this.#droppable.shift() ?? this.#lasting.shift();
    if (reading === undefined) return false;
    this.#options.onDropped?.(reading);
    return true;
  }

  /** At the end of this turn, so that the readings of one chunk of bytes go together; no timer, no wait. */
  #startWork(): void {
    if (this.#working) return;
    this.#working = true;
    queueMicrotask(() => void this.#work());
  }

  async #work(): Promise<void> {
    while (!this.#closed) {
      const held = this.#batch.length === 0 && this.waiting > 0 ? this.#options.sink.gather?.() : undefined;
      if (held !== undefined) await held;
      if (this.#batch.length === 0) this.#batch = this.#takeBatch();
      if (this.#batch.length === 0) break;
      const failure = await this.#offer(this.#batch);
      if (failure !== undefined) {
        this.#retryLater(failure);
        return;
      }
      this.#committed();
    }
    this.#working = false;
    for (const idle of this.#idle.splice(0)) idle();
  }

  async #offer(batch: readonly Reading[]): Promise<{ readonly error: unknown } | undefined> {
    this.#offering = true;
    try {
      await this.#options.sink.accept(batch);
      return undefined;
    } catch (error) {
      return { error };
    } finally {
      this.#offering = false;
      this.#offers += 1;
    }
  }

  #committed(): void {
    const batch = this.#batch;
    this.#batch = [];
    if (this.#refusals > 0)
      this.#options.log.info({ event: "readings-accepted-again", refusals: this.#refusals });
    this.#refusals = 0;
    this.#options.onCommitted?.(batch);
  }

  #retryLater({ error }: { readonly error: unknown }): void {
    this.#refusals += 1;
    if (this.#refusals === 1)
      this.#options.log.warn({ event: "readings-refused", reason: messageOf(error), waiting: this.waiting });
    const spanMs = Math.min(retryMsMax, retryMsMin * 2 ** Math.min(this.#refusals, 16)) - retryMsMin;
    const delayMs = retryMsMin + this.#options.random.fraction() * spanMs;
    this.#retry = this.#options.clock.after(delayMs, () => void this.#work());
  }

  #takeBatch(): readonly Reading[] {
    const batch: Reading[] = [];
    while (batch.length < readingsPerMessageMax) {
      const reading = this.#next();
      if (reading === undefined) break;
      batch.push(reading);
    }
    return batch;
  }

  #next(): Reading | undefined {
    const droppable = this.#droppable.peek();
    const lasting = this.#lasting.peek();
    if (droppable === undefined) return this.#lasting.shift();
    if (lasting === undefined || droppable.sequence < lasting.sequence) return this.#droppable.shift();
    return this.#lasting.shift();
  }
}

/** What the store can do without: the next one says it again. */
function isDroppable({ observation }: Reading): boolean {
  const isTelemetry = observation.kind === "printer" || observation.kind === "health";
  return isTelemetry || (observation.kind === "tag" && observation.change === "present");
}
