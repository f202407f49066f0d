import { open, rm } from "node:fs/promises";
import type { ClockQuality } from "../protocols/clock.ts";
import { madeMsOf } from "../protocols/identity.ts";
import { type LastSequences, noteSealedEnd } from "./clean-end.ts";
import { type Database, openDatabase } from "./database.ts";
import { migrate, outboxMigrations } from "./migrations.ts";
import { PageFile } from "./page-file.ts";
import { placeOf, sequenceOf, streamNumberOf } from "./place.ts";
import { epochIn, renumberedBody } from "./renumbering.ts";
import {
  documentChecksum,
  entryChecksum,
  markChecksum,
  metaChecksum,
  streamChecksum,
} from "./row-checksum.ts";
import { documentKey, type EntryPage, type Survey, Surveyor } from "./salvage.ts";
import {
  doubtNote,
  doubtWrite,
  leavesDoubt,
  type Salvage,
  type SalvagedStream,
  type SequenceRange,
  salvageNotes,
  salvagesIn,
} from "./salvage-report.ts";
import { streamNameKey, writeMeta } from "./sealing.ts";
import { secondReaderCollection, secondReaderThrough } from "./second-reader.ts";
import type { StoredEntryRow } from "./sqlite-rows.ts";

/** Rows written by one statement. */
const rowsPerWrite = 500;
/** Ranges told of one stream; those beyond it are joined, for nobody reads a thousand of them. */
const rangesMax = 64;

export interface SalvageOrder {
  readonly from: string;
  /** Made anew, whole and clean; what an earlier try left there goes. */
  readonly to: string;
  readonly reason: string;
  readonly movedTo: string;
  readonly newEpoch: string;
  readonly now: { readonly wallMs: number; readonly quality: ClockQuality };
}

/** Brings everything that can be read and checked from a broken file into a new one, under a new epoch. */
export async function salvage(order: SalvageOrder): Promise<void> {
  for (const suffix of ["", "-wal", "-shm"]) await rm(order.to + suffix, { force: true });
  const file = await PageFile.open(order.from);
  try {
    const surveyor = new Surveyor(file);
    const survey = await surveyor.survey();
    const database = await openDatabase(order.to);
    try {
      // Nobody believes the new file before it has its name, and before that it is synced as a whole.
      await database.exec("PRAGMA synchronous = OFF");
      await migrate(database, outboxMigrations, order.to);
      await noteSealedEnd(database, await new SalvageFile(database, survey, order).fill(surveyor));
    } finally {
      await database.close();
    }
  } finally {
    await file.close();
  }
  await syncToDisk(order.to);
}

