import type { Stream } from "../../protocols/topics.ts";

/** One stream on its way to HQ. Sequences: settled <= cursor <= last. */
export interface Lane {
  /** HQ (or the broker, where that is enough) has everything up to here. */
  readonly settled: number;
  /** Read for the wire up to here. */
  readonly cursor: number;
  /** On disk up to here. */
  readonly last: number;
  /** Rises when the lane is rewound; what belongs to an older one no longer counts. */
  readonly generation: number;
  readonly reading: boolean;
  /** What follows the cursor may not leave yet. */
  readonly held: boolean;
  /** Batches without PUBACK: of each the last sequence of the read that it came from. */
  readonly inFlight: readonly number[];
  /** Reads that are on their way, oldest first; kept only where PUBACKs confirm. */
  readonly unacknowledged: readonly { readonly through: number; readonly batches: number }[];
  /** Events that may be ahead of the watermark now. */
  readonly window: number;
  /** Rewinds since the watermark last moved. */
  readonly fruitlessRewinds: number;
  /** The timer that watches the watermark runs. */
  readonly watched: boolean;
  /** A PUBACK came since the watch began. */
  readonly acknowledgedSinceWatch: boolean;
}

/** HQ asks for this range again. */
export interface ResendJob {
  readonly stream: Stream;
  /** Served up to here. */
  readonly cursor: number;
  readonly to: number;
}

export function newLane(position: { readonly last: number; readonly settled: number }, window: number): Lane {
  return {
    settled: position.settled,
    cursor: position.settled,
    last: position.last,
    generation: 1,
    reading: false,
    held: false,
    inFlight: [],
    unacknowledged: [],
    window,
    fruitlessRewinds: 0,
    watched: false,
    acknowledgedSinceWatch: false,
  };
}

/** Back to what is confirmed: everything after it goes out anew. */
export function rewound(lane: Lane): Lane {
  return {
    ...lane,
    cursor: lane.settled,
    generation: lane.generation + 1,
    reading: false,
    held: false,
    inFlight: [],
    unacknowledged: [],
  };
}

/** Confirmed up to here; a slow start after silence doubles its window with each sign of life. */
export function confirmed(lane: Lane, through: number, windowMax: number): Lane {
  if (through <= lane.settled) return lane;
  return {
    ...lane,
    settled: through,
    cursor: Math.max(lane.cursor, through),
    // What HQ has came through the broker, whether its PUBACK ever comes or not.
    inFlight: lane.inFlight.filter((last) => last > through),
    window: Math.min(windowMax, lane.window * 2),
    fruitlessRewinds: 0,
  };
}

/** Counts a PUBACK, and says how far PUBACKs now reach without a gap. */
export function acknowledged(
  lane: Lane,
  through: number,
): { readonly lane: Lane; readonly contiguous: number } {
  const counted = lane.unacknowledged.map((read) =>
    read.through === through ? { through, batches: read.batches - 1 } : read,
  );
  let contiguous = lane.settled;
  let finished = 0;
  for (const { through: reached, batches } of counted) {
    if (batches > 0) break;
    contiguous = reached;
    finished += 1;
  }
  return {
    lane: {
      ...lane,
      inFlight: without(lane.inFlight, through),
      acknowledgedSinceWatch: true,
      unacknowledged: counted.slice(finished),
    },
    contiguous,
  };
}

/** One of them less, if it is there. */
function without(numbers: readonly number[], number: number): readonly number[] {
  const index = numbers.indexOf(number);
  return index < 0 ? numbers : numbers.toSpliced(index, 1);
}
