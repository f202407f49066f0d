import type { Cancel, Clock } from "../protocols/clock.ts";
import { Gathering } from "./gathering.ts";
import { GroupWriter } from "./group-writer.ts";
import { limitsIn, type OutboxLimits, type Room, retentionEveryMs, waitingBytesMax } from "./limits.ts";
import { Numbering } from "./numbering.ts";
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
import { agingClock, nextRemoval } from "./retention.ts";
import { secondReaderCollection, secondReaderThrough, secondReaderWrite } from "./second-reader.ts";
import type { EntryQuery, Storage, StreamMark } from "./storage.ts";
import { backlogBytes, backlogRows, bookOf, rolledBack, type StreamBook, written } from "./stream-book.ts";
import { Tail } from "./tail.ts";
import { merge, type Task, taskBytes } from "./task.ts";

export interface GroupedOutboxOptions {
  readonly clock: Clock;
  readonly limits: OutboxLimits;
  /** Makes the entry that tells of a loss; it is written in the transaction that loses. */
  readonly describeLoss?: ((loss: Loss) => Entry) | undefined;
  /** Told of every failed write and read, beside the rejections; a failed read waits for it. */
  readonly onFailure?: ((error: unknown, at: "read" | "write") => void | Promise<void>) | undefined;
}

/** The outbox's rules over any storage: numbering, groups, limits, retention. */
export class GroupedOutbox implements Outbox {
  readonly #storage: Storage;
  readonly #options: GroupedOutboxOptions;
  readonly #writer: GroupWriter<Task>;
  readonly #books = new Map<string, StreamBook>();
  readonly #numbering: Numbering;
  readonly #tail: Tail;
  readonly #gathering: Gathering;
  readonly #keptAfter = new Map<string, number>();
  readonly #agingMs: () => number | undefined;
  #room: Room = "enough";
  #bytesWritten = 0;
  #transactions = 0;
  #closed = false;
  #cancelRetention: Cancel = () => {};
  #retention: Promise<void> = Promise.resolve();

