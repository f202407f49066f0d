import type { Logger } from "pino";
import type { Outbox } from "../../outbox/outbox.ts";
import type { Stream } from "../../protocols/topics.ts";

/** Settles what is confirmed; one settle of a stream at a time goes to disk. */
export class Settling {
  readonly #outbox: Outbox;
  readonly #log: Logger;
  readonly #streams = new Map<Stream, { wanted: number; running: boolean }>();

  constructor(outbox: Outbox, log: Logger) {
    this.#outbox = outbox;
    this.#log = log;
  }

  settle(stream: Stream, through: number): void {
    const settling = this.#streams.get(stream) ?? { wanted: 0, running: false };
    this.#streams.set(stream, settling);
    settling.wanted = through;
    if (!settling.running) void this.#settleOnDisk(stream, settling);
  }

  /** What could not be written is tried again: HQ says no more of a stream in which nothing happens any more. */
  again(): void {
    for (const [stream, settling] of this.#streams) {
      const behind = this.#outbox.position(stream).settled < settling.wanted;
      if (behind && !settling.running) void this.#settleOnDisk(stream, settling);
    }
  }

  /** Watermarks that come while one is being written are written together. */
  async #settleOnDisk(stream: Stream, settling: { wanted: number; running: boolean }): Promise<void> {
    settling.running = true;
    let written = 0;
    try {
      while (written < settling.wanted) {
        written = settling.wanted;
        await this.#outbox.settle(stream, written);
      }
    } catch (error) {
      // Nothing is lost by it: HQ's next watermark settles this one as well, or `again` does.
      this.#log.error({ event: "settle-failed", stream, reason: String(error) });
    } finally {
      settling.running = false;
    }
  }
}
