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
  { errand, stream, after, rowsMax, to }: Extract<UplinkEffect, { kind: "read" }>,
  departure: Departure | undefined,
): Promise<Found> {
  const stored = await outbox.nextBatch(stream, after, { rowsMax, bytesMax: readBytesMax });
  const wanted = to === undefined ? stored : stored.filter(({ sequence }) => sequence <= to);
  const leaving = departing(wanted, departure);
  const held = leaving.length < wanted.length;
  const batches = cutBatches(leaving, errand !== "live");
  // With nothing left up to there, there is nothing more to wait for.
  const nothing = wanted.length === 0 && stored.length > 0 ? to : undefined;
  const through = leaving.at(-1)?.sequence ?? nothing;
  return { batches, through, held, holes: errand === "again" ? goneFrom(stored, wanted, after, to) : [] };
}

/** What was asked for and is gone; where all of it is, as far as nothing is kept. */
function goneFrom(
  stored: readonly StoredEntry[],
  wanted: readonly StoredEntry[],
  after: number,
  to = 0,
): readonly Hole[] {
  const next = stored[0]?.sequence;
  if (wanted.length > 0) return holesIn(wanted, after, wanted.at(-1)?.sequence ?? to);
  return [{ from: after + 1, to: next === undefined ? to : next - 1 }];
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
