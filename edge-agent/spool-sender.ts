import type { Logger } from "pino";
import type { BatchLimits, Outbox, StoredEntry } from "../outbox/outbox.ts";
import type { Cancel, Clock } from "../protocols/clock.ts";
import type { MessageLink } from "../protocols/message-link.ts";
import { readingsPerMessageMax } from "../protocols/readings.ts";
import { localTopics } from "../protocols/topics.ts";
import { messageOf } from "./deadline.ts";

/** The outbox stream, and the category in it, of readings. */
export const readingStream = "reading";
/** Readings of one message; its bytes stay well below a broker's packet limit. */
export const messageLimits: BatchLimits = { rowsMax: readingsPerMessageMax, bytesMax: 128 * 1_024 };
/** Messages on their way without PUBACK: enough to keep the store broker busy during its commits. */
export const messagesInFlightMax = 8;
/** Wait before a refused message is sent again over a link that is still up. */
export const resendAfterMs = 1_000;

export interface SpoolSenderOptions {
  readonly agent: string;
  readonly outbox: Outbox;
  readonly link: MessageLink;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Message {
  readonly through: number;
  state: "sent" | "acknowledged" | "refused";
}

/**
 * Sends the spool in order. After a refusal nothing new is sent until all that is on its way has been
 * answered; then it goes back to the first message that was not acknowledged, so that none is overtaken.
 */
export class SpoolSender {
  readonly #options: SpoolSenderOptions;
  readonly #topic: string;
  readonly #stopListening: Cancel;
  #inFlight: Message[] = [];
  #sentThrough: number;
  #settledThrough: number;
  /** Between a refusal and the next try. */
  #held = false;
  #woken = false;
  #filling: Promise<void> | undefined;
  #retry: Cancel | undefined;
  #closed = false;

  constructor(options: SpoolSenderOptions) {
    this.#options = options;
    this.#topic = localTopics.reading(options.agent);
    this.#settledThrough = options.outbox.position(readingStream).settled;
    this.#sentThrough = this.#settledThrough;
    this.#stopListening = options.link.onUp(() => this.#resume());
  }

  /** There is something new on disk. */
  wake(): void {
    this.#woken = true;
    if (this.#filling !== undefined || !this.#maySend()) return;
    this.#filling = this.#fill().finally(() => {
      this.#filling = undefined;
      // Between its last look and this moment somebody may have called in vain.
      if (this.#woken) this.wake();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.();
    this.#stopListening();
    await this.#filling;
  }

  #maySend(): boolean {
    const hasRoom = this.#inFlight.length < messagesInFlightMax;
    return !this.#closed && !this.#held && this.#options.link.up && hasRoom;
  }

  async #fill(): Promise<void> {
    while (this.#maySend()) {
      this.#woken = false;
      const after = this.#sentThrough;
      const entries = await this.#read(after);
      // While the disk was read a refusal may have sent us back, or the link may have fallen.
      if (after !== this.#sentThrough || !this.#maySend()) continue;
      if (entries.length > 0) this.#send(entries);
      else if (!this.#woken) return;
    }
  }

  async #read(after: number): Promise<readonly StoredEntry[]> {
    try {
      return await this.#options.outbox.nextBatch(readingStream, after, messageLimits);
    } catch (error) {
      this.#options.log.error({ event: "spool-unreadable", reason: messageOf(error) });
      this.#hold();
      return [];
    }
  }

  #send(entries: readonly StoredEntry[]): void {
    const through = entries.at(-1)?.sequence ?? this.#sentThrough;
    const message: Message = { through, state: "sent" };
    this.#inFlight.push(message);
    this.#sentThrough = through;
    const payload = `[${entries.map((entry) => entry.body).join(",")}]`;
    this.#options.link.publish(this.#topic, payload).then(
      () => this.#acknowledged(message),
      (error: unknown) => this.#refused(message, error),
    );
  }

  #acknowledged(message: Message): void {
    message.state = "acknowledged";
    if (this.#closed) return;
    const before = this.#settledThrough;
    while (this.#inFlight[0]?.state === "acknowledged")
      this.#settledThrough = this.#inFlight.shift()?.through ?? this.#settledThrough;
    if (this.#settledThrough > before) this.#settle();
    if (this.#held) this.#hold();
    else this.wake();
  }

  #refused(message: Message, error: unknown): void {
    message.state = "refused";
    if (this.#closed) return;
    if (this.#options.link.up && !this.#held)
      this.#options.log.warn({ event: "spool-refused", reason: messageOf(error) });
    this.#hold();
  }

  /** Every answer that comes while sending is held moves the next try; the last one counts. */
  #hold(): void {
    this.#held = true;
    this.#retry?.();
    this.#retry = this.#options.clock.after(resendAfterMs, () => this.#resume());
  }

  #resume(): void {
    if (this.#closed || this.#isOnItsWay()) return;
    this.#retry?.();
    this.#inFlight = [];
    this.#sentThrough = this.#settledThrough;
    this.#held = false;
    this.wake();
  }

  #isOnItsWay(): boolean {
    return this.#inFlight.some((message) => message.state === "sent");
  }

  /** What cannot be settled now is settled with the next one; until then it is only sent once more after a start. */
  #settle(): void {
    this.#options.outbox.settle(readingStream, this.#settledThrough).catch((error: unknown) => {
      this.#options.log.error({ event: "spool-not-settled", reason: messageOf(error) });
    });
  }
}
