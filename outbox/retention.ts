import type { Clock } from "../protocols/clock.ts";
import { type OutboxLimits, removalRowsMax } from "./limits.ts";
import type { Storage, StoredStream, StreamMark } from "./storage.ts";

/** What retention has to know beside the stream itself. */
export interface RetentionView {
  readonly storage: Pick<Storage, "facts">;
  readonly clock: Clock;
  readonly limits: Pick<OutboxLimits, "keepConfirmedBytes" | "keepConfirmedMs">;
}

/** The next step of retention in a stream, or undefined when everything that is there shall stay. */
export async function nextRemoval(
  stored: StoredStream,
  { storage, clock, limits }: RetentionView,
): Promise<StreamMark | undefined> {
  // The newest entry stays, for it carries the stream's counters.
  const through = Math.min(stored.oldest + removalRowsMax - 1, stored.settled, stored.last - 1);
  if (through < stored.oldest) return undefined;
  const facts = await storage.facts(stored.number, through);
  const bytesAfter = stored.settledTotal - (facts?.total ?? 0);
  const tooMany = bytesAfter >= limits.keepConfirmedBytes;
  return tooMany || isOld(facts?.madeMs) ? { stream: stored.number, through } : undefined;

  /** A clock that cannot be believed makes nothing old. */
  function isOld(madeMs: number | undefined): boolean {
    if (madeMs === undefined || clock.quality() !== "synced") return false;
    return clock.wallMs() - madeMs >= limits.keepConfirmedMs;
  }
}
