import type { PaceRules } from "./commit-pace.ts";

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
  /** Settled entries that a second reader does not have yet stay, up to so many bytes a stream. */
  readonly secondReaderBytesMax: number;
  /** The newest entries of each stream that are kept in memory too, so that they need not be read again. */
  readonly tailBytesMax: number;
  /** How long a commit may be held to spare the card, and what the card may be asked to take a day. */
  readonly pace: PaceRules;
  /** How long it may take until it is on disk that entries have arrived; it goes with the next commit if it can. */
  readonly settleWaitMsMax: number;
}

/** A gateway's defaults: ten days at two events a second are 1.7 million. */
export const defaultOutboxLimits: OutboxLimits = {
  rowsMax: 4_000_000,
  bytesMax: 4_000_000_000,
  droppable: {},
  keepConfirmedMs: 7 * 24 * 3_600_000,
  keepConfirmedBytes: 1024 * 1024 * 1024,
  secondReaderBytesMax: 1024 * 1024 * 1024,
  // Some hundred entries: an uplink that keeps up never reads the disk.
  tailBytesMax: 1024 * 1024,
  // Whoever knows the card says otherwise.
  pace: { waitMsMax: 0, bytesPerDayMax: Number.POSITIVE_INFINITY },
  settleWaitMsMax: 0,
};

/**
 * How much room the disk has. `low`: droppable streams shrink and what has arrived is not kept. `none`: only
 * what makes room is written; everything else is refused while SQLite still could, so that it stays whole.
 */
export type Room = "enough" | "low" | "none";

/** What is left of a droppable stream's limits while room is low. */
export const lowRoomShare = 1 / 16;

/** The limits as they hold while there is so much room. */
export function limitsIn(room: Room, limits: OutboxLimits): OutboxLimits {
  if (room === "enough") return limits;
  const droppable = Object.entries(limits.droppable).map(([stream, { rowsMax, bytesMax }]) => [
    stream,
    { rowsMax: Math.floor(rowsMax * lowRoomShare), bytesMax: Math.floor(bytesMax * lowRoomShare) },
  ]);
  return {
    ...limits,
    droppable: Object.fromEntries(droppable),
    keepConfirmedMs: 0,
    keepConfirmedBytes: 0,
    secondReaderBytesMax: 0,
  };
}

/** Entries that tell of losses may stand so far beyond a full stream's rows; then nothing more may be lost. */
export const lossRowsBeyondMax = 64;

/** A full droppable stream loses this part of itself at once, so that losses stay rare and can be reported. */
export const dropShare = 1 / 16;
/** One transaction deletes no more than this, so that a commit behind it waits a millisecond or two. */
export const removalRowsMax = 1_024;
/** Retention is not urgent; a look every so often is enough. */
export const retentionEveryMs = 10_000;
/** What may wait for the disk in memory; beyond it commits are refused. */
export const waitingBytesMax = 64 * 1024 * 1024;
