import type { Clock } from "../protocols/clock.ts";
import { GroupedOutbox } from "./grouped-outbox.ts";
import { defaultOutboxLimits, type OutboxLimits } from "./limits.ts";
import type { Entry, Loss, Mark, StoredEntry } from "./outbox.ts";
import type { EntryQuery, EntryRow, GroupWrite, Storage, StoredStream } from "./storage.ts";

/**
 * A disk in memory for simulations. It outlives the outbox that was opened on it: to play a power cut,
 * leave the outbox alone and open another one on the same disk.
 */
export class MemoryDisk implements Storage {
  readonly epoch: string;
  /** The next write fails with this error, once. */
  failNextWrite: Error | undefined;
  readonly #streams = new Map<number, MemoryStream>();
  readonly #marks = new Map<string, Mark>();
  readonly #documents = new Map<string, Map<string, string>>();

  constructor(epoch: string) {
    this.epoch = epoch;
  }

  write(group: GroupWrite): Promise<void> {
    const error = this.failNextWrite;
    this.failNextWrite = undefined;
    if (error !== undefined) return Promise.reject(error);
    for (const { number, name } of group.streams)
      this.#streams.set(number, { name, rows: [], settled: 0, settledTotal: 0 });
    for (const row of group.entries) this.#streams.get(row.stream)?.rows.push(row);
    this.#mark(group);
    for (const { collection, key, value } of group.documents) this.#write(collection, key, value);
    for (const { stream, through } of group.settles) settle(this.#streams.get(stream), through);
    for (const { stream, through } of group.removals) {
      const kept = this.#streams.get(stream);
      if (kept) kept.rows = kept.rows.filter(({ sequence }) => sequence > through);
    }
    return Promise.resolve();
  }

  streams(): Promise<readonly StoredStream[]> {
    const streams = [...this.#streams].map(([number, { name, rows, settled, settledTotal }]) => {
      const last = rows.at(-1);
      const counters = { last: last?.sequence ?? 0, lastTotal: last?.total ?? 0 };
      return { name, number, settled, settledTotal, oldest: rows[0]?.sequence ?? 1, ...counters };
    });
    return Promise.resolve(streams);
  }

  entries(query: EntryQuery): Promise<readonly StoredEntry[]> {
    const rows = this.#streams.get(query.stream)?.rows ?? [];
    const start = rows.findIndex(({ sequence }) => sequence > query.after);
    const first = rows[start];
    if (first === undefined) return Promise.resolve([]);
    const totalMax = Math.max(first.total, first.total - Buffer.byteLength(first.body) + query.bytesMax);
    const batch = rows.slice(start, start + query.rowsMax).filter(({ total }) => total <= totalMax);
    return Promise.resolve(batch.map(({ sequence, category, body }) => ({ sequence, category, body })));
  }

  facts(stream: number, sequence: number): Promise<Pick<EntryRow, "total" | "madeMs"> | undefined> {
    return Promise.resolve(this.#streams.get(stream)?.rows.find((row) => row.sequence === sequence));
  }

  documents(collection: string): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(new Map(this.#documents.get(collection)));
  }

  marks(): Promise<readonly Mark[]> {
    return Promise.resolve([...this.#marks.values()]);
  }

  reusableBytes(): Promise<number> {
    return Promise.resolve(0);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #mark({ marks, forgotten }: GroupWrite): void {
    for (const mark of marks) this.#raise(mark);
    for (const { source, epoch } of forgotten) this.#marks.delete(JSON.stringify([source, epoch]));
  }

  #raise(mark: Mark): void {
    const key = JSON.stringify([mark.source, mark.epoch]);
    if (mark.sequence <= (this.#marks.get(key)?.sequence ?? 0)) return;
    this.#marks.delete(key);
    this.#marks.set(key, mark);
  }

  #write(collection: string, key: string, value: string | undefined): void {
    const documents = this.#documents.get(collection) ?? new Map<string, string>();
    if (value === undefined) documents.delete(key);
    else documents.set(key, value);
    this.#documents.set(collection, documents);
  }
}

interface MemoryStream {
  readonly name: string;
  rows: EntryRow[];
  settled: number;
  settledTotal: number;
}

function settle(stream: MemoryStream | undefined, through: number): void {
  const row = stream?.rows.find(({ sequence }) => sequence === through);
  if (stream === undefined || row === undefined || through <= stream.settled) return;
  stream.settled = through;
  stream.settledTotal = row.total;
}

export interface MemoryOutboxOptions {
  readonly clock: Clock;
  readonly disk?: MemoryDisk;
  readonly limits?: Partial<OutboxLimits>;
  readonly describeLoss?: (loss: Loss) => Entry;
}

/** The outbox with the same rules on a disk in memory. */
export function openMemoryOutbox(options: MemoryOutboxOptions): Promise<GroupedOutbox> {
  return GroupedOutbox.open(options.disk ?? new MemoryDisk("memory"), {
    clock: options.clock,
    limits: { ...defaultOutboxLimits, ...options.limits },
    describeLoss: options.describeLoss,
  });
}
