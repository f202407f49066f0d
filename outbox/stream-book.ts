import { dropShare, type StreamLimits } from "./limits.ts";
import type { EntryRow, StoredStream } from "./storage.ts";

/** A stream's counters in memory: what is on disk, and what was given out on top of it. */
export interface StreamBook {
  readonly stored: StoredStream;
  /** False until the stream itself is on disk. */
  readonly known: boolean;
  readonly last: number;
  readonly lastTotal: number;
  /** Dropped up to here by commits that are not on disk yet. */
  readonly dropped: number;
}

export function newBook(name: string, number: number): StreamBook {
  const stored = { name, number, oldest: 1, last: 0, lastTotal: 0, settled: 0, settledTotal: 0 };
  return { ...bookOf(stored), known: false };
}

/** The book of a stream as it is on disk, with nothing given out on top. */
export function bookOf(stored: StoredStream): StreamBook {
  return { stored, known: true, last: stored.last, lastTotal: stored.lastTotal, dropped: 0 };
}

/** After a failed transaction only what is on disk counts. */
export function rolledBack(book: StreamBook): StreamBook {
  return { ...bookOf(book.stored), known: book.known };
}

/** These rows are on disk now. */
export function written(book: StreamBook, rows: readonly EntryRow[]): StreamBook {
  const newest = rows.at(-1);
  if (newest === undefined) return book;
  const stored = { ...book.stored, last: newest.sequence, lastTotal: newest.total };
  return { ...book, known: true, stored };
}

export const backlogRows = (book: StreamBook): number =>
  book.last - Math.max(book.stored.settled, book.dropped);
export const backlogBytes = (book: StreamBook): number => book.lastTotal - book.stored.settledTotal;

/** Whether a stream that may lose nothing can take `rows` more. */
export function hasRoom(book: StreamBook, rows: number, limits: StreamLimits): boolean {
  return backlogRows(book) + rows <= limits.rowsMax && backlogBytes(book) < limits.bytesMax;
}

/** What a droppable stream has to lose now, oldest first; undefined while there is room. */
export function overflow(
  book: StreamBook,
  limits: StreamLimits,
): { readonly from: number; readonly to: number; readonly reason: string } | undefined {
  const floor = Math.max(book.stored.settled, book.dropped);
  // The size of a drop is known once it is on disk; until then only rows are judged.
  const bytesKnown = book.dropped <= book.stored.settled;
  const tooManyRows = backlogRows(book) > limits.rowsMax;
  const tooManyBytes = bytesKnown && backlogBytes(book) > limits.bytesMax;
  if (!tooManyRows && !tooManyBytes) return undefined;
  const excess = Math.max(0, backlogRows(book) - limits.rowsMax);
  const share = Math.ceil((tooManyRows ? limits.rowsMax : backlogRows(book)) * dropShare);
  const to = Math.min(floor + Math.max(excess, share), book.last - 1);
  if (to <= floor) return undefined;
  const reason = tooManyRows
    ? `more than ${limits.rowsMax} entries waited`
    : `more than ${limits.bytesMax} bytes waited`;
  return { from: floor + 1, to, reason };
}
