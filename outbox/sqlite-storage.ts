import { noteSealedEnd } from "./clean-end.ts";
import { type Database, openReader, type Statement } from "./database.ts";
import type { Mark, StoredEntry } from "./outbox.ts";
import { placeOf, sequenceOf } from "./place.ts";
import {
  documentChecksum,
  entryChecksum,
  markChecksum,
  metaChecksum,
  storable,
  streamChecksum,
} from "./row-checksum.ts";
import { streamNameKey, writeMeta } from "./sealing.ts";
import {
  checkedDocuments,
  checkedEntries,
  checkedMarks,
  checkedStream,
  type DocumentRow,
  damaged,
  isSoundMeta,
  type MarkRow,
  type MetaRow,
  type StoredEntryRow,
  type StreamRow,
} from "./sqlite-rows.ts";
import { groupView, queries } from "./sqlite-statements.ts";
import type { EntryQuery, EntryRow, GroupWrite, Storage, StoredStream } from "./storage.ts";

/** The file, and what keeps other writers away from it; they live and end together. */
export interface OutboxFiles {
  readonly database: Database;
  readonly lock: Database;
  readonly path: string;
}

export class SqliteStorage implements Storage {
  readonly epoch: string;
  readonly #files: OutboxFiles;
  readonly #reader: Database;
  readonly #write: Statement;
  readonly #entries: Statement;
  /** By number; a stream's checksum covers its name. */
  readonly #names = new Map<number, string>();
  /** By number: the last sequence on disk, for the clean end. */
  readonly #last = new Map<number, number>();
  /** Marks in the order of their last moves. */
  #taken = 0;

  private constructor(
    epoch: string,
    files: OutboxFiles,
    reading: { readonly reader: Database; readonly entries: Statement },
    write: Statement,
  ) {
    this.epoch = epoch;
    this.#files = files;
    this.#reader = reading.reader;
    this.#entries = reading.entries;
    this.#write = write;
  }

  /** `newEpoch` is used when the file has none yet. What is in `files` stays the caller's until this succeeds. */
  static async open(files: OutboxFiles, newEpoch: string): Promise<SqliteStorage> {
    const { database, path } = files;
    await database.exec(groupView);
    const epoch = await epochOf(database, path, newEpoch);
    const reader = await openReader(path);
    try {
      const write = await database.prepare(queries.write);
      const entries = await reader.prepare(queries.entries);
      const storage = new SqliteStorage(epoch, files, { reader, entries }, write);
      await storage.#start();
      return storage;
    } catch (error) {
      await reader.close();
      throw error;
    }
  }

