import type { Cancel, Clock } from "../protocols/clock.ts";
import type { Watermark } from "../protocols/events.ts";
import type { MessageLink } from "../protocols/message-link.ts";
import { type GatewayName, uplinkTopics } from "../protocols/topics.ts";

/** Publishes on their way at once; a new connection makes ten thousand of them due together. */
const publishesInFlightMax = 64;
/**
 * A gateway hears its watermark at most so often. Nobody waits for it, and each one costs the gateway's
 * card a write and the broker as much as an event.
 */
export const watermarkEveryMsDefault = 200;

export interface WatermarkPublisherOptions {
  readonly link: MessageLink;
  readonly clock: Clock;
  /** The length of a beat; 0 tells every change at once. */
  readonly everyMs: number;
  readonly watermarkOf: (key: string) => { name: GatewayName; watermark: Watermark } | undefined;
}

/**
 * Tells gateways their watermarks, retained. What changes within a beat goes out as one, the first change
 * after a quiet beat at once. What could not be sent stays due until the link is up again.
 */
export class WatermarkPublisher {
  readonly #options: WatermarkPublisherOptions;
  /** Gateways whose watermark has moved since the beat began. */
  readonly #due = new Set<string>();
  /** Gateways that this beat tells. */
  readonly #queue = new Set<string>();
  readonly #inFlight = new Set<string>();
  #endBeat: Cancel | undefined;
  published = 0;

  constructor(options: WatermarkPublisherOptions) {
    this.#options = options;
  }

  /** The watermarks of these gateways have moved, or shall be said again. */
  publish(keys: Iterable<string>): void {
    for (const key of keys) this.#due.add(key);
    if (this.#endBeat === undefined && this.#due.size > 0) this.#beginBeat();
  }

  close(): void {
    this.#endBeat?.();
  }

  #beginBeat(): void {
    for (const key of this.#due) this.#queue.add(key);
    this.#due.clear();
    const { clock, everyMs } = this.#options;
    if (everyMs > 0) {
      this.#endBeat = clock.after(everyMs, () => {
        this.#endBeat = undefined;
        if (this.#due.size > 0) this.#beginBeat();
      });
    }
    this.#send();
  }

  #send(): void {
    if (!this.#options.link.up) return;
    for (const key of this.#queue) {
      if (this.#inFlight.size >= publishesInFlightMax) return;
      if (!this.#inFlight.has(key)) void this.#sendOne(key);
    }
  }

  async #sendOne(key: string): Promise<void> {
    this.#queue.delete(key);
    const found = this.#options.watermarkOf(key);
    if (found === undefined) return;
    this.#inFlight.add(key);
    const topic = uplinkTopics.acknowledgement(found.name);
    const sent = await this.#options.link
      .publish(topic, JSON.stringify(found.watermark), { retain: true })
      .then(
        () => true,
        () => false,
      );
    this.#inFlight.delete(key);
    if (sent) this.published += 1;
    else this.#queue.add(key);
    // A failed publish waits for the next beat or connection; trying at once would spin.
    if (sent) this.#send();
  }
}
