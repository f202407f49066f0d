import type { Mark } from "./outbox.ts";
import { OutboxError } from "./outbox-error.ts";
import { sequenceOf, streamNumberOf } from "./place.ts";
import {
  documentChecksum,
  type EntryFacts,
  entryChecksum,
  markChecksum,
  metaChecksum,
  streamChecksum,
} from "./row-checksum.ts";
import type { StreamFacts } from "./sealing.ts";
import type { StoredStream } from "./storage.ts";

/** Rows as SQLite hands them out; none is believed before its checksum fits. */
export interface StoredEntryRow extends EntryFacts {
  /** Absent in entries of version 1. */
  readonly checksum: number | null;
}

export interface DocumentRow {
  readonly collection: string;
  readonly key: string;
  readonly value: string;
  readonly checksum: number;
}

export interface MarkRow extends Mark {
  readonly taken: number;
  readonly checksum: number;
}

export interface MetaRow {
  readonly name: string;
  readonly value: string;
  readonly checksum: number;
}

export interface StreamRow extends StreamFacts {
  readonly checksum: number;
  readonly newest: number | null;
  readonly last_total: number | null;
  readonly oldest: number | null;
  readonly settled_total: number | null;
}

export const isSoundEntry = (row: StoredEntryRow): boolean =>
  row.checksum === null || row.checksum === entryChecksum(row);
export const isSoundDocument = (row: DocumentRow): boolean => row.checksum === documentChecksum(row);
export const isSoundMark = (row: MarkRow): boolean => row.checksum === markChecksum(row, row.taken);
export const isSoundMeta = ({ name, value, checksum }: MetaRow): boolean =>
  checksum === metaChecksum(name, value);
export const isSoundStream = ({
  number,
  name,
  settled,
  checksum,
}: StreamFacts & { checksum: unknown }): boolean => checksum === streamChecksum(number, name, settled);

/** Entries that were read in order: each is what was written, and none between them is missing. */
export function checkedEntries(rows: readonly StoredEntryRow[], path: string): readonly StoredEntryRow[] {
  const first = rows[0]?.place ?? 0;
  rows.forEach((row, index) => {
    if (isSoundEntry(row) && row.place === first + index) return;
    const place = `entry ${sequenceOf(first + index)} of stream ${streamNumberOf(first)}`;
    throw damaged(
      path,
      row.place === first + index ? `${place} is not what was written` : `${place} is missing`,
    );
  });
  return rows;
}

export function checkedDocuments(rows: readonly DocumentRow[], path: string): readonly DocumentRow[] {
  const broken = rows.find((row) => !isSoundDocument(row));
  if (broken !== undefined)
    throw damaged(path, `document ${broken.collection}/${broken.key} is not what was written`);
  return distinct(rows, ({ collection, key }) => `document ${collection}/${key}`, path);
}

export function checkedMarks(rows: readonly MarkRow[], path: string): readonly MarkRow[] {
  const broken = rows.find((row) => !isSoundMark(row));
  if (broken !== undefined)
    throw damaged(path, `mark ${broken.source}/${broken.epoch} is not what was written`);
  return distinct(rows, ({ source, epoch }) => `mark ${source}/${epoch}`, path);
}

/** A pointer that leads to the wrong page shows one page twice and another not at all. */
function distinct<Row>(rows: readonly Row[], nameOf: (row: Row) => string, path: string): readonly Row[] {
  const names = new Set<string>();
  for (const row of rows) {
    const name = nameOf(row);
    if (names.has(name)) throw damaged(path, `${name} is there twice`);
    names.add(name);
  }
  return rows;
}

export function checkedStream(row: StreamRow, path: string): StoredStream {
  if (!isSoundStream(row)) throw damaged(path, `stream ${row.number} is not what was written`);
  const last = row.newest === null ? 0 : sequenceOf(row.newest);
  if (row.settled > last || (row.settled < last && row.settled_total === null))
    throw damaged(path, `${row.name} lacks entries behind its settled ${row.settled}`);
  const lastTotal = row.last_total ?? 0;
  return {
    name: row.name,
    number: row.number,
    oldest: row.oldest === null ? 1 : sequenceOf(row.oldest),
    last,
    lastTotal,
    settled: row.settled,
    settledTotal: row.settled_total ?? lastTotal,
  };
}

export function damaged(path: string, what: string): OutboxError {
  return new OutboxError("outbox-broken", `${path} is damaged (${what})`);
}
