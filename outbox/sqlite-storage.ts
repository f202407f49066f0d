import { type Database, openReader, type Statement } from "./database.ts";
import type { Mark, StoredEntry } from "./outbox.ts";
import { noteCleanEnd } from "./start-check.ts";
import type { EntryQuery, EntryRow, GroupWrite, Storage, StoredStream } from "./storage.ts";

/** Room for a million million entries a stream, and for 8,191 streams, in the integers that JavaScript is exact on. */
export const sequencesPerStream = 2 ** 40;
const placeOf = (stream: number, sequence: number): number => stream * sequencesPerStream + sequence;
const sequenceOf = (place: number): number => place % sequencesPerStream;

/**
 * One statement writes a whole group: inserting into this view fires the trigger. So the group is a
 * transaction by itself, is undone by itself, and costs one trip to SQLite's thread instead of six.
 */
const groupView = `
  CREATE TEMP VIEW written AS
    SELECT 0 AS streams, 0 AS entries, 0 AS marks, 0 AS documents, 0 AS settles, 0 AS removals;
  CREATE TEMP TRIGGER write_group INSTEAD OF INSERT ON written BEGIN
    INSERT INTO stream (number, name)
      SELECT value ->> 0, value ->> 1 FROM json_each(NEW.streams);
    INSERT INTO entry (place, category, total, made_ms, body)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(NEW.entries);
    INSERT INTO mark (source, epoch, sequence)
      SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(NEW.marks) WHERE true
      ON CONFLICT DO UPDATE SET sequence = excluded.sequence WHERE excluded.sequence > mark.sequence;
    INSERT INTO document (collection, key, value)
      SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(NEW.documents)
      WHERE value ->> 2 IS NOT NULL
      ON CONFLICT DO UPDATE SET value = excluded.value;
    DELETE FROM document WHERE (collection, key) IN (
      SELECT value ->> 0, value ->> 1 FROM json_each(NEW.documents) WHERE value ->> 2 IS NULL);
    UPDATE stream SET settled = wanted.through, settled_total = wanted.total
      FROM (SELECT value ->> 0 AS number, value ->> 1 AS through, entry.total AS total
              FROM json_each(NEW.settles) JOIN entry ON entry.place = value ->> 2) AS wanted
      WHERE stream.number = wanted.number AND wanted.through > stream.settled;
    DELETE FROM entry WHERE place IN (
      SELECT entry.place FROM json_each(NEW.removals)
        JOIN entry ON entry.place BETWEEN value ->> 0 AND value ->> 1);
  END`;

const queries = {
  write: "INSERT INTO written VALUES (?, ?, ?, ?, ?, ?)",
  streams: `
    SELECT stream.*, newest.place AS newest, newest.total AS last_total,
        (SELECT min(place) FROM entry WHERE place > first AND place < first + ${sequencesPerStream}) AS oldest
      FROM (SELECT *, number * ${sequencesPerStream} AS first FROM stream) AS stream
      LEFT JOIN entry AS newest ON newest.place =
        (SELECT max(place) FROM entry WHERE place > first AND place < first + ${sequencesPerStream})`,
  // Sequences have no holes, so the first entry's place bounds the scan; `total` alone would run to the end.
  entries: `
    SELECT entry.place, entry.category, entry.body
      FROM (SELECT place, max(total, total - octet_length(body) + ?3) AS total_max FROM entry
              WHERE place > ?1 AND place < ?2 ORDER BY place LIMIT 1) AS first
      JOIN entry ON entry.place >= first.place AND entry.place < min(first.place + ?4, ?2)
      WHERE entry.total <= first.total_max
      ORDER BY entry.place`,
  facts: "SELECT total, made_ms FROM entry WHERE place = ?",
  documents: "SELECT key, value FROM document WHERE collection = ?",
  reusableBytes: "SELECT freelist_count * page_size AS bytes FROM pragma_freelist_count, pragma_page_size",
  marks: "SELECT source, epoch, sequence FROM mark",
} as const;

