import type { Cancel, Clock } from "../protocols/clock.ts";
import { GroupWriter } from "./group-writer.ts";
import { type OutboxLimits, removalRowsMax, retentionEveryMs, waitingBytesMax } from "./limits.ts";
import type {
  BatchLimits,
  Commit,
  Entry,
  Loss,
  Mark,
  Outbox,
  OutboxStatistics,
  StoredEntry,
  StreamPosition,
} from "./outbox.ts";
import { OutboxError } from "./outbox-error.ts";
import type { EntryRow, Storage, StreamMark } from "./storage.ts";
import {
  backlogBytes,
  backlogRows,
  bookOf,
  hasRoom,
  newBook,
  overflow,
  rolledBack,
  type StreamBook,
  written,
} from "./stream-book.ts";
import { Tail } from "./tail.ts";
import { merge, type Task, taskBytes } from "./task.ts";

export interface GroupedOutboxOptions {
  readonly clock: Clock;
  readonly limits: OutboxLimits;
  /** Makes the entry that tells of a loss; it is written in the transaction that loses. */
  readonly describeLoss?: ((loss: Loss) => Entry) | undefined;
  /** Told of every failed write and read, beside the rejections. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** The outbox's rules over any storage: numbering, groups, limits, retention. */
export class GroupedOutbox implements Outbox {
  readonly #storage: Storage;
  readonly #options: GroupedOutboxOptions;
  readonly #writer: GroupWriter<Task>;
  readonly #books = new Map<string, StreamBook>();
  readonly #tail: Tail;
  #bytesWritten = 0;
  #transactions = 0;
  #closed = false;
  #cancelRetention: Cancel = () => {};
  #retention: Promise<void> = Promise.resolve();

