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
 * shares its fsync. An idle writer starts at once. A failed transaction takes everything behind it along,
 * because what is behind has numbers that follow it.
 */
export class GroupWriter<Item> {
  readonly #actions: GroupWriterActions<Item>;
  #waiting: Waiting<Item>[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | undefined;

  constructor(actions: GroupWriterActions<Item>) {
    this.#actions = actions;
  }

  /** Bytes that were added and are in no transaction yet. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  add(item: Item, bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, bytes, resolve, reject });
      this.#waitingBytes += bytes;
      this.#running ??= this.#run();
    });
  }

  /** Fulfilled when nothing waits or runs any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    // What is added in the same turn belongs together.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#writeGroup(this.#take());
    this.#running = undefined;
  }

  async #writeGroup(group: readonly Waiting<Item>[]): Promise<void> {
    try {
      await this.#actions.write(group.map(({ item }) => item));
    } catch (error) {
      const failed = [...group, ...this.#waiting];
      this.#waiting = [];
      this.#waitingBytes = 0;
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
    return this.#waiting.splice(0, count);
  }
}
