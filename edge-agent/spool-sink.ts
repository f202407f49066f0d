import type { Entry, Outbox } from "../outbox/outbox.ts";
import type { Reading, ReadingSink } from "../protocols/readings.ts";
import { readingStream, SpoolSender, type SpoolSenderOptions } from "./spool-sender.ts";

/**
 * The sink of an agent in a process of its own: what it takes is in its own outbox on disk, and a sender
 * brings it to the store broker. When the outbox is full its commit is refused, and so is the batch.
 */
export class SpoolSink implements ReadingSink {
  readonly #outbox: Outbox;
  readonly #sender: SpoolSender;
  /** The last reading taken, so that a batch that is offered again is not spooled again. */
  #taken: { readonly epoch: string; readonly sequence: number } | undefined;

  constructor(options: SpoolSenderOptions) {
    this.#outbox = options.outbox;
    this.#sender = new SpoolSender(options);
  }

  /** Readings on disk that the store broker has not acknowledged. */
  get backlog(): number {
    const { last, settled } = this.#outbox.position(readingStream);
    return last - settled;
  }

  async accept(readings: readonly Reading[]): Promise<void> {
    const taken = this.#taken;
    const fresh = readings.filter(
      ({ epoch, sequence }) => taken?.epoch !== epoch || sequence > taken.sequence,
    );
    const last = fresh.at(-1);
    if (last === undefined) return;
    await this.#outbox.commit({ entries: fresh.map((reading) => this.#entryOf(reading)) });
    this.#taken = { epoch: last.epoch, sequence: last.sequence };
    this.#sender.wake();
  }

  gather(): Promise<void> | undefined {
    return this.#outbox.gather();
  }

  /** Stops sending; the outbox and the link belong to the caller. */
  close(): Promise<void> {
    return this.#sender.close();
  }

  /**
   * On the way the reading has the spool's sequence, which outlives the process, and keeps the epoch of its
   * start: a card that forgot its last writes numbers anew what the gateway has seen, and would see dropped.
   */
  #entryOf(reading: Reading): Entry {
    return {
      stream: readingStream,
      category: readingStream,
      body: (sequence: number) => JSON.stringify({ ...reading, sequence }),
    };
  }
}