interface StreamRow {
  readonly name: string;
  readonly number: number;
  readonly settled: number;
  readonly settled_total: number;
  readonly newest: number | null;
  readonly last_total: number | null;
  readonly oldest: number | null;
}

export class SqliteStorage implements Storage {
  readonly epoch: string;
  readonly #database: Database;
  readonly #reader: Database;
  readonly #write: Statement;
  readonly #entries: Statement;

  private constructor(
    epoch: string,
    connections: { readonly database: Database; readonly reader: Database },
    statements: { readonly write: Statement; readonly entries: Statement },
  ) {
    this.epoch = epoch;
    this.#database = connections.database;
    this.#reader = connections.reader;
    this.#write = statements.write;
    this.#entries = statements.entries;
  }

  /** `newEpoch` is used when the file has none yet. */
  static async open(database: Database, path: string, newEpoch: string): Promise<SqliteStorage> {
    await database.exec(groupView);
    await database.all("INSERT OR IGNORE INTO meta VALUES ('epoch', ?)", [newEpoch]);
    const [row] = await database.all<{ value: string }>("SELECT value FROM meta WHERE name = 'epoch'");
    const reader = await openReader(path);
    const write = await database.prepare(queries.write);
    const entries = await reader.prepare(queries.entries);
    return new SqliteStorage(row?.value ?? newEpoch, { database, reader }, { write, entries });
  }

  async write(group: GroupWrite): Promise<void> {
    await this.#write.run(
      [
        group.streams.map(({ number, name }) => [number, name]),
        group.entries.map((row) => [
          placeOf(row.stream, row.sequence),
          row.category,
          row.total,
          row.madeMs ?? null,
          row.body,
        ]),
        group.marks.map(({ source, epoch, sequence }) => [source, epoch, sequence]),
        group.documents.map(({ collection, key, value }) => [collection, key, value ?? null]),
        group.settles.map(({ stream, through }) => [stream, through, placeOf(stream, through)]),
        group.removals.map(({ stream, through }) => [placeOf(stream, 0), placeOf(stream, through)]),
      ].map((rows) => JSON.stringify(rows)),
    );
  }

  async streams(): Promise<readonly StoredStream[]> {
    const rows = await this.#reader.all<StreamRow>(queries.streams);
    return rows.map((row) => ({
      name: row.name,
      number: row.number,
      oldest: row.oldest === null ? 1 : sequenceOf(row.oldest),
      last: row.newest === null ? 0 : sequenceOf(row.newest),
      lastTotal: row.last_total ?? 0,
      settled: row.settled,
      settledTotal: row.settled_total,
    }));
  }

  async entries(query: EntryQuery): Promise<readonly StoredEntry[]> {
    const rows = await this.#entries.all<{ place: number; category: string; body: string }>([
      placeOf(query.stream, query.after),
      placeOf(query.stream + 1, 0),
      query.bytesMax,
      query.rowsMax,
    ]);
    return rows.map(({ place, category, body }) => ({ sequence: sequenceOf(place), category, body }));
  }

  async facts(stream: number, sequence: number): Promise<Pick<EntryRow, "total" | "madeMs"> | undefined> {
    const place = placeOf(stream, sequence);
    const [row] = await this.#reader.all<{ total: number; made_ms: number | null }>(queries.facts, [place]);
    return row && { total: row.total, madeMs: row.made_ms ?? undefined };
  }

  async documents(collection: string): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#reader.all<{ key: string; value: string }>(queries.documents, [collection]);
    return new Map(rows.map(({ key, value }) => [key, value]));
  }

  marks(): Promise<readonly Mark[]> {
    return this.#reader.all<Mark>(queries.marks);
  }

  async reusableBytes(): Promise<number> {
    const [row] = await this.#reader.all<{ bytes: number }>(queries.reusableBytes);
    return row?.bytes ?? 0;
  }

  async close(): Promise<void> {
    await this.#reader.close();
    await noteCleanEnd(this.#database);
    await this.#database.close();
  }
}