  private constructor(storage: Storage, options: GroupedOutboxOptions) {
    this.#storage = storage;
    this.#options = options;
    this.#tail = new Tail(options.limits.tailBytesMax);
    this.#writer = new GroupWriter({
      write: (tasks) => this.#write(tasks),
      undo: (error) => this.#undo(error),
    });
  }

  static async open(storage: Storage, options: GroupedOutboxOptions): Promise<GroupedOutbox> {
    const outbox = new GroupedOutbox(storage, options);
    await outbox.#readBooks();
    outbox.#planRetention();
    return outbox;
  }

  get epoch(): string {
    return this.#storage.epoch;
  }

  commit(commit: Commit): Promise<void> {
    let task: Task;
    try {
      this.#refuseWhenClosedOrFull(commit.entries ?? []);
      task = this.#number(commit);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    return this.#writer.add(task, taskBytes(task));
  }

  async nextBatch(stream: string, after: number, limits: BatchLimits): Promise<readonly StoredEntry[]> {
    const book = this.#books.get(stream);
    if (book === undefined || after >= book.stored.last) return [];
    const { number, oldest, last } = book.stored;
    // SQLite shows a commit to readers a moment before its writer is told (a checkpoint may lie between).
    const rowsMax = Math.min(limits.rowsMax, last - Math.max(after, oldest - 1));
    const query = { stream: number, after, bytesMax: limits.bytesMax, rowsMax };
    return this.#tail.entries(query) ?? this.#reported(this.#storage.entries(query));
  }

  async settle(stream: string, through: number): Promise<void> {
    if (this.#closed) throw new OutboxError("disk-failed", "the outbox is closed");
    const { last, settled } = this.position(stream);
    if (through > last) {
      throw new RangeError(
        `${stream} cannot be settled through ${through}: its last entry is ${last}. ` +
          "The other side knows entries that this outbox never made; was an old copy of the file put back?",
      );
    }
    const book = this.#books.get(stream);
    if (book === undefined || through <= settled) return;
    await this.#writer.add(markTask("settles", { stream: book.stored.number, through }), 0);
  }

  position(stream: string): StreamPosition {
    const stored = this.#books.get(stream)?.stored;
    return { last: stored?.last ?? 0, settled: stored?.settled ?? 0 };
  }

  documents(collection: string): Promise<ReadonlyMap<string, string>> {
    return this.#reported(this.#storage.documents(collection));
  }

  marks(): Promise<readonly Mark[]> {
    return this.#reported(this.#storage.marks());
  }

  statistics(): OutboxStatistics {
    const streams = [...this.#books.values()].map((book) => ({
      stream: book.stored.name,
      backlogRows: backlogRows(book),
      backlogBytes: backlogBytes(book),
      keptRows: Math.max(0, book.stored.settled - book.stored.oldest + 1),
    }));
    return { streams, bytesWritten: this.#bytesWritten, transactions: this.#transactions };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRetention();
    await this.#retention;
    await this.#writer.idle();
    await this.#storage.close();
  }

  /** Deletes, in small steps, settled entries that are too old or too many. Runs by itself every few seconds. */
  async forgetOld(): Promise<void> {
    for (const name of this.#books.keys()) {
      for (let removal = await this.#removal(name); removal; removal = await this.#removal(name)) {
        await this.#writer.add(markTask("removals", removal), 0);
      }
    }
  }

  /** A failed read is the caller's to know, and the owner's: it may be damage. */
  #reported<Value>(read: Promise<Value>): Promise<Value> {
    return read.catch((error: unknown) => {
      this.#options.onFailure?.(error);
      throw error;
    });
  }

  #refuseWhenClosedOrFull(entries: readonly Entry[]): void {
    if (this.#closed) throw new OutboxError("disk-failed", "the outbox is closed");
    if (this.#writer.waitingBytes > waitingBytesMax)
      throw new OutboxError("outbox-full", `more than ${waitingBytesMax} bytes wait for the disk`);
    const rows = new Map<string, number>();
    for (const { stream } of entries) rows.set(stream, (rows.get(stream) ?? 0) + 1);
    for (const [stream, count] of rows) {
      const limits = this.#options.limits;
      if (limits.droppable[stream] !== undefined || hasRoom(this.#book(stream), count, limits)) continue;
      throw new OutboxError(
        "outbox-full",
        `${stream} holds ${backlogRows(this.#book(stream))} entries that nobody has confirmed`,
      );
    }
  }

  /** Gives out the sequences. Nothing is remembered before every body is made, for a body may throw. */
  #number(commit: Commit): Task {
    const changed = new Map<string, StreamBook>();
    const { entries = [], marks = [], documents = [] } = commit;
    const rows = entries.map((entry) => this.#row(entry, changed));
    const drops = Object.keys(this.#options.limits.droppable).flatMap((stream) =>
      this.#drop(stream, changed),
    );
    const tellings = drops.flatMap(({ telling }) => telling.map((entry) => this.#row(entry, changed)));
    for (const [stream, book] of changed) this.#books.set(stream, book);
    const settles = drops.map(({ mark }) => mark);
    return { entries: [...rows, ...tellings], settles, removals: [], marks, documents };
  }

  /** What a droppable stream has to lose after this commit, and the entry that tells of it. */
  #drop(
    stream: string,
    changed: Map<string, StreamBook>,
  ): { readonly mark: StreamMark; readonly telling: Entry[] }[] {
    const book = changed.get(stream);
    const limits = this.#options.limits.droppable[stream];
    const lost = book && limits && overflow(book, limits);
    if (book === undefined || lost === undefined) return [];
    changed.set(stream, { ...book, dropped: lost.to });
    const telling = this.#options.describeLoss?.({ stream, epoch: this.epoch, ...lost });
    const mark = { stream: book.stored.number, through: lost.to };
    return [{ mark, telling: telling === undefined ? [] : [telling] }];
  }

  #row(entry: Entry, changed: Map<string, StreamBook>): EntryRow {
    const book = changed.get(entry.stream) ?? this.#book(entry.stream);
    const sequence = book.last + 1;
    const body = entry.body(sequence);
    const total = book.lastTotal + Buffer.byteLength(body);
    changed.set(entry.stream, { ...book, last: sequence, lastTotal: total });
    const { clock } = this.#options;
    const madeMs = clock.quality() === "synced" ? Math.floor(clock.wallMs()) : undefined;
    return { stream: book.stored.number, sequence, category: entry.category, body, total, madeMs };
  }

  #book(stream: string): StreamBook {
    const known = this.#books.get(stream);
    if (known !== undefined) return known;
    // Not their count: one that was refused by the disk has left its number free.
    const numbers = [...this.#books.values()].map(({ stored }) => stored.number);
    const book = newBook(stream, Math.max(0, ...numbers) + 1);
    this.#books.set(stream, book);
    return book;
  }

  async #write(tasks: readonly Task[]): Promise<void> {
    const unknown = [...this.#books.values()].filter((book) => !book.known);
    const group = merge(tasks);
    const streams = unknown
      .map(({ stored }) => ({ number: stored.number, name: stored.name }))
      .filter(({ number }) => group.entries.some((entry) => entry.stream === number));
    await this.#storage.write({ ...group, streams });
    this.#tail.remember(group.entries);
    for (const removal of group.removals) this.#tail.forget(removal);
    this.#transactions += 1;
    this.#bytesWritten += tasks.reduce((sum, task) => sum + taskBytes(task), 0);
    for (const [name, book] of this.#books) {
      this.#books.set(
        name,
        written(
          book,
          group.entries.filter((entry) => entry.stream === book.stored.number),
        ),
      );
    }
    if (group.settles.length + group.removals.length === 0) return;
    // The group is on disk, whatever this look at it brings; the next one sees the same and more.
    await this.#readBooks().catch((error: unknown) => this.#options.onFailure?.(error));
  }

  /** Takes over what only the storage can tell: sizes of what was settled, and what is still there. */
  async #readBooks(): Promise<void> {
    for (const stored of await this.#storage.streams()) {
      const book = this.#books.get(stored.name);
      this.#books.set(stored.name, book === undefined ? bookOf(stored) : { ...book, known: true, stored });
    }
  }

  #undo(error: unknown): void {
    for (const [name, book] of this.#books) this.#books.set(name, rolledBack(book));
    this.#options.onFailure?.(error);
  }

  #planRetention(): void {
    this.#cancelRetention = this.#options.clock.after(retentionEveryMs, () => {
      this.#retention = this.forgetOld()
        .catch((error: unknown) => this.#options.onFailure?.(error))
        .then(() => {
          if (!this.#closed) this.#planRetention();
        });
    });
  }

  /** The next step of retention, or undefined when everything that is there shall stay. */
  async #removal(name: string): Promise<StreamMark | undefined> {
    const stored = this.#books.get(name)?.stored;
    if (stored === undefined || this.#closed) return undefined;
    // The newest entry stays, for it carries the stream's counters.
    const through = Math.min(stored.oldest + removalRowsMax - 1, stored.settled, stored.last - 1);
    if (through < stored.oldest) return undefined;
    const facts = await this.#storage.facts(stored.number, through);
    const bytesAfter = stored.settledTotal - (facts?.total ?? 0);
    const tooMany = bytesAfter >= this.#options.limits.keepConfirmedBytes;
    return tooMany || this.#isOld(facts?.madeMs) ? { stream: stored.number, through } : undefined;
  }

  /** A clock that cannot be believed makes nothing old. */
  #isOld(madeMs: number | undefined): boolean {
    const { clock, limits } = this.#options;
    if (madeMs === undefined || clock.quality() !== "synced") return false;
    return clock.wallMs() - madeMs >= limits.keepConfirmedMs;
  }
}

function markTask(kind: "settles" | "removals", mark: StreamMark): Task {
  return { entries: [], marks: [], documents: [], settles: [], removals: [], [kind]: [mark] };
}
