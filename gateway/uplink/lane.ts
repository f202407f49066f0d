import type { StreamPosition } from "../../outbox/outbox.ts";
import type { Stream } from "../../protocols/topics.ts";

/** How far one part of a lane has been sent. */
export interface Track {
  /** Read for the wire up to here. */
  readonly cursor: number;
  readonly reading: boolean;
  /** What follows the cursor may not leave yet. */
  readonly held: boolean;
  /** Batches without PUBACK: of each the last sequence of the read that it came from. */
  readonly inFlight: readonly number[];
  /** Reads that are on their way, oldest first; kept only where PUBACKs confirm. */
  readonly unacknowledged: readonly { readonly through: number; readonly batches: number }[];
  /** PUBACKs reach up to here without a gap; moves only where PUBACKs confirm. */
  readonly acknowledged: number;
}

/**
 * One stream on its way to HQ, sent at two places at a time:
 *
 *     1 .... settled ....... boundary ....... last
 *            backlog ->      live ->
 */
export interface Lane {
  /** HQ (or the broker, where that is enough) has everything up to here. */
  readonly settled: number;
  /** Up to here it was on disk before the link came up, or before HQ woke: the backlog. */
  readonly boundary: number;
  /** On disk up to here. */
  readonly last: number;
  /** Rises when the lane is rewound; what belongs to an older one no longer counts. */
  readonly generation: number;
  readonly backlog: Track;
  readonly live: Track;
  /** Events that may be ahead of the watermark now. */
  readonly window: number;
  /** Where the live cursor stood when the watermark last moved. */
  readonly liveMark: number;
  /** HQ is silent: only probes of the backlog go out until its watermark moves. */
  readonly asleep: boolean;
  /** Rewinds since the watermark last moved. */
  readonly fruitlessRewinds: number;
  /** The timer that watches the watermark runs. */
  readonly watched: boolean;
  /** A PUBACK came since the watch began. */
  readonly acknowledgedSinceWatch: boolean;
}

export type TrackName = "live" | "backlog";

/** HQ asks for this range again. */
export interface ResendJob {
  readonly stream: Stream;
  /** Served up to here. */
  readonly cursor: number;
  readonly to: number;
}

const newTrack = (cursor: number): Track => ({
  cursor,
  reading: false,
  held: false,
  inFlight: [],
  unacknowledged: [],
  acknowledged: cursor,
});

export function newLane({ last, settled }: StreamPosition, window: number): Lane {
  return {
    settled,
    boundary: last,
    last,
    generation: 1,
    backlog: newTrack(settled),
    live: newTrack(last),
    window,
    liveMark: last,
    asleep: false,
    fruitlessRewinds: 0,
    watched: false,
    acknowledgedSinceWatch: false,
  };
}

export function withTrack(lane: Lane, name: TrackName, change: Partial<Track>): Lane {
  return { ...lane, [name]: { ...lane[name], ...change } };
}

/** Some of the backlog was not sent yet. */
export const isDraining = ({ backlog, boundary }: Lane): boolean => backlog.cursor < boundary;

/** Everything up to here was sent. */
export const sentThrough = (lane: Lane): number =>
  isDraining(lane) ? lane.backlog.cursor : lane.live.cursor;

/** Events of the backlog that may be sent ahead of the watermark. */
export const backlogRoom = ({ settled, window, backlog, boundary }: Lane): number =>
  Math.min(settled + window, boundary) - backlog.cursor;

/**
 * Live events that may be sent. Behind a backlog they cannot be confirmed; that the watermark moves says then
 * that HQ takes them too, because it hears one link's messages in their order.
 */
export function liveRoom(lane: Lane, windowMax: number): number {
  if (lane.asleep) return 0;
  const { settled, boundary, window, liveMark, live } = lane;
  return settled >= boundary ? settled + window - live.cursor : liveMark + windowMax - live.cursor;
}

/** Back to what is confirmed: everything after it is backlog now and goes out anew. */
export function rewound(lane: Lane): Lane {
  return {
    ...lane,
    boundary: lane.last,
    generation: lane.generation + 1,
    backlog: newTrack(lane.settled),
    live: newTrack(lane.last),
    liveMark: lane.last,
  };
}

/** The outbox settles by itself what it had to drop; that need not be sent any more. */
export function moved(lane: Lane, { last, settled }: StreamPosition): Lane {
  return reached({ ...lane, last }, Math.max(lane.settled, settled));
}

/** Confirmed up to here; a slow start after silence doubles its window with each sign of life. */
export function confirmed(lane: Lane, through: number, windowMax: number): Lane {
  const next = reached(lane, through);
  const alive = {
    window: Math.min(windowMax, lane.window * 2),
    liveMark: next.live.cursor,
    fruitlessRewinds: 0,
    asleep: false,
  };
  if (!lane.asleep) return { ...next, ...alive };
  // What was stored while HQ slept is backlog; from here on live events go first again.
  return { ...next, ...alive, boundary: lane.last, live: newTrack(lane.last), liveMark: lane.last };
}

function reached(lane: Lane, through: number): Lane {
  return {
    ...lane,
    settled: through,
    backlog: passed(lane.backlog, Math.min(through, lane.boundary)),
    live: passed(lane.live, through),
  };
}

function passed(track: Track, through: number): Track {
  return {
    ...track,
    cursor: Math.max(track.cursor, through),
    acknowledged: Math.max(track.acknowledged, through),
    // What HQ has came through the broker, whether its PUBACK ever comes or not.
    inFlight: track.inFlight.filter((last) => last > through),
  };
}

/** Counts a PUBACK. */
export function acknowledged(lane: Lane, name: TrackName, through: number): Lane {
  const track = lane[name];
  const counted = track.unacknowledged.map((read) =>
    read.through === through ? { through, batches: read.batches - 1 } : read,
  );
  const finished = counted.findIndex(({ batches }) => batches > 0);
  const done = finished < 0 ? counted.length : finished;
  const change: Partial<Track> = {
    inFlight: without(track.inFlight, through),
    unacknowledged: counted.slice(done),
    acknowledged: Math.max(track.acknowledged, counted[done - 1]?.through ?? 0),
  };
  return { ...withTrack(lane, name, change), acknowledgedSinceWatch: true };
}

/** How far PUBACKs reach without a gap, over both tracks. */
export function acknowledgedThrough({ backlog, live, boundary }: Lane): number {
  return backlog.acknowledged < boundary ? backlog.acknowledged : Math.max(boundary, live.acknowledged);
}

/** One of them less, if it is there. */
function without(numbers: readonly number[], number: number): readonly number[] {
  const index = numbers.indexOf(number);
  return index < 0 ? numbers : numbers.toSpliced(index, 1);
}
