import type { Clock } from "../protocols/clock.ts";
import { type OutboxLimits, removalRowsMax } from "./limits.ts";
import type { Storage, StoredStream, StreamMark } from "./storage.ts";

/** What retention has to know beside the stream itself. */
export interface RetentionView {
  readonly storage: Pick<Storage, "facts">;
  /** The time by which entries grow old; undefined while no clock can be believed. */
  readonly agingMs: () => number | undefined;
  readonly limits: Pick<OutboxLimits, "keepConfirmedBytes" | "keepConfirmedMs" | "secondReaderBytesMax">;
  /** What the second reader has, where there is one. */
  readonly keptAfter: number | undefined;
}

/** The next step of retention in a stream, or undefined when everything that is there shall stay. */
export async function nextRemoval(
  stored: StoredStream,
  view: RetentionView,
): Promise<StreamMark | undefined> {
  // The newest entry stays, for it carries the stream's counters.
  const most = Math.min(stored.oldest + removalRowsMax - 1, stored.settled, stored.last - 1);
  if (most < stored.oldest) return undefined;
  const furthest = await judged(stored, most, view);
  const keptAfter = furthest.bytesAfter < view.limits.secondReaderBytesMax ? view.keptAfter : undefined;
  if (keptAfter === undefined || most <= keptAfter) return furthest.removal;
  return keptAfter < stored.oldest ? undefined : (await judged(stored, keptAfter, view)).removal;
}

/** Whether everything up to here is too old or too much, and how much would stay. */
async function judged(
  stored: StoredStream,
  through: number,
  { storage, agingMs, limits }: RetentionView,
): Promise<{ readonly removal: StreamMark | undefined; readonly bytesAfter: number }> {
  const facts = await storage.facts(stored.number, through);
  const bytesAfter = stored.settledTotal - (facts?.total ?? 0);
  const nowMs = agingMs();
  const madeMs = facts?.madeMs;
  const old = madeMs !== undefined && nowMs !== undefined && nowMs - madeMs >= limits.keepConfirmedMs;
  const goes = bytesAfter >= limits.keepConfirmedBytes || old;
  return { removal: goes ? { stream: stored.number, through } : undefined, bytesAfter };
}

/**
 * A wall clock by which nothing ages faster than time passes: it is taken as it is when it can first be
 * believed, and from then on it may fall behind the monotonic clock, but not run ahead of it. A time server
 * that is a year ahead for a minute would else have all deleted that HQ may ask for again.
 */
export function agingClock(clock: Clock): () => number | undefined {
  let zeroMs: number | undefined;
  return () => {
    if (clock.quality() !== "synced") return undefined;
    zeroMs ??= clock.wallMs() - clock.monotonicMs();
    return Math.min(clock.wallMs(), zeroMs + clock.monotonicMs());
  };
}
