/** How fast the backlog, and what HQ asks for again, may go out. */
export interface Drain {
  /** What HQ grants, or the limit that holds without a grant. */
  readonly eventsPerSecond: number;
  /** Events that may still be read in this beat. */
  readonly allowance: number;
  /** The timer of the beat runs. */
  readonly beating: boolean;
  /** Batches of it that may be on the wire at once; more only while the broker answers quickly. */
  readonly inFlightMax: number;
}

/** Short enough for an even flow, long enough for a batch at a low rate. */
const beatMs = 500;
/** PUBACKs quicker than this let one more batch onto the wire. */
const quickMs = 500;
/** At this delay a live event would wait too long behind the backlog: half as many batches. */
const slowMs = 2_000;
/** Part of the wire's slots that the backlog may take, where the broker is quick; the others are for live events. */
const slotsShare = 0.75;

/** A beat's worth; the shortest grant is one event in a longer beat. */
const perBeat = (eventsPerSecond: number): number =>
  Math.max(1, Math.floor((eventsPerSecond * beatMs) / 1_000));

export const beatLengthMs = ({ eventsPerSecond }: Drain): number => Math.max(beatMs, 1_000 / eventsPerSecond);

export function newDrain(eventsPerSecond: number): Drain {
  return { eventsPerSecond, allowance: perBeat(eventsPerSecond), beating: false, inFlightMax: 1 };
}

/** A new beat begins; what the last one left is not saved up, so that a pause makes no flood. */
export const beaten = (drain: Drain): Drain => ({
  ...drain,
  beating: false,
  allowance: perBeat(drain.eventsPerSecond),
});

/** HQ grants another rate. Said again it changes nothing; raised, it holds from this beat on. */
export function granted(drain: Drain, eventsPerSecond: number): Drain {
  const used = perBeat(drain.eventsPerSecond) - drain.allowance;
  return { ...drain, eventsPerSecond, allowance: Math.max(0, perBeat(eventsPerSecond) - used) };
}

export const isSpent = ({ allowance, eventsPerSecond }: Drain): boolean =>
  allowance < perBeat(eventsPerSecond);

/** How long the broker took for a batch decides how many may be under way. */
export function paced(drain: Drain, tookMs: number, batchesInFlightMax: number): Drain {
  const most = Math.max(1, Math.floor(batchesInFlightMax * slotsShare));
  if (tookMs > slowMs) return { ...drain, inFlightMax: Math.max(1, Math.floor(drain.inFlightMax / 2)) };
  return tookMs > quickMs ? drain : { ...drain, inFlightMax: Math.min(most, drain.inFlightMax + 1) };
}
