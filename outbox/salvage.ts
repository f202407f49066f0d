import { type DocumentWrite, type Mark, outrunNote } from "./outbox.ts";
import { type PageFile, pageBytes } from "./page-file.ts";
import { type Cell, readPage, readRecord, type SqlValue } from "./page-rows.ts";
import { sequencesPerStream } from "./place.ts";
import { type StreamFacts, streamOfNameKey } from "./sealing.ts";
import {
  isSoundDocument,
  isSoundEntry,
  isSoundMark,
  isSoundMeta,
  isSoundStream,
  type StoredEntryRow,
} from "./sqlite-rows.ts";

/** At 1 GiB lies a page that SQLite never uses (file format, "The Lock-Byte Page"). */
const lockBytePage = 1_073_741_824 / pageBytes + 1;

export interface EntryPage {
  readonly number: number;
  readonly firstPlace: number;
  readonly lastPlace: number;
}

/** Everything but the entries, and where those are. */
export interface Survey {
  epoch: string | undefined;
  readonly streams: Map<number, StreamFacts & { readonly settledKnown: boolean }>;
  readonly documents: Map<string, DocumentWrite>;
  readonly marks: Map<string, Mark & { readonly taken: number }>;
  readonly lostDocuments: string[];
  readonly lostMarks: string[];
  /** In the order of their places. */
  readonly entryPages: EntryPage[];
  damagedPages: number;
  /** What is damaged may have been state, not entries alone. */
  stateInDoubt: boolean;
}

/**
 * Looks at every page for itself: a damaged head, schema or pointer does not hide the rows behind it. A row
 * counts when its checksum fits. Pages that SQLite has given up hold rows of the past and are left out.
 */
