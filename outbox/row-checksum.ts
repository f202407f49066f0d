import { crc32 } from "node:zlib";
import type { DocumentWrite, Mark } from "./outbox.ts";

/**
 * CRC-32 of everything that a row says, because SQLite itself has no checksums: a bit that flips inside a text
 * is otherwise handed out as if it had been written so. Signed, which takes four bytes on disk.
 */
const checksumOf = (text: string, before = 0): number => crc32(text, before) | 0;

/** What an entry's row says; `place` is stream and sequence in one number. */
export interface EntryFacts {
  readonly place: number;
  readonly category: string;
  readonly total: number;
  readonly made_ms: number | null;
  readonly body: string;
}

export const entryChecksum = ({ place, category, total, made_ms, body }: EntryFacts): number =>
  // Two steps, for joining a long text to a short one copies it.
  checksumOf(body, crc32(`entry ${place} ${total} ${made_ms ?? ""} ${category}\n`));

export const documentChecksum = ({ collection, key, value }: DocumentWrite): number =>
  checksumOf(`document ${collection}\n${key}\n${value}`);

/** `taken` is the mark's place in the order of their last moves. */
export const markChecksum = ({ source, epoch, sequence }: Mark, taken: number): number =>
  checksumOf(`mark ${source}\n${epoch}\n${sequence} ${taken}`);

export const streamChecksum = (number: number, name: string, settled: number): number =>
  checksumOf(`stream ${number} ${settled} ${name}`);

export const metaChecksum = (name: string, value: string): number => checksumOf(`meta ${name}\n${value}`);

/**
 * The text as it comes back from SQLite: half of a surrogate pair has no UTF-8 and would return as something
 * else, which is then taken for damage.
 */
export const storable = (text: string): string => text.toWellFormed();
