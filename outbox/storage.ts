import type { DocumentWrite, Mark, MarkName, StoredEntry } from "./outbox.ts";

/** A stream as it is on disk. Bytes are counted from the stream's first entry on, so a difference is a size. */
export interface StoredStream {
  readonly name: string;
  readonly number: number;
  /** The first sequence that is still there. */
  readonly oldest: number;
  readonly last: number;
  readonly lastTotal: number;
  /** Settled, or dropped because the stream was full. */
  readonly settled: number;
  readonly settledTotal: number;
}

export interface EntryRow {
  readonly stream: number;
  readonly sequence: number;
  readonly category: string;
  readonly body: string;
  /** Bytes of the stream up to and including this entry. */
  readonly total: number;
  /** Wall time, or undefined while the clock could not be believed. */
  readonly madeMs: number | undefined;
}

export interface StreamMark {
  readonly stream: number;
  readonly through: number;
}

/** Everything of one transaction. Documents and marks are already merged: one row a key. */
export interface GroupWrite {
  readonly streams: readonly { readonly number: number; readonly name: string }[];
  readonly entries: readonly EntryRow[];
  readonly marks: readonly Mark[];
  readonly documents: readonly DocumentWrite[];
  readonly settles: readonly StreamMark[];
  /** Entries to delete, from the oldest on. */
  readonly removals: readonly StreamMark[];
  /** Marks that nothing can come for any more. */
  readonly forgotten: readonly MarkName[];
}

export interface EntryQuery {
  readonly stream: number;
  readonly after: number;
  readonly rowsMax: number;
  readonly bytesMax: number;
}

/** Where the outbox keeps things: a SQLite file, or memory in simulations. */
export interface Storage {
  readonly epoch: string;
  /** All of it in one transaction on disk, or none of it. */
  write(group: GroupWrite): Promise<void>;
  streams(): Promise<readonly StoredStream[]>;
  entries(query: EntryQuery): Promise<readonly StoredEntry[]>;
  /** What retention must know of one entry. */
  facts(stream: number, sequence: number): Promise<Pick<EntryRow, "total" | "madeMs"> | undefined>;
  documents(collection: string): Promise<ReadonlyMap<string, string>>;
  marks(): Promise<readonly Mark[]>;
  /** Bytes of the file that hold nothing any more. */
  reusableBytes(): Promise<number>;
  close(): Promise<void>;
}
