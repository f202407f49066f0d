import { type FileHandle, open } from "node:fs/promises";
import {
  bitsApart,
  frameHeaderBytes,
  logHeaderBytes,
  readFrameHeader,
  readLogHeader,
  type Sum,
} from "./log-format.ts";

/** SQLite's pages as `openDatabase` makes them. */
export const pageBytes = 4_096;
/** Pages that are read at once. */
const chunkPages = 64;

/**
 * The pages of a file that SQLite may refuse: the newest committed version of each, from the log where it has
 * one. What the disk cannot read is absent. Nothing is written.
 */
export class PageFile {
  readonly #file: FileHandle;
  readonly #log: FileHandle | undefined;
  /** By page: where its newest version lies in the log. */
  readonly #inLog: ReadonlyMap<number, number>;
  readonly pages: number;

  private constructor(
    file: FileHandle,
    log: FileHandle | undefined,
    inLog: ReadonlyMap<number, number>,
    pages: number,
  ) {
    this.#file = file;
    this.#log = log;
    this.#inLog = inLog;
    this.pages = pages;
  }

  static async open(path: string): Promise<PageFile> {
    const file = await open(path, "r");
    const log = await open(`${path}-wal`, "r").catch(() => undefined);
    const { inLog, committedPages } = await newestInLog(log);
    const { size } = await file.stat();
    const pages = Math.ceil(size / pageBytes);
    // A size that was damaged itself says nothing.
    const grown = committedPages <= pages + inLog.size ? committedPages : 0;
    return new PageFile(file, log, inLog, Math.max(pages, grown));
  }

  async close(): Promise<void> {
    await this.#file.close();
    await this.#log?.close();
  }

  async page(number: number): Promise<Uint8Array | undefined> {
    const offset = this.#inLog.get(number);
    if (offset !== undefined && this.#log !== undefined)
      return whole(await read(this.#log, offset, pageBytes));
    return whole(await read(this.#file, (number - 1) * pageBytes, pageBytes));
  }

  /** Every page in order, with undefined for those that cannot be read. */
  async *all(): AsyncGenerator<{ readonly number: number; readonly page: Uint8Array | undefined }> {
    for (let first = 1; first <= this.pages; first += chunkPages) {
      const count = Math.min(chunkPages, this.pages - first + 1);
      const chunk = await read(this.#file, (first - 1) * pageBytes, count * pageBytes);
      for (let number = first; number < first + count; number += 1) {
        const start = (number - first) * pageBytes;
        const inChunk = chunk.length >= start + pageBytes && !this.#inLog.has(number);
        const page = inChunk ? chunk.subarray(start, start + pageBytes) : await this.page(number);
        yield { number, page };
      }
    }
  }
}

const whole = (page: Uint8Array): Uint8Array | undefined => (page.length === pageBytes ? page : undefined);

/** As much as the disk gives; nothing where it fails. */
async function read(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset).catch(() => ({ bytesRead: 0 }));
  return bytes.subarray(0, bytesRead);
}

interface NewestInLog {
  readonly inLog: ReadonlyMap<number, number>;
  readonly committedPages: number;
}

/** Takes every frame of this round of the log, whether its checksum fits or not: each row proves itself later. */
async function newestInLog(log: FileHandle | undefined): Promise<NewestInLog> {
  const inLog = new Map<number, number>();
  let committedPages = 0;
  if (log === undefined) return { inLog, committedPages };
  const salts = await saltsOf(log);
  const frameBytes = frameHeaderBytes + pageBytes;
  const waiting = new Map<number, number>();
  for (let offset = logHeaderBytes; ; offset += frameBytes) {
    const head = await read(log, offset, frameHeaderBytes);
    if (head.length < frameHeaderBytes) break;
    const frame = readFrameHeader(head);
    if (bitsApart(frame.salts, salts) > 1) continue;
    waiting.set(frame.page, offset + frameHeaderBytes);
    if (frame.committedPages === 0) continue;
    committedPages = frame.committedPages;
    for (const [page, place] of waiting) inLog.set(page, place);
    waiting.clear();
  }
  return { inLog, committedPages };
}

/** Where the log's head is not readable, its first frame belongs to this round as well. */
async function saltsOf(log: FileHandle): Promise<Sum> {
  const header = readLogHeader(await padded(log, 0, logHeaderBytes));
  return header?.salts ?? readFrameHeader(await padded(log, logHeaderBytes, frameHeaderBytes)).salts;
}

async function padded(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  bytes.set(await read(file, offset, length));
  return bytes;
}
