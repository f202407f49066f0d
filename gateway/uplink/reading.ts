import type { Outbox, StoredEntry } from "../../outbox/outbox.ts";
import { type Batch, cutBatches, type Hole, holesIn } from "./batches.ts";
import type { UplinkEffect } from "./state.ts";

/** An entry's text as it leaves. Undefined: not yet; it and everything behind it in its stream waits. */
export type Departure = (entry: StoredEntry) => string | undefined;

/** Bodies that one read hands over: some batches' worth, so that reading is never the wait. */
const readBytesMax = 2 * 1024 * 1024;

/** What one read brings. */
interface Found {
  readonly batches: readonly Batch[];
  /** The last sequence that may leave; undefined when there is none. */
  readonly through: number | undefined;
  /** What was asked for and is not there any more. */
  readonly holes: readonly Hole[];
  /** What follows may not leave yet. */
  readonly held: boolean;
}

export async function readEntries(
  outbox: Outbox,
  { stream, after, rowsMax, to }: Extract<UplinkEffect, { kind: "read" }>,
  departure: Departure | undefined,
): Promise<Found> {
  const stored = await outbox.nextBatch(stream, after, { rowsMax, bytesMax: readBytesMax });
  const wanted = to === undefined ? stored : stored.filter(({ sequence }) => sequence <= to);
  const leaving = departing(wanted, departure);
  // What is not there up to the last one found is gone; with none found, all that was asked for is.
  const reached = stored.length > 0 ? (wanted.at(-1)?.sequence ?? to) : to;
  const holes = to === undefined || reached === undefined ? [] : holesIn(wanted, after, reached);
  const through = leaving.at(-1)?.sequence;
  return { batches: cutBatches(leaving), through, holes, held: leaving.length < wanted.length };
}

function departing(
  entries: readonly StoredEntry[],
  departure: Departure | undefined,
): readonly StoredEntry[] {
  if (departure === undefined) return entries;
  const leaving: StoredEntry[] = [];
  for (const entry of entries) {
    const body = departure(entry);
    if (body === undefined) break;
    leaving.push(body === entry.body ? entry : { ...entry, body });
  }
  return leaving;
}