  /** The newest entry of a stream carries its counters, so it is looked at before they are believed. */
  async #start(): Promise<void> {
    for (const { number, last } of await this.streams()) {
      this.#last.set(number, last);
      if (last > 0) await this.entries({ stream: number, after: last - 1, rowsMax: 1, bytesMax: 1 });
    }
    const [row] = await this.#reader.all<{ taken: number | null }>("SELECT max(taken) AS taken FROM mark");
    this.#taken = row?.taken ?? 0;
  }

  async write(group: GroupWrite): Promise<void> {
    for (const { number, name } of group.streams) this.#names.set(number, name);
    await this.#write.run(
      [
        group.streams.map(({ number, name }) => streamRow(number, name)),
        group.entries.map(entryRow),
        group.marks.map((mark) => this.#markRow(mark)),
        group.documents.map(({ collection, key, value }) => documentRow(collection, key, value)),
        group.settles.map(({ stream, through }) => this.#settleRow(stream, through)),
        group.removals.map(({ stream, through }) => [placeOf(stream, 0), placeOf(stream, through)]),
        group.forgotten.map(({ source, epoch }) => [storable(source), storable(epoch)]),
      ].map((rows) => JSON.stringify(rows)),
    );
    for (const { stream, sequence } of group.entries) this.#last.set(stream, sequence);
  }

  async streams(): Promise<readonly StoredStream[]> {
    const rows = await this.#reader.all<StreamRow>(queries.streams);
    const streams = rows.map((row) => checkedStream(row, this.#files.path));
    for (const { number, name } of streams) this.#names.set(number, name);
    return streams;
  }

  async entries(query: EntryQuery): Promise<readonly StoredEntry[]> {
    const rows = await this.#entries.all<StoredEntryRow>([
      placeOf(query.stream, query.after),
      placeOf(query.stream + 1, 0),
      query.bytesMax,
      query.rowsMax,
    ]);
    return checkedEntries(rows, this.#files.path).map(({ place, category, body }) => ({
      sequence: sequenceOf(place),
      category,
      body,
    }));
  }

  async facts(stream: number, sequence: number): Promise<Pick<EntryRow, "total" | "madeMs"> | undefined> {
    const place = placeOf(stream, sequence);
    const [row] = await this.#reader.all<{ total: number; made_ms: number | null }>(queries.facts, [place]);
    return row && { total: row.total, madeMs: row.made_ms ?? undefined };
  }

  async documents(collection: string): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#reader.all<DocumentRow>(queries.documents, [collection]);
    return new Map(checkedDocuments(rows, this.#files.path).map(({ key, value }) => [key, value]));
  }

  async marks(): Promise<readonly Mark[]> {
    const rows = await this.#reader.all<MarkRow>(queries.marks);
    return checkedMarks(rows, this.#files.path).map(({ source, epoch, sequence }) => ({
      source,
      epoch,
      sequence,
    }));
  }

  async reusableBytes(): Promise<number> {
    const [row] = await this.#reader.all<{ bytes: number }>(queries.reusableBytes);
    return row?.bytes ?? 0;
  }

  /** For an opening that fails after all. */
  closeReader(): Promise<void> {
    return this.#reader.close();
  }

  async close(): Promise<void> {
    const { database, lock } = this.#files;
    try {
      await this.#reader.close();
      await noteSealedEnd(database, this.#last);
    } finally {
      await database.close();
      await lock.close();
    }
  }

  #markRow({ source, epoch, sequence }: Mark): readonly unknown[] {
    this.#taken += 1;
    const mark = { source: storable(source), epoch: storable(epoch), sequence };
    return [mark.source, mark.epoch, sequence, this.#taken, markChecksum(mark, this.#taken)];
  }

  #settleRow(stream: number, through: number): readonly unknown[] {
    const checksum = streamChecksum(stream, this.#names.get(stream) ?? "", through);
    return [stream, through, placeOf(stream, through), checksum];
  }
}

async function epochOf(database: Database, path: string, newEpoch: string): Promise<string> {
  const facts = await database.all<MetaRow>(queries.meta);
  const broken = facts.find((row) => !isSoundMeta(row));
  if (broken !== undefined) throw damaged(path, `${broken.name} of the file is not what was written`);
  const known = facts.find(({ name }) => name === "epoch");
  if (known === undefined) await writeMeta(database, "epoch", newEpoch);
  return known?.value ?? newEpoch;
}

function streamRow(number: number, name: string): readonly unknown[] {
  const key = streamNameKey(number);
  return [number, name, streamChecksum(number, name, 0), key, metaChecksum(key, name)];
}

function entryRow(row: EntryRow): readonly unknown[] {
  const place = placeOf(row.stream, row.sequence);
  const category = storable(row.category);
  const body = storable(row.body);
  const { total, madeMs: made_ms = null } = row;
  return [place, category, total, made_ms, body, entryChecksum({ place, category, total, made_ms, body })];
}

function documentRow(collection: string, key: string, value: string | undefined): readonly unknown[] {
  const document = { collection: storable(collection), key: storable(key) };
  if (value === undefined) return [document.collection, document.key, null, 0];
  const whole = { ...document, value: storable(value) };
  return [whole.collection, whole.key, whole.value, documentChecksum(whole)];
}
