export interface StreamLimits {
  /** Entries that are not settled. */
  readonly rowsMax: number;
  /** Their bodies together, in UTF-8. */
  readonly bytesMax: number;
}

/** How much the outbox takes, and how long it keeps what has arrived. */
export interface OutboxLimits extends StreamLimits {
  /** Streams that lose their oldest entries when full, instead of refusing new ones. */
  readonly droppable: Readonly<Record<string, StreamLimits>>;
  /** Settled entries stay for so long, so that they can be asked for again ... */
  readonly keepConfirmedMs: number;
  /** ... and no more of them than this a stream. */
  readonly keepConfirmedBytes: number;
  /** The newest entries of each stream that are kept in memory too, so that they need not be read again. */
  readonly tailBytesMax: number;
}

/** A gateway's defaults: ten days at two events a second are 1.7 million. */
export const defaultOutboxLimits: OutboxLimits = {
  rowsMax: 4_000_000,
  bytesMax: 4_000_000_000,
  droppable: {},
  keepConfirmedMs: 7 * 24 * 3_600_000,
  keepConfirmedBytes: 1024 * 1024 * 1024,
  // Some hundred entries: an uplink that keeps up never reads the disk.
  tailBytesMax: 1024 * 1024,
};

/** A full droppable stream loses this part of itself at once, so that losses stay rare and can be reported. */
export const dropShare = 1 / 16;
/** One transaction deletes no more than this, so that a commit behind it waits a millisecond or two. */
export const removalRowsMax = 1_024;
/** Retention is not urgent; a look every so often is enough. */
export const retentionEveryMs = 10_000;
/** What may wait for the disk in memory; beyond it commits are refused. */
export const waitingBytesMax = 64 * 1024 * 1024;
