import type { Watermark } from "../protocols/events.ts";
import type { MessageLink } from "../protocols/message-link.ts";
import { type GatewayName, uplinkTopics } from "../protocols/topics.ts";

/** Publishes on their way at once; a new connection makes ten thousand of them due together. */
const publishesInFlightMax = 64;

/**
 * Tells gateways their watermarks, retained. Each gateway has at most one on its way, and what changes
 * meanwhile goes out as one. What could not be sent stays due until the link is up again.
 */
export class WatermarkPublisher {
  readonly #link: MessageLink;
  readonly #watermarkOf: (key: string) => { name: GatewayName; watermark: Watermark } | undefined;
  readonly #due = new Set<string>();
  readonly #inFlight = new Set<string>();
  published = 0;

  constructor(
    link: MessageLink,
    watermarkOf: (key: string) => { name: GatewayName; watermark: Watermark } | undefined,
  ) {
    this.#link = link;
    this.#watermarkOf = watermarkOf;
  }

  /** The watermarks of these gateways have moved, or shall be said again. */
  publish(keys: Iterable<string>): void {
    for (const key of keys) this.#due.add(key);
    this.#send();
  }

  #send(): void {
    if (!this.#link.up) return;
    for (const key of this.#due) {
      if (this.#inFlight.size >= publishesInFlightMax) return;
      if (!this.#inFlight.has(key)) void this.#sendOne(key);
    }
  }

  async #sendOne(key: string): Promise<void> {
    this.#due.delete(key);
    const found = this.#watermarkOf(key);
    if (found === undefined) return;
    this.#inFlight.add(key);
    const topic = uplinkTopics.acknowledgement(found.name);
    const sent = await this.#link.publish(topic, JSON.stringify(found.watermark), { retain: true }).then(
      () => true,
      () => false,
    );
    this.#inFlight.delete(key);
    if (sent) this.published += 1;
    else this.#due.add(key);
    // A failed publish waits for the next commit or connection; trying at once would spin.
    if (sent) this.#send();
  }
}
