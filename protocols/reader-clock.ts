/**
 * Quartz clocks of readers are off by 100 parts in a million at most, hot or cold, and ours by as many: what
 * was known of their distance is worth so much less with every millisecond.
 */
const driftShare = 200e-6;

/**
 * How far a device's own clock is from our monotonic one: ours = device's + offset. The offset lies within
 * these bounds, both in milliseconds; an answer that took long says little, one that came at once a lot.
 */
export interface ReaderClock {
  readonly lowMs: number;
  readonly highMs: number;
  /** When that was so at the earliest, by our clock: from here on they drift apart. */
  readonly atMs: number;
}

/** The device has told its time. */
export interface ReaderTime {
  readonly readerMs: number;
  /** When we heard it ... */
  readonly heardMs: number;
  /** ... and when we had asked for it; absent where it told by itself, maybe long before. */
  readonly askedMs?: number | undefined;
}

/**
 * What is known after hearing the device's time once more. A message takes time, so the device's clock read
 * this before we heard it, and after we asked. What cannot be true together with what was known before means
 * that the device's clock was set, or that it started again: then only the newest counts.
 */
export function heardReader(
  known: ReaderClock | undefined,
  { readerMs, heardMs, askedMs = Number.NEGATIVE_INFINITY }: ReaderTime,
): ReaderClock {
  const told = { lowMs: askedMs - readerMs, highMs: heardMs - readerMs };
  const fromMs = known?.atMs ?? heardMs;
  const driftMs = driftShare * Math.abs(heardMs - fromMs);
  const lowMs = Math.max(told.lowMs, (known?.lowMs ?? Number.NEGATIVE_INFINITY) - driftMs);
  const highMs = Math.min(told.highMs, (known?.highMs ?? Number.POSITIVE_INFINITY) + driftMs);
  // It read its clock at some moment after our question. What it told unasked holds when we hear it: the message has
  // lost more time on its way than the clocks could drift in it.
  const atMs = Number.isFinite(askedMs) ? askedMs : heardMs;
  return lowMs <= highMs ? { lowMs, highMs, atMs } : { ...told, atMs };
}

/**
 * When the device saw what it gives this time of its own, on our monotonic clock; never after we heard of it.
 * Where it was never asked for its time, the fastest message is the measure.
 */
export function observedMs({ lowMs, highMs }: ReaderClock, { readerMs, heardMs }: ReaderTime): number {
  const offsetMs = Number.isFinite(lowMs) ? (lowMs + highMs) / 2 : highMs;
  return Math.max(0, Math.min(heardMs, readerMs + offsetMs));
}
