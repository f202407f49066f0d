import type { Room } from "./limits.ts";

/** One thing to keep until the other side has it. */
export interface Entry {
  /** A numbered stream of its own; its sequence starts at 1 and has no holes. */
  readonly stream: string;
  /** What the reader groups by (a topic's last word). */
  readonly category: string;
  /** The text to keep; it may contain the sequence that it is given. Called once, before `commit` returns. */
  body(sequence: number): string;
}

export interface MarkName {
  readonly source: string;
  readonly epoch: string;
}

/** The highest sequence taken over from one source: what is not above it is already stored. */
export interface Mark extends MarkName {
  readonly sequence: number;
}

/** A piece of kept state; `value` is JSON text, undefined removes it. */
export interface DocumentWrite {
  readonly collection: string;
  readonly key: string;
  readonly value: string | undefined;
}

/**
 * To be committed when the other side turns out to have entries of this epoch that this file never made: an
 * old image of it was put back, or the card forgot its last writes. The next start numbers anew.
 */
export const outrunNote: DocumentWrite = { collection: "outbox", key: "outrun", value: "true" };

/** Everything of one commit is written in one transaction, or none of it. */
export interface Commit {
  readonly entries?: readonly Entry[];
  readonly marks?: readonly Mark[];
  readonly documents?: readonly DocumentWrite[];
  /** Marks to delete, because nothing that they would keep out can come any more. */
  readonly forgottenMarks?: readonly MarkName[];
}

export interface StoredEntry {
  readonly sequence: number;
  readonly category: string;
  readonly body: string;
}

export interface BatchLimits {
  readonly rowsMax: number;
  /** Of the bodies together; one entry is always handed out, however long. */
  readonly bytesMax: number;
}

export interface StreamPosition {
  /** The last sequence that is on disk; 0 when there is none. */
  readonly last: number;
  /** Everything up to here is settled, or was dropped and declared lost. */
  readonly settled: number;
}

/** Why and what a droppable stream lost; `from` and `to` are both gone. */
export interface Loss {
  readonly stream: string;
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

export interface OutboxStatistics {
  readonly streams: readonly {
    readonly stream: string;
    readonly backlogRows: number;
    readonly backlogBytes: number;
    /** Settled entries that are kept so that they can be asked for again. */
    readonly keptRows: number;
  }[];
  /** Since this start: what was written (bodies, documents, marks) and in how many transactions. */
  readonly bytesWritten: number;
  readonly transactions: number;
  /** How long the next commit is held to spare the card. */
  readonly commitWaitMs: number;
  readonly room: Room;
}

/** The durable list of what has not been confirmed, beside the state that it came from. */
export interface Outbox {
  /** Made when the file was made; a new file numbers from 1 again under a new epoch. */
  readonly epoch: string;
  /**
   * Fulfilled when everything is on disk (WAL, synchronous FULL). Commits that wait together share one
   * fsync. Sequences follow the order of the calls; a failed commit leaves no hole, because whatever
   * was called after it fails too. Rejects with an `OutboxError`: `outbox-full`, `disk-failed`, `outbox-broken`.
   */
  commit(commit: Commit): Promise<void>;
  /**
   * Undefined: it is time to commit. Otherwise the card has to be spared, and whoever gathers several things
   * into one commit gathers until this is fulfilled.
   */
  gather(): Promise<void> | undefined;
  /** Nobody is held by `gather` any more: an end is near. */
  hurry(): void;
  /** What the kernel says that this process has written since the last call; `gather` goes by it. */
  measured(bytes: number): void;
  /** Says how much room the disk has; fulfilled when the outbox has made the room that it can make. */
  setRoom(room: Room): Promise<void>;
  /** Bytes inside the file that new entries can take before it grows. */
  reusableBytes(): Promise<number>;
  /** Entries after `after` in order, unsettled or kept. */
  nextBatch(stream: string, after: number, limits: BatchLimits): Promise<readonly StoredEntry[]>;
  /**
   * Everything of the stream up to and including `through` has arrived. Going backwards does nothing;
   * beyond the last entry it rejects, for then the other side knows another outbox under this epoch.
   */
  settle(stream: string, through: number): Promise<void>;
  position(stream: string): StreamPosition;
  /**
   * A second reader has everything of the stream up to here: what is behind it stays when it is settled, as far as
   * `secondReaderBytesMax` goes and the disk has room. Undefined: there is no second reader any more.
   */
  keepAfter(stream: string, through: number | undefined): Promise<void>;
  /** What the last `keepAfter` said, also of an earlier start; 0 under a new epoch; undefined without a second reader. */
  keptAfter(stream: string): number | undefined;
  /** All documents of a collection, by key. */
  documents(collection: string): Promise<ReadonlyMap<string, string>>;
  /** In the order of their last moves. */
  marks(): Promise<readonly Mark[]>;
  statistics(): OutboxStatistics;
  /** Writes what waits, then closes. */
  close(): Promise<void>;
}
