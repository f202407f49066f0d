import type { StoredEntry } from "../../outbox/outbox.ts";
import { batchBytesMax, batchEventsMax } from "../../protocols/events.ts";
import type { Category } from "../../protocols/topics.ts";

/** Events of one topic, as one message. */
export interface Batch {
  readonly category: Category;
  /** A JSON array, joined from the stored bodies; nothing here is parsed. */
  readonly payload: string;
  readonly eventCount: number;
}

interface OpenBatch {
  readonly category: Category;
  readonly bodies: string[];
  bytes: number;
}

/** A batch's brackets; each event adds its bytes and a comma. */
const bracketBytes = 2;

/** CloudEvents extension `historical`, written over the brace that begins an event: nothing is parsed here. */
const historicalStart = '{"historical":true,';

/** Cuts entries into messages: one category each, in their order, at most 256 events or 128 KiB. */
export function cutBatches(entries: readonly StoredEntry[], historical = false): readonly Batch[] {
  const moreBytes = 1 + (historical ? historicalStart.length - 1 : 0);
  const open = new Map<string, OpenBatch>();
  const finished: OpenBatch[] = [];
  for (const { category, body } of entries) {
    const bytes = Buffer.byteLength(body) + moreBytes;
    let batch = open.get(category);
    if (batch === undefined || isFull(batch, bytes)) {
      batch = { category: category as Category, bodies: [], bytes: bracketBytes };
      open.set(category, batch);
      finished.push(batch);
    }
    batch.bodies.push(body);
    batch.bytes += bytes;
  }
  return finished.map(({ category, bodies }) => ({
    category,
    payload: historical ? joinHistorical(bodies) : `[${bodies.join(",")}]`,
    eventCount: bodies.length,
  }));
}

/** Each text is copied once, into the message. */
const joinHistorical = (bodies: readonly string[]): string =>
  `[${historicalStart}${bodies.map((body) => body.slice(1)).join(`,${historicalStart}`)}]`;

/** A single event longer than a batch may be goes alone. */
function isFull({ bodies, bytes }: OpenBatch, more: number): boolean {
  return bodies.length >= batchEventsMax || (bodies.length > 0 && bytes + more > batchBytesMax);
}

/** A run of sequences that are no longer there. */
export interface Hole {
  readonly from: number;
  readonly to: number;
}

/** What is missing between `after` and `to` among these entries, which are in order. */
export function holesIn(entries: readonly StoredEntry[], after: number, to: number): readonly Hole[] {
  const holes: Hole[] = [];
  let expected = after + 1;
  for (const { sequence } of entries) {
    if (sequence > to) break;
    if (sequence > expected) holes.push({ from: expected, to: sequence - 1 });
    expected = sequence + 1;
  }
  if (expected <= to) holes.push({ from: expected, to });
  return holes;
}
