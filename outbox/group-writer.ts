import type { Clock } from "../protocols/clock.ts";

/** What may go into one transaction, so that a long queue does not become one long silence. */
const groupBytesMax = 4 * 1024 * 1024;

interface Waiting<Item> {
  readonly item: Item;
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface GroupWriterActions<Item> {
  /** Writes all items in one transaction, or none of them. */
  readonly write: (items: readonly Item[]) => Promise<void>;
  /** Called once for a failed group, before anything is rejected. */
  readonly undo: (error: unknown) => void;
}

/**
 * Group commit: everything that is added while a transaction runs goes into the next one together, and
 * shares its fsync. An idle writer starts at once, unless all that waits is patient. A failed transaction takes everything behind it along,
 * because what is behind has numbers that follow it.
 */
export class GroupWriter<Item> {
  readonly #actions: GroupWriterActions<Item>;
  readonly #clock: Clock;
  #waiting: Waiting<Item>[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | undefined;
  /** When the least patient of those that wait must be written. */
  #dueMs = Number.POSITIVE_INFINITY;
  #hurried = false;
  /** Ends the pause that is being made for patient items. */
  #endPause: () => void = () => {};

  constructor(actions: GroupWriterActions<Item>, clock: Clock) {
    this.#actions = actions;
    this.#clock = clock;
  }

  /** Bytes that were added and are in no transaction yet. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** A patient item waits `patienceMs` for others to go with; it never lets another wait. */
  add(item: Item, bytes: number, patienceMs = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, bytes, resolve, reject });
      this.#waitingBytes += bytes;
      const dueMs = this.#clock.monotonicMs() + patienceMs;
      if (dueMs < this.#dueMs) {
        this.#dueMs = dueMs;
        this.#endPause();
      }
      this.#running ??= this.#run();
    });
  }

  /** Fulfilled when nothing waits or runs any more; patience has an end from here on. */
  async idle(): Promise<void> {
    this.#hurried = true;
    this.#endPause();
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    // What is added in the same turn belongs together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const patienceMs = this.#dueMs - this.#clock.monotonicMs();
      if (patienceMs > 0 && !this.#hurried) await this.#pause(patienceMs);
      else await this.#writeGroup(this.#take());
    }
    this.#running = undefined;
  }

  #pause(pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(pauseMs, () => this.#endPause());
      this.#endPause = () => {
        cancel();
        this.#endPause = () => {};
        resolve();
      };
    });
  }

  async #writeGroup(group: readonly Waiting<Item>[]): Promise<void> {
    try {
      await this.#actions.write(group.map(({ item }) => item));
    } catch (error) {
      const failed = [...group, ...this.#waiting];
      this.#waiting = [];
      this.#waitingBytes = 0;
      this.#dueMs = Number.POSITIVE_INFINITY;
      this.#actions.undo(error);
      for (const { reject } of failed) reject(error);
      return;
    }
    for (const { resolve } of group) resolve();
  }

  #take(): Waiting<Item>[] {
    let count = 0;
    let bytes = 0;
    for (const next of this.#waiting) {
      if (count > 0 && bytes + next.bytes > groupBytesMax) break;
      count += 1;
      bytes += next.bytes;
    }
    this.#waitingBytes -= bytes;
    const group = this.#waiting.splice(0, count);
    // What found no room has been waiting already.
    this.#dueMs = this.#waiting.length > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return group;
  }
}