/** Also for a folder, where names are what is synced. */
export async function syncToDisk(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A stream on its way from the old epoch to the new one. */
interface Passage {
  readonly stream: string;
  readonly settledKnown: boolean;
  readonly settled: number;
  /** The last one of the old epoch that was seen. */
  seen: number;
  /** The last one of the new epoch that was made, and the bytes up to it. */
  made: number;
  total: number;
  readonly moved: SequenceRange[];
  readonly lost: SequenceRange[];
}

class SalvageFile {
  readonly #database: Database;
  readonly #survey: Survey;
  readonly #order: SalvageOrder;
  readonly #passages = new Map<number, Passage>();
  #waiting: (readonly unknown[])[] = [];

  constructor(database: Database, survey: Survey, order: SalvageOrder) {
    this.#database = database;
    this.#survey = survey;
    this.#order = order;
  }

  /** Says how far the streams go in the new epoch. */
  async fill(surveyor: Surveyor): Promise<LastSequences> {
    await writeMeta(this.#database, "epoch", this.#order.newEpoch);
    for (const { number } of this.#survey.streams.values()) this.#passage(number);
    for (const page of this.#survey.entryPages.filter((each) => this.#isWanted(each))) {
      for (const row of await surveyor.entries(page.number)) this.#take(row);
      if (this.#waiting.length >= rowsPerWrite) await this.#writeEntries();
    }
    await this.#writeEntries();
    await this.#writeStreams();
    await this.#writeMarks();
    await this.#writeDocuments();
    return new Map([...this.#passages].map(([number, { made }]) => [number, made]));
  }

  /** Settled entries may lie beside what another stream has not settled. */
  #isWanted({ firstPlace, lastPlace }: EntryPage): boolean {
    const stream = streamNumberOf(lastPlace);
    return sequenceOf(lastPlace) > this.#arrived(stream) || streamNumberOf(firstPlace) !== stream;
  }

  /** What is settled, and what a second reader has as well where there is one. */
  #arrived(number: number): number {
    const { name = "", settled = 0 } = this.#survey.streams.get(number) ?? {};
    const place = this.#survey.documents.get(documentKey({ collection: secondReaderCollection, key: name }));
    return Math.min(settled, secondReaderThrough(place?.value, this.#survey.epoch) ?? settled);
  }

  #take(row: StoredEntryRow): void {
    const number = streamNumberOf(row.place);
    const old = sequenceOf(row.place);
    const passage = this.#passage(number);
    if (old <= passage.seen) return;
    const isFirst = passage.seen === 0 && !passage.settledKnown;
    const from = Math.max(passage.seen, passage.settled) + 1;
    if (old > from && !isFirst) extend(passage.lost, { from, to: old - 1 });
    // What only the second reader lacks, HQ has under its old number.
    if (old > passage.settled) extend(passage.moved, { from: old, to: old });
    passage.seen = old;
    passage.made += 1;
    const { newEpoch } = this.#order;
    const epoch = this.#survey.epoch ?? epochIn(row.body, old) ?? newEpoch;
    const to = { epoch: newEpoch, sequence: passage.made };
    const body = renumberedBody(row.body, { epoch, sequence: old }, to);
    passage.total += Buffer.byteLength(body);
    const moved = { ...row, place: placeOf(number, passage.made), total: passage.total, body };
    const { place, category, total, made_ms } = moved;
    this.#waiting.push([place, category, total, made_ms, body, entryChecksum(moved)]);
  }

  #passage(number: number): Passage {
    const known = this.#passages.get(number);
    if (known !== undefined) return known;
    // Where the name is gone from both its places the entries are kept all the same; the report names them.
    const {
      name: stream,
      settled,
      settledKnown,
    } = this.#survey.streams.get(number) ?? { name: streamNameKey(number), settled: 0, settledKnown: false };
    const seen = this.#arrived(number);
    const passage = { stream, settledKnown, settled, seen, made: 0, total: 0, moved: [], lost: [] };
    this.#passages.set(number, passage);
    return passage;
  }

  async #writeEntries(): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = [];
    await this.#insert("entry (place, category, total, made_ms, body, checksum)", rows);
  }

  async #writeStreams(): Promise<void> {
    const streams = [...this.#passages].map(([number, { stream }]) => ({ number, stream }));
    const rows = streams.map(({ number, stream }) => [number, stream, streamChecksum(number, stream, 0)]);
    await this.#insert("stream (number, name, checksum)", rows);
    const names = streams.map(({ number, stream }) => [streamNameKey(number), stream]);
    const facts = names.map(([key = "", stream = ""]) => [key, stream, metaChecksum(key, stream)]);
    await this.#insert("meta (name, value, checksum)", facts);
  }

  async #writeMarks(): Promise<void> {
    const marks = [...this.#survey.marks.values()].map((mark) => [
      mark.source,
      mark.epoch,
      mark.sequence,
      mark.taken,
      markChecksum(mark, mark.taken),
    ]);
    await this.#insert("mark (source, epoch, sequence, taken, checksum)", marks);
  }

  async #writeDocuments(): Promise<void> {
    const { documents } = this.#survey;
    const report = this.#report();
    const untold = salvagesIn(documents.get(documentKey(salvageNotes))?.value);
    documents.set(documentKey(salvageNotes), { ...salvageNotes, value: JSON.stringify([...untold, report]) });
    if (leavesDoubt(report)) documents.set(documentKey(doubtNote), doubtWrite(this.#doubtThroughMs()));
    const rows = [...documents.values()].map((document) => [
      document.collection,
      document.key,
      document.value,
      documentChecksum(document),
    ]);
    await this.#insert("document (collection, key, value, checksum)", rows);
  }

  /**
   * By the clock where it can be believed. Ids tell the time as well: what was made later than the newest of them
   * is gone with its page, but a clock that stands in 1970 would doubt nothing.
   */
  #doubtThroughMs(): number {
    const { now } = this.#order;
    const keys = [...this.#survey.documents.values()].map(({ key }) => madeMsOf(key) ?? 0);
    const known = keys.reduce((newest, madeMs) => Math.max(newest, madeMs), 0);
    return now.quality === "synced" || known === 0 ? Math.max(now.wallMs, known) : known;
  }

  #report(): Salvage {
    const { epoch, documents, marks, lostDocuments, lostMarks, damagedPages, stateInDoubt } = this.#survey;
    const { reason, movedTo, newEpoch } = this.#order;
    const streams = [...this.#passages.values()].map(
      ({ stream, settledKnown, moved, lost }): SalvagedStream => ({ stream, settledKnown, moved, lost }),
    );
    return {
      reason,
      movedTo,
      epoch,
      newEpoch,
      streams,
      documentsSaved: documents.size,
      marksSaved: marks.size,
      lostDocuments,
      lostMarks,
      damagedPages,
      stateInDoubt,
    };
  }

  async #insert(into: string, rows: readonly (readonly unknown[])[]): Promise<void> {
    const columns = into.split(",").map((_, index) => `value ->> ${index}`);
    for (let start = 0; start < rows.length; start += rowsPerWrite) {
      await this.#database.all(`INSERT INTO ${into} SELECT ${columns.join(", ")} FROM json_each(?)`, [
        JSON.stringify(rows.slice(start, start + rowsPerWrite)),
      ]);
    }
  }
}

/** Adds a range behind the others; what adjoins the last one, or is one too many, becomes part of it. */
function extend(ranges: SequenceRange[], { from, to }: SequenceRange): void {
  const last = ranges.at(-1);
  if (last === undefined || (from > last.to + 1 && ranges.length < rangesMax)) ranges.push({ from, to });
  else ranges[ranges.length - 1] = { from: last.from, to };
}
