import type { StoredEntry } from "./outbox.ts";
import type { EntryQuery, EntryRow, StreamMark } from "./storage.ts";

/** The newest entries that are on disk, once more in memory: what was written last is asked for next. */
export class Tail {
  /** Of each stream. */
  readonly #bytesMax: number;
  /** By stream, in order and without holes. */
  readonly #rows = new Map<number, EntryRow[]>();

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** These rows have just reached the disk. */
  remember(rows: readonly EntryRow[]): void {
    if (this.#bytesMax === 0) return;
    const streams = new Set<number>();
    for (const row of rows) {
      streams.add(row.stream);
      const kept = this.#rows.get(row.stream);
      if (kept === undefined) this.#rows.set(row.stream, [row]);
      else kept.push(row);
    }
    for (const stream of streams) this.#trim(stream);
  }

  /** These entries are gone from the disk. */
  forget({ stream, through }: StreamMark): void {
    const rows = this.#rows.get(stream) ?? [];
    const left = rows.filter(({ sequence }) => sequence > through);
    if (left.length < rows.length) this.#rows.set(stream, left);
  }

  /** What the storage would hand out, or undefined when it has to be asked. */
  entries({ stream, after, rowsMax, bytesMax }: EntryQuery): readonly StoredEntry[] | undefined {
    const rows = this.#rows.get(stream);
    const oldest = rows?.[0];
    if (rows === undefined || oldest === undefined || after + 1 < oldest.sequence) return undefined;
    const start = after + 1 - oldest.sequence;
    const first = rows[start];
    if (first === undefined) return undefined;
    const totalMax = Math.max(first.total, first.total - Buffer.byteLength(first.body) + bytesMax);
    const batch = rows.slice(start, start + rowsMax).filter(({ total }) => total <= totalMax);
    return batch.map(({ sequence, category, body }) => ({ sequence, category, body }));
  }

  /** Lets it grow to twice its size before it is cut, so that cutting stays rare. */
  #trim(stream: number): void {
    const rows = this.#rows.get(stream) ?? [];
    const oldest = rows[0];
    const newest = rows.at(-1);
    if (oldest === undefined || newest === undefined) return;
    if (newest.total - oldest.total <= 2 * this.#bytesMax) return;
    const floor = newest.total - this.#bytesMax;
    this.#rows.set(
      stream,
      rows.filter(({ total }) => total > floor),
    );
  }
}
