import type { Clock } from "../protocols/clock.ts";
import { lossRowsBeyondMax, type OutboxLimits, type StreamLimits } from "./limits.ts";
import type { Commit, Entry, Loss } from "./outbox.ts";
import { OutboxError } from "./outbox-error.ts";
import type { EntryRow, StreamMark } from "./storage.ts";
import { backlogRows, hasRoom, newBook, overflow, type StreamBook } from "./stream-book.ts";
import type { Task } from "./task.ts";

export interface NumberingOptions {
  readonly clock: Clock;
  readonly describeLoss?: ((loss: Loss) => Entry) | undefined;
}

/** Gives each entry its place, and says what has to go for it. */
export class Numbering {
  readonly #epoch: string;
  readonly #options: NumberingOptions;
  /** By stream; the owner changes them too. */
  readonly #books: Map<string, StreamBook>;

  constructor(epoch: string, options: NumberingOptions, books: Map<string, StreamBook>) {
    this.#epoch = epoch;
    this.#options = options;
    this.#books = books;
  }

  /** Gives out the sequences. Nothing is remembered before every body is made, for a body may throw. */
  number(commit: Commit, limits: OutboxLimits): Task {
    this.#refuseWhenFull(commit.entries ?? [], limits);
    const changed = new Map<string, StreamBook>();
    const { entries = [], marks = [], documents = [], forgottenMarks: forgotten = [] } = commit;
    const rows = entries.map((entry) => this.#row(entry, changed));
    const drops = Object.entries(limits.droppable).flatMap(([stream, bounds]) =>
      this.#drop(stream, bounds, changed),
    );
    const rowsMax = limits.rowsMax + lossRowsBeyondMax;
    const tellings = drops.flatMap(({ telling }) =>
      telling.map((entry) => this.#tellingRow(entry, rowsMax, changed)),
    );
    for (const [stream, book] of changed) this.#books.set(stream, book);
    const settles = drops.map(({ mark }) => mark);
    return { entries: [...rows, ...tellings], settles, removals: [], marks, documents, forgotten };
  }

  /** What a droppable stream has to lose after this commit, and the entry that tells of it. */
  #drop(
    stream: string,
    limits: StreamLimits,
    changed: Map<string, StreamBook>,
  ): { readonly mark: StreamMark; readonly telling: Entry[] }[] {
    const book = changed.get(stream) ?? this.#books.get(stream);
    const lost = book && overflow(book, limits);
    if (book === undefined || lost === undefined) return [];
    changed.set(stream, { ...book, dropped: lost.to });
    const telling = this.#options.describeLoss?.({ stream, epoch: this.#epoch, ...lost });
    const mark = { stream: book.stored.number, through: lost.to };
    return [{ mark, telling: telling === undefined ? [] : [telling] }];
  }

  /** A loss is told beyond a full stream's limit, but not without end: then what would lose has to wait. */
  #tellingRow(entry: Entry, rowsMax: number, changed: Map<string, StreamBook>): EntryRow {
    const book = changed.get(entry.stream) ?? this.#book(entry.stream);
    if (backlogRows(book) < rowsMax) return this.#row(entry, changed);
    throw new OutboxError("outbox-full", `${entry.stream} is too full to tell of what would be lost`);
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

  #refuseWhenFull(entries: readonly Entry[], limits: OutboxLimits): void {
    const rows = new Map<string, number>();
    for (const { stream } of entries) rows.set(stream, (rows.get(stream) ?? 0) + 1);
    for (const [stream, count] of rows) {
      if (limits.droppable[stream] !== undefined || hasRoom(this.#book(stream), count, limits)) continue;
      throw new OutboxError(
        "outbox-full",
        `${stream} holds ${backlogRows(this.#book(stream))} entries that nobody has confirmed`,
      );
    }
  }
}
