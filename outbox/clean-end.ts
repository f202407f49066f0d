import type { Database } from "./database.ts";
import { sequenceOf } from "./place.ts";
import { writeMeta } from "./sealing.ts";
import { damaged, type StreamRow } from "./sqlite-rows.ts";
import { queries } from "./sqlite-statements.ts";

/** By stream number: the last sequence given out. */
export type LastSequences = ReadonlyMap<number, number>;

/** To be called once everything is written; the next start may then be brief. */
export async function noteSealedEnd(database: Database, last: LastSequences): Promise<void> {
  await writeMeta(database, "clean", JSON.stringify([...last]));
  await database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/**
 * Holds the newest entries against what the clean end has noted. Where the last page of a stream does not show all
 * of its cells any more there is no hole, and the same numbers would be given out twice.
 */
export async function checkLast(database: Database, path: string, cleanMark: string): Promise<void> {
  const noted = lastIn(cleanMark);
  for (const { number, newest } of await database.all<StreamRow>(queries.streams)) {
    const last = newest === null ? 0 : sequenceOf(newest);
    if (last !== (noted.get(number) ?? last)) throw damaged(path, `stream ${number} ends at ${last}`);
  }
}

/** A file of version 1 noted nothing but that it was closed. */
function lastIn(cleanMark: string): LastSequences {
  return cleanMark === "yes" ? new Map() : new Map(JSON.parse(cleanMark) as readonly [number, number][]);
}
