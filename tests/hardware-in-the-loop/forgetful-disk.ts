import type { Random } from "../../protocols/random.ts";

/** What a disk writes as a whole or not at all; a torn write is torn between two of them. */
export const sectorBytes = 512;
/** The grain in which contents are shared between a disk and what is left of it after a cut. */
const pageBytes = 4096;
const empty = new Uint8Array(pageBytes);

/** What a cut leaves of the writes that no flush has followed. */
export type Memory = "everything" | "nothing" | "some";

export interface DiskOptions {
  /** Says "flushed" and flushes nothing, as some cards do. */
  readonly lies?: boolean;
}

interface Write {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * A disk with a volatile cache of its own: only what a flush has followed is sure to be there after a power cut.
 * Of the rest everything, nothing, or writes drawn at random stay, in any order, some torn between sectors.
 *
 *     write --> current, unflushed       read  --> current
 *     flush --> what was unflushed becomes durable
 *     cut   --> durable + a share of unflushed = the disk that the next boot finds
 */
export class ForgetfulDisk {
  readonly size: number;
  readonly #lies: boolean;
  /** Pages are never changed in place, so both maps and later disks can share them. */
  readonly #current: Map<number, Uint8Array>;
  readonly #durable: Map<number, Uint8Array>;
  #unflushed: Write[] = [];

  private constructor(size: number, pages: ReadonlyMap<number, Uint8Array>, { lies = false }: DiskOptions) {
    this.size = size;
    this.#lies = lies;
    this.#current = new Map(pages);
    this.#durable = new Map(pages);
  }

  static holding(contents: Uint8Array, options: DiskOptions = {}): ForgetfulDisk {
    const disk = new ForgetfulDisk(contents.length, new Map(), options);
    put(disk.#durable, 0, contents);
    put(disk.#current, 0, contents);
    return disk;
  }

  /** Writes that a power cut may take back. */
  get unflushedWrites(): number {
    return this.#unflushed.length;
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (const { page, from, to, at } of stretches(offset, length)) {
      bytes.set((this.#current.get(page) ?? empty).subarray(from, to), at);
    }
    return bytes;
  }

  write(offset: number, bytes: Uint8Array): void {
    put(this.#current, offset, bytes);
    this.#unflushed.push({ offset, bytes });
  }

  flush(): void {
    if (this.#lies) return;
    for (const { offset, bytes } of this.#unflushed) {
      for (const { page } of stretches(offset, bytes.length)) {
        this.#durable.set(page, this.#current.get(page) ?? empty);
      }
    }
    this.#unflushed = [];
  }

  /** The disk as the next boot finds it; this one is left as it is. */
  afterCut(memory: Memory, random: Random): ForgetfulDisk {
    const left = new Map(this.#durable);
    for (const { offset, bytes } of memory === "nothing" ? [] : this.#unflushed) {
      for (const kept of memory === "everything" ? [{ at: 0, to: bytes.length }] : keptOf(bytes, random)) {
        put(left, offset + kept.at, bytes.subarray(kept.at, kept.to));
      }
    }
    return new ForgetfulDisk(this.size, left, { lies: this.#lies });
  }
}

/** Half of the writes stay, a quarter is forgotten, and of a quarter each sector has a chance of its own. */
function keptOf(bytes: Uint8Array, random: Random): readonly { readonly at: number; readonly to: number }[] {
  const fate = random.fraction();
  if (fate < 0.5) return [{ at: 0, to: bytes.length }];
  if (fate < 0.75) return [];
  const sectors = Array.from({ length: Math.ceil(bytes.length / sectorBytes) }, (_, sector) => sector);
  return sectors
    .filter(() => random.fraction() < 0.5)
    .map((sector) => ({
      at: sector * sectorBytes,
      to: Math.min((sector + 1) * sectorBytes, bytes.length),
    }));
}

function put(pages: Map<number, Uint8Array>, offset: number, bytes: Uint8Array): void {
  for (const { page, from, to, at } of stretches(offset, bytes.length)) {
    const changed = Uint8Array.from(pages.get(page) ?? empty);
    changed.set(bytes.subarray(at, at + to - from), from);
    pages.set(page, changed);
  }
}

/** The parts of the pages that a stretch of the disk touches, and where they stand in it. */
function* stretches(
  offset: number,
  length: number,
): Generator<{ readonly page: number; readonly from: number; readonly to: number; readonly at: number }> {
  for (let at = 0; at < length; ) {
    const page = Math.floor((offset + at) / pageBytes);
    const from = (offset + at) % pageBytes;
    const to = Math.min(pageBytes, from + length - at);
    yield { page, from, to, at };
    at += to - from;
  }
}
