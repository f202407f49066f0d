import type { Outbox } from "../../outbox/outbox.ts";
import { CallLedger, watchCalls } from "../../protocols/call-ledger.ts";
import type { Pulse } from "../../protocols/progress.ts";

/**
 * A commit, or a read, that comes back neither done nor failed for so long hangs in the kernel: a card that
 * cleans up inside takes seconds, SQLite waits 5 s for a lock, a full checkpoint on a slow card 10 s.
 */
const diskMsMax = 60_000;

/** An outbox as seen from outside: whether what goes to the disk comes back from it. */
export class OutboxWatch {
  readonly outbox: Outbox;
  readonly #written = new CallLedger();
  readonly #read = new CallLedger();

  constructor(outbox: Outbox) {
    const read = this.#read;
    this.outbox = watchCalls(outbox, {
      commit: this.#written,
      nextBatch: read,
      documents: read,
      marks: read,
    });
  }

  pulses(): readonly Pulse[] {
    return [pulseOf("writer", this.#written), pulseOf("reader", this.#read)];
  }
}

export const pulseOf = (part: "writer" | "reader", { settled, open }: CallLedger): Pulse => ({
  part,
  steps: settled,
  rests: open === 0,
  stillMsMax: diskMsMax,
});
