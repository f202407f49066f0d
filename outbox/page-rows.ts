import { pageBytes } from "./page-file.ts";

/** SQLite's b-tree pages, https://sqlite.org/fileformat2.html#b_tree_pages */
const kinds = {
  2: { tree: "index", leaf: false },
  5: { tree: "table", leaf: false },
  10: { tree: "index", leaf: true },
  13: { tree: "table", leaf: true },
} as const satisfies Record<number, { readonly tree: "table" | "index"; readonly leaf: boolean }>;

/** The file's own header stands before the first page's. */
const fileHeaderBytes = 100;
const textDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export type SqlValue = string | number | null;

/** A cell as it lies in its page; a long one goes on in overflow pages. */
export interface Cell {
  readonly tree: "table" | "index";
  readonly rowid: number | undefined;
  readonly payloadBytes: number;
  readonly local: Uint8Array;
  readonly overflowPage: number | undefined;
}

export interface PageContent {
  readonly cells: readonly Cell[];
  /** False where the page's own account of its space does not add up, so that cells may be missing. */
  readonly consistent: boolean;
}

/** The cells of a page that holds rows, none for a page of pointers alone, undefined for any other page. */
export function readPage(page: Uint8Array, number: number): PageContent | undefined {
  const start = number === 1 ? fileHeaderBytes : 0;
  const kind = kinds[page[start] as keyof typeof kinds];
  if (kind === undefined) return undefined;
  if (kind.tree === "table" && !kind.leaf) return { cells: [], consistent: true };
  return readCells(page, start, kind);
}

type PageKind = (typeof kinds)[keyof typeof kinds];

function readCells(page: Uint8Array, start: number, kind: PageKind): PageContent {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const count = view.getUint16(start + 3);
  const pointers = start + (kind.leaf ? 8 : 12);
  const free = freeSpace(view, start);
  const cells: Cell[] = [];
  let used = pointers + 2 * count;
  for (let index = 0; index < count && pointers + 2 * index + 2 <= pageBytes; index += 1) {
    const at = view.getUint16(pointers + 2 * index);
    const cell = free.holds(at) ? undefined : readCell(page, at, kind);
    if (cell === undefined) continue;
    cells.push(cell.cell);
    used += cell.bytes;
  }
  const gap = free.contentStart - pointers - 2 * count;
  return { cells, consistent: cells.length === count && used + gap + free.bytes === pageBytes };
}

interface FreeSpace {
  /** Cells lie from here to the end. */
  readonly contentStart: number;
  /** In free blocks and scraps. */
  readonly bytes: number;
  /** Whether a cell that begins there was given up: a wrong count would bring it back. */
  holds(at: number): boolean;
}

/** Free space as the page's header and its list of free blocks tell it. */
function freeSpace(view: DataView, start: number): FreeSpace {
  const contentStart = view.getUint16(start + 5) || 65_536;
  const blocks: { readonly from: number; readonly bytes: number }[] = [];
  let from = view.getUint16(start + 1);
  while (from !== 0 && from + 4 <= pageBytes && blocks.length < pageBytes / 4) {
    blocks.push({ from, bytes: view.getUint16(from + 2) });
    from = view.getUint16(from);
  }
  return {
    contentStart,
    bytes: blocks.reduce((sum, { bytes }) => sum + bytes, view.getUint8(start + 7)),
    holds: (at) =>
      at < contentStart || blocks.some((block) => at >= block.from && at < block.from + block.bytes),
  };
}

/** What of a payload stays in its page (file format, "B-tree Cell Format"). */
function localBytes(payload: number, tree: "table" | "index"): number {
  const most = tree === "table" ? pageBytes - 35 : Math.floor(((pageBytes - 12) * 64) / 255) - 23;
  if (payload <= most) return payload;
  const least = Math.floor(((pageBytes - 12) * 32) / 255) - 23;
  const fitting = least + ((payload - least) % (pageBytes - 4));
  return fitting <= most ? fitting : least;
}

function readCell(
  page: Uint8Array,
  at: number,
  { tree, leaf }: PageKind,
): { readonly cell: Cell; readonly bytes: number } | undefined {
  const payload = readVarint(page, leaf ? at : at + 4);
  const rowid = tree === "table" ? readVarint(page, payload.next) : { value: undefined, next: payload.next };
  const inPage = localBytes(payload.value, tree);
  const end = rowid.next + inPage;
  const overflows = payload.value > inPage;
  const cellEnd = end + (overflows ? 4 : 0);
  if (!(cellEnd <= pageBytes)) return undefined;
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const cell = {
    tree,
    rowid: rowid.value,
    payloadBytes: payload.value,
    local: page.subarray(rowid.next, end),
    overflowPage: overflows ? view.getUint32(end) : undefined,
  };
  return { cell, bytes: Math.max(4, cellEnd - at) };
}

/** One to nine bytes, seven bits each, the ninth whole; NaN where the page ends before it does. */
function readVarint(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const byte = bytes[at + index] ?? Number.NaN;
    value = value * 128 + (byte & 0x7f);
    if (byte < 128) return { value, next: at + index + 1 };
  }
  return { value: value * 256 + (bytes[at + 8] ?? Number.NaN), next: at + 9 };
}

/** A record's values ("Record Format"); undefined where it is none. */
export function readRecord(payload: Uint8Array): readonly SqlValue[] | undefined {
  const head = readVarint(payload, 0);
  if (!(head.value <= payload.length)) return undefined;
  const values: SqlValue[] = [];
  let body = head.value;
  for (let at = head.next; at < head.value; ) {
    const type = readVarint(payload, at);
    const value = readValue(payload, body, type.value);
    if (value === undefined) return undefined;
    values.push(value.value);
    at = type.next;
    body += value.bytes;
  }
  return body === payload.length ? values : undefined;
}

const integerBytes: readonly number[] = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function readValue(
  payload: Uint8Array,
  at: number,
  type: number,
): { readonly value: SqlValue; readonly bytes: number } | undefined {
  const bytes = type >= 13 && type % 2 === 1 ? (type - 13) / 2 : integerBytes[type];
  if (bytes === undefined || at + bytes > payload.length) return undefined;
  if (type === 0) return { value: null, bytes };
  if (type >= 13) return readText(payload.subarray(at, at + bytes));
  // Neither text nor a whole number is in any of our tables.
  if (type === 7) return undefined;
  return { value: type === 9 ? 1 : readInteger(payload, at, bytes), bytes };
}

function readText(bytes: Uint8Array): { readonly value: SqlValue; readonly bytes: number } | undefined {
  try {
    return { value: textDecoder.decode(bytes), bytes: bytes.length };
  } catch {
    return undefined;
  }
}

function readInteger(payload: Uint8Array, at: number, bytes: number): number {
  if (bytes === 0) return 0;
  let value = new DataView(payload.buffer, payload.byteOffset).getInt8(at);
  for (let index = 1; index < bytes; index += 1) value = value * 256 + (payload[at + index] ?? 0);
  return value;
}