  private constructor(storage: Storage, options: GroupedOutboxOptions) {
    this.#storage = storage;
    this.#options = options;
    this.#tail = new Tail(options.limits.tailBytesMax);
    this.#numbering = new Numbering(storage.epoch, options, this.#books);
    this.#agingMs = agingClock(options.clock);
    this.#gathering = new Gathering(options.clock, options.limits.pace);
    const actions = { write: this.#write.bind(this), undo: this.#undo.bind(this) };
    this.#writer = new GroupWriter<Task>(actions, options.clock);
  }

  static async open(storage: Storage, options: GroupedOutboxOptions): Promise<GroupedOutbox> {
    const outbox = new GroupedOutbox(storage, options);
    await outbox.#readBooks();
    await outbox.#readSecondReaders();
    outbox.#agingMs();
    outbox.#planRetention();
    return outbox;
  }

  get epoch(): string {
    return this.#storage.epoch;
  }

  commit(commit: Commit): Promise<void> {
    let task: Task;
    try {
      this.#refuseWhenClosedOrBusy();
      task = this.#numbering.number(commit, this.#limits());
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    return this.#writer.add(task, taskBytes(task));
  }

  gather(): Promise<void> | undefined {
    return this.#gathering.gather();
  }

  hurry(): void {
    this.#gathering.hurry();
  }

  measured(bytes: number): void {
    this.#gathering.measured(bytes);
  }

  reusableBytes(): Promise<number> {
    return this.#reported(this.#storage.reusableBytes());
  }

  async setRoom(room: Room): Promise<void> {
    this.#room = room;
    if (room === "enough" || this.#closed) return;
    if (room === "low") await this.#lose();
    await this.forgetOld();
  }

  /** Lets droppable streams lose at once what they have to, not at their next commit. */
  async #lose(): Promise<void> {
    const task = this.#numbering.number({}, this.#limits());
    if (task.settles.length > 0) await this.#writer.add(task, taskBytes(task));
  }

  async nextBatch(stream: string, after: number, limits: BatchLimits): Promise<readonly StoredEntry[]> {
    const book = this.#books.get(stream);
    if (book === undefined || after >= book.stored.last) return [];
    const { number, oldest, last } = book.stored;
    // SQLite shows a commit to readers a moment before its writer is told (a checkpoint may lie between).
    const rowsMax = Math.min(limits.rowsMax, last - Math.max(after, oldest - 1));
    const query = { stream: number, after, bytesMax: limits.bytesMax, rowsMax };
    return this.#tail.entries(query) ?? this.#reported(this.#storedEntries(stream, query));
  }

  /** Nothing that is not settled is ever deleted, so a hole or an end in front of it is damage. */
  async #storedEntries(stream: string, query: EntryQuery): Promise<readonly StoredEntry[]> {
    const entries = await this.#storage.entries(query);
    const next = Math.max(query.after, this.position(stream).settled) + 1;
    const first = entries[0]?.sequence ?? Number.POSITIVE_INFINITY;
    if (first <= next) return entries;
    throw new OutboxError("outbox-broken", `${stream} lacks its entry ${next}`);
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
    const task = markTask("settles", { stream: book.stored.number, through });
    await this.#writer.add(task, 0, this.#options.limits.settleWaitMsMax);
  }

  position(stream: string): StreamPosition {
    const stored = this.#books.get(stream)?.stored;
    return { last: stored?.last ?? 0, settled: stored?.settled ?? 0 };
  }

  async keepAfter(stream: string, through: number | undefined): Promise<void> {
    // What it keeps is kept at once, what it lets go only when that is on disk.
    if (through !== undefined && !this.#keptAfter.has(stream)) this.#keptAfter.set(stream, through);
    await this.commit({ documents: [secondReaderWrite(stream, this.epoch, through)] });
    if (through === undefined) this.#keptAfter.delete(stream);
    else this.#keptAfter.set(stream, through);
  }

  keptAfter(stream: string): number | undefined {
    return this.#keptAfter.get(stream);
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
    const { waitMs: commitWaitMs } = this.#gathering;
    const counts = { bytesWritten: this.#bytesWritten, transactions: this.#transactions };
    return { streams, ...counts, commitWaitMs, room: this.#room };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.hurry();
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
    return read.catch(async (error: unknown) => {
      await this.#options.onFailure?.(error, "read");
      throw error;
    });
  }

  #refuseWhenClosedOrBusy(): void {
    if (this.#closed) throw new OutboxError("disk-failed", "the outbox is closed");
    if (this.#room === "none")
      throw new OutboxError("outbox-full", "the disk has no more room than SQLite needs for itself");
    if (this.#writer.waitingBytes > waitingBytesMax)
      throw new OutboxError("outbox-full", `more than ${waitingBytesMax} bytes wait for the disk`);
  }

  async #write(tasks: readonly Task[]): Promise<void> {
    if (tasks.some(hasNews)) this.#gathering.committing();
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
    await this.#readBooks().catch((error: unknown) => this.#options.onFailure?.(error, "read"));
  }

  /** Takes over what only the storage can tell: sizes of what was settled, and what is still there. */
  async #readBooks(): Promise<void> {
    for (const stored of await this.#storage.streams()) {
      const book = this.#books.get(stored.name);
      this.#books.set(stored.name, book === undefined ? bookOf(stored) : { ...book, known: true, stored });
    }
  }

  async #readSecondReaders(): Promise<void> {
    for (const [stream, text] of await this.#storage.documents(secondReaderCollection)) {
      this.#keptAfter.set(stream, secondReaderThrough(text, this.epoch) ?? 0);
    }
  }

  #undo(error: unknown): void {
    for (const [name, book] of this.#books) this.#books.set(name, rolledBack(book));
    void this.#options.onFailure?.(error, "write");
  }

  #planRetention(): void {
    this.#cancelRetention = this.#options.clock.after(retentionEveryMs, () => {
      this.#retention = this.forgetOld()
        .catch((error: unknown) => this.#options.onFailure?.(error, "write"))
        .then(() => {
          if (!this.#closed) this.#planRetention();
        });
    });
  }

  async #removal(name: string): Promise<StreamMark | undefined> {
    const stored = this.#books.get(name)?.stored;
    if (stored === undefined || this.#closed) return undefined;
    const [storage, agingMs, keptAfter] = [this.#storage, this.#agingMs, this.#keptAfter.get(name)];
    return nextRemoval(stored, { storage, agingMs, keptAfter, limits: this.#limits() });
  }

  #limits(): OutboxLimits {
    return limitsIn(this.#room, this.#options.limits);
  }
}

/** Whether there is more in it than words about what has long been written. */
const hasNews = ({ entries, marks, documents }: Task): boolean =>
  entries.length + marks.length + documents.length > 0;

function markTask(kind: "settles" | "removals", mark: StreamMark): Task {
  const nothing = { entries: [], marks: [], documents: [], settles: [], removals: [], forgotten: [] };
  return { ...nothing, [kind]: [mark] };
}