export class Surveyor {
  readonly #file: PageFile;
  readonly #survey: Survey = {
    epoch: undefined,
    streams: new Map(),
    documents: new Map(),
    marks: new Map(),
    lostDocuments: [],
    lostMarks: [],
    entryPages: [],
    damagedPages: 0,
    stateInDoubt: false,
  };
  readonly #streamNames = new Map<number, string>();
  readonly #overflowPages = new Set<number>();
  readonly #unknownPages: number[] = [];
  /** Rows of version 1 have no checksums. */
  #checked = true;

  constructor(file: PageFile) {
    this.#file = file;
  }

  async survey(): Promise<Survey> {
    const head = await this.#file.page(1);
    this.#checked = (head === undefined ? 2 : viewOf(head).getUint32(60)) !== 1;
    const free = await this.#freePages(head);
    // Where their list is broken, rows of the past may come back.
    if (head === undefined || viewOf(head).getUint32(36) !== free.size) this.#survey.stateInDoubt = true;
    for await (const { number, page } of this.#file.all()) {
      if (!free.has(number) && number !== lockBytePage) await this.#look(number, page);
    }
    const unknown = this.#unknownPages.filter((number) => !this.#overflowPages.has(number));
    this.#survey.damagedPages += unknown.length;
    if (unknown.length > 0) this.#survey.stateInDoubt = true;
    this.#nameStreams();
    this.#survey.entryPages.sort((left, right) => left.firstPlace - right.firstPlace);
    return this.#survey;
  }

  /** Entries of a page that are what was written, in order. */
  async entries(number: number): Promise<readonly StoredEntryRow[]> {
    const page = await this.#file.page(number);
    const content = page && readPage(page, number);
    const rows: StoredEntryRow[] = [];
    for (const cell of content?.cells ?? []) {
      if (!isEntryCell(cell)) continue;
      const row = entryRow(cell.rowid, (await this.#values(cell)) ?? []);
      if (row !== undefined && isSoundEntry(row)) rows.push(row);
    }
    return rows.sort((left, right) => left.place - right.place);
  }

  async #look(number: number, page: Uint8Array | undefined): Promise<void> {
    const content = page && readPage(page, number);
    if (content === undefined) {
      this.#unknownPages.push(number);
      return;
    }
    const { sound, places } = await this.#takeAll(content.cells);
    // Only what is sound has a say in the order.
    if (places.length > 0)
      this.#survey.entryPages.push({
        number,
        firstPlace: Math.min(...places),
        lastPlace: Math.max(...places),
      });
    if (sound && content.consistent) return;
    this.#survey.damagedPages += 1;
    if (content.cells.length === 0 || !content.cells.every(isEntryCell)) this.#survey.stateInDoubt = true;
  }

  async #takeAll(
    cells: readonly Cell[],
  ): Promise<{ readonly sound: boolean; readonly places: readonly number[] }> {
    let sound = true;
    const places: number[] = [];
    for (const cell of cells) {
      const values = (await this.#values(cell)) ?? [];
      if (!this.#take(cell, values)) sound = false;
      else if (isEntryCell(cell)) places.push(cell.rowid);
    }
    return { sound, places };
  }

  /** Says whether it is what was written, or is named among what is lost. */
  #take(cell: Cell, values: readonly SqlValue[]): boolean {
    if (isEntryCell(cell)) {
      const row = entryRow(cell.rowid, values);
      return row !== undefined && isSoundEntry(row);
    }
    return cell.tree === "table" ? this.#takeStream(cell.rowid ?? 0, values) : this.#takeIndexed(values);
  }

  /** Documents, marks and facts are told apart by their third value. */
  #takeIndexed([first, second, third, fourth = 0, ...rest]: readonly SqlValue[]): boolean {
    // The index over the names of streams says nothing that the streams do not say.
    if (typeof first === "string" && typeof second === "number" && third === undefined) return true;
    if (typeof first !== "string" || typeof second !== "string") return false;
    if (typeof third === "string")
      this.#takeDocument({ collection: first, key: second, value: third }, fourth);
    else if (typeof third === "number" && this.#isMark(rest[0]))
      this.#takeMark({ source: first, epoch: second, sequence: third, taken: Number(fourth) }, rest[0]);
    else return this.#takeMeta({ name: first, value: second }, third);
    return true;
  }

  /** A fact of version 1 has two values, and a newer one three. */
  #isMark(fifth: SqlValue | undefined): boolean {
    return !this.#checked || fifth !== undefined;
  }

  #takeStream(number: number, [first, name, settled, checksum]: readonly SqlValue[]): boolean {
    // The schema's rows are in such a page as well; they begin with a text.
    if (typeof first === "string") return true;
    if (typeof name !== "string" || typeof settled !== "number") return false;
    const settledKnown = !this.#checked || isSoundStream({ number, name, settled, checksum });
    this.#survey.streams.set(number, { number, name, settled, settledKnown });
    return settledKnown;
  }

  #takeDocument(
    document: { collection: string; key: string; value: string },
    checksum: SqlValue | undefined,
  ): void {
    const name = `${document.collection}/${document.key}`;
    if (document.collection === outrunNote.collection && document.key === outrunNote.key) return;
    if (this.#checked && !isSoundDocument({ ...document, checksum: Number(checksum) }))
      this.#survey.lostDocuments.push(name);
    else this.#keep(document);
  }

  /** Two of one name: one of them was written past the other, and nobody knows which is newer. */
  #keep(document: DocumentWrite): void {
    const { documents } = this.#survey;
    const known = documents.get(documentKey(document));
    if (known !== undefined && known.value !== document.value) this.#survey.stateInDoubt = true;
    documents.set(documentKey(document), document);
  }

  #takeMark(mark: Mark & { readonly taken: number }, checksum: SqlValue | undefined): void {
    const name = `${mark.source}/${mark.epoch}`;
    if (this.#checked && !isSoundMark({ ...mark, checksum: Number(checksum) }))
      this.#survey.lostMarks.push(name);
    else if (mark.sequence > (this.#survey.marks.get(name)?.sequence ?? 0))
      this.#survey.marks.set(name, mark);
  }

  #takeMeta(meta: { name: string; value: string }, checksum: SqlValue | undefined): boolean {
    if (this.#checked && !isSoundMeta({ ...meta, checksum: Number(checksum) })) return false;
    if (meta.name === "epoch") this.#survey.epoch = meta.value;
    const number = streamOfNameKey(meta.name);
    if (number !== undefined) this.#streamNames.set(number, meta.value);
    return true;
  }

  /** A name that stands in only one of its two places is enough; a settled position stands in one. */
  #nameStreams(): void {
    const { streams } = this.#survey;
    for (const [number, name] of this.#streamNames) {
      const known = streams.get(number);
      if (!known?.settledKnown) streams.set(number, { number, name, settled: 0, settledKnown: false });
    }
    for (const [number, stream] of streams)
      if (!stream.settledKnown && !this.#streamNames.has(number)) streams.delete(number);
  }

  async #values(cell: Cell): Promise<readonly SqlValue[] | undefined> {
    if (cell.overflowPage === undefined) return readRecord(cell.local);
    if (cell.payloadBytes > this.#file.pages * pageBytes) return undefined;
    const payload = new Uint8Array(cell.payloadBytes);
    payload.set(cell.local);
    let filled = cell.local.length;
    let next = cell.overflowPage;
    while (filled < payload.length) {
      const page = await this.#file.page(next);
      if (page === undefined || next === 0) return undefined;
      this.#overflowPages.add(next);
      payload.set(page.subarray(4, 4 + Math.min(pageBytes - 4, payload.length - filled)), filled);
      filled += pageBytes - 4;
      next = viewOf(page).getUint32(0);
    }
    return readRecord(payload);
  }

  /** Trunk pages and what they name ("The Freelist"). */
  async #freePages(head: Uint8Array | undefined): Promise<ReadonlySet<number>> {
    const free = new Set<number>();
    let trunk = head === undefined ? 0 : viewOf(head).getUint32(32);
    while (trunk !== 0 && trunk <= this.#file.pages && !free.has(trunk)) {
      free.add(trunk);
      const page = await this.#file.page(trunk);
      if (page === undefined) break;
      const view = viewOf(page);
      const leaves = Math.min(view.getUint32(4), pageBytes / 4 - 2);
      for (let index = 0; index < leaves; index += 1) free.add(view.getUint32(8 + 4 * index));
      trunk = view.getUint32(0);
    }
    return free;
  }
}

export const documentKey = ({ collection, key }: Pick<DocumentWrite, "collection" | "key">): string =>
  JSON.stringify([collection, key]);

function isEntryCell(cell: Cell): cell is Cell & { readonly rowid: number } {
  return cell.tree === "table" && cell.rowid !== undefined && cell.rowid > sequencesPerStream;
}

/** The row's own address stands outside its record; version 1 ends before the checksum. */
function entryRow(place: number, values: readonly SqlValue[]): StoredEntryRow | undefined {
  const [, category, total, made_ms = null, body, checksum = null] = values;
  if (typeof category !== "string" || typeof total !== "number" || typeof body !== "string") return undefined;
  if (typeof made_ms === "string" || typeof checksum === "string") return undefined;
  return { place, category, total, made_ms, body, checksum };
}

const viewOf = (page: Uint8Array): DataView => new DataView(page.buffer, page.byteOffset, page.byteLength);
