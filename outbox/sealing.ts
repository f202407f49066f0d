import type { Database } from "./database.ts";
import type { DocumentWrite, Mark } from "./outbox.ts";
import { documentChecksum, markChecksum, metaChecksum, streamChecksum } from "./row-checksum.ts";

/** A small fact about the file itself; `name` is the key. */
export const writeMeta = (database: Database, name: string, value: string): Promise<unknown> =>
  database.all("INSERT OR REPLACE INTO meta (name, value, checksum) VALUES (?, ?, ?)", [
    name,
    value,
    metaChecksum(name, value),
  ]);

/** The second place of a stream's name. */
export const streamNameKey = (number: number): string => `stream ${number}`;

export function streamOfNameKey(key: string): number | undefined {
  const number = /^stream (\d+)$/.exec(key)?.[1];
  return number === undefined ? undefined : Number(number);
}

export interface StreamFacts {
  readonly number: number;
  readonly name: string;
  readonly settled: number;
}

/** Gives every stream, mark, document and fact its checksum; the tables are small, entries are not among them. */
export async function sealSmallTables(database: Database): Promise<void> {
  const streams = await database.all<StreamFacts>("SELECT number, name, settled FROM stream");
  await database.all(
    `UPDATE stream SET checksum = sealed.value ->> 1 FROM json_each(?) AS sealed
       WHERE stream.number = sealed.value ->> 0`,
    [json(streams.map(({ number, name, settled }) => [number, streamChecksum(number, name, settled)]))],
  );
  const facts = await database.all<{ name: string; value: string }>("SELECT name, value FROM meta");
  for (const { name, value } of facts) await writeMeta(database, name, value);
  for (const { number, name } of streams) await writeMeta(database, streamNameKey(number), name);
  const marks = await database.all<Mark>("SELECT source, epoch, sequence FROM mark");
  await database.all(
    `UPDATE mark SET taken = 0, checksum = sealed.value ->> 2 FROM json_each(?) AS sealed
       WHERE mark.source = sealed.value ->> 0 AND mark.epoch = sealed.value ->> 1`,
    [json(marks.map((mark) => [mark.source, mark.epoch, markChecksum(mark, 0)]))],
  );
  const documents = await database.all<DocumentWrite>("SELECT collection, key, value FROM document");
  await database.all(
    `UPDATE document SET checksum = sealed.value ->> 2 FROM json_each(?) AS sealed
       WHERE document.collection = sealed.value ->> 0 AND document.key = sealed.value ->> 1`,
    [json(documents.map((document) => [document.collection, document.key, documentChecksum(document)]))],
  );
}

const json = (rows: readonly unknown[]): string => JSON.stringify(rows);
