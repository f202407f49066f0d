import type { Database } from "./database.ts";
import { outrunNote } from "./outbox.ts";
import { placeOf, sequenceOf, sequencesPerStream, streamNumberOf } from "./place.ts";
import { renumberedBody } from "./renumbering.ts";
import { entryChecksum, streamChecksum } from "./row-checksum.ts";
import { type StreamFacts, writeMeta } from "./sealing.ts";
import { secondReaderCollection } from "./second-reader.ts";
import { checkedEntries, type StoredEntryRow } from "./sqlite-rows.ts";
import { queries } from "./sqlite-statements.ts";

/** Entries that are renumbered by one statement: bounds what is in memory at once. */
const renumberRowsMax = 500;
/** What neither HQ nor a second reader needs any more; one of another epoch than this has nothing. */
const arrived = `(
  SELECT min(settled, coalesce((
      SELECT CASE WHEN value ->> 'epoch' = ? THEN value ->> 'through' ELSE 0 END FROM document
        WHERE collection = '${secondReaderCollection}' AND key = stream.name), settled))
    FROM stream WHERE number = place / ${sequencesPerStream})`;

/** By way of negative places, so that no two entries meet on the way. */
const moveEntries = `
  UPDATE entry SET place = -(moved.value ->> 1), total = moved.value ->> 2, body = moved.value ->> 3,
      checksum = moved.value ->> 4
    FROM json_each(?) AS moved WHERE entry.place = moved.value ->> 0`;

/**
 * Where the last start left the note: what is not settled begins a new epoch, numbered from 1, for under the
 * old one the other side would take it for what it has. State and marks stay. Says which epoch has ended.
 */
export async function renumberOutrun(
  database: Database,
  newEpoch: string,
  path: string,
): Promise<string | undefined> {
  const [note] = await database.all("SELECT 1 FROM document WHERE collection = ? AND key = ?", [
    outrunNote.collection,
    outrunNote.key,
  ]);
  const [epoch] = await database.all<{ value: string }>("SELECT value FROM meta WHERE name = 'epoch'");
  if (note === undefined || epoch === undefined) return undefined;
  await database.exec("BEGIN IMMEDIATE");
  try {
    await renumber(database, { from: epoch.value, to: newEpoch }, path);
    await database.exec("COMMIT");
  } catch (error) {
    await database.exec("ROLLBACK").catch(() => {
      // SQLite has already rolled back by itself.
    });
    throw error;
  }
  return epoch.value;
}

async function renumber(
  database: Database,
  epoch: { readonly from: string; readonly to: string },
  path: string,
): Promise<void> {
  await database.all(`DELETE FROM entry WHERE place % ${sequencesPerStream} <= ${arrived}`, [epoch.from]);
  const last = new Map<number, { sequence: number; total: number }>();
  const moved = (row: StoredEntryRow): readonly unknown[] => {
    const stream = streamNumberOf(row.place);
    const before = last.get(stream) ?? { sequence: 0, total: 0 };
    const sequence = before.sequence + 1;
    const from = { epoch: epoch.from, sequence: sequenceOf(row.place) };
    const body = renumberedBody(row.body, from, { epoch: epoch.to, sequence });
    const total = before.total + Buffer.byteLength(body);
    last.set(stream, { sequence, total });
    const place = placeOf(stream, sequence);
    return [row.place, place, total, body, entryChecksum({ ...row, place, total, body })];
  };
  for (let after = 0; ; ) {
    const rows = await database.all<StoredEntryRow>(queries.entriesAfter, [after, renumberRowsMax]);
    after = rows.at(-1)?.place ?? after;
    if (rows.length === 0) break;
    for (const run of streamRuns(rows)) checkedEntries(run, path);
    await database.all(moveEntries, [JSON.stringify(rows.map(moved))]);
  }
  await database.exec("UPDATE entry SET place = -place");
  await database.exec("UPDATE stream SET settled = 0");
  for (const { number, name } of await database.all<StreamFacts>("SELECT number, name FROM stream")) {
    const checksum = streamChecksum(number, name, 0);
    await database.all("UPDATE stream SET checksum = ? WHERE number = ?", [checksum, number]);
  }
  await writeMeta(database, "epoch", epoch.to);
  await database.all("DELETE FROM document WHERE collection = ? AND key = ?", [
    outrunNote.collection,
    outrunNote.key,
  ]);
}

/** Entries of one stream lie side by side. */
function streamRuns(rows: readonly StoredEntryRow[]): readonly (readonly StoredEntryRow[])[] {
  const runs = new Map<number, StoredEntryRow[]>();
  for (const row of rows) {
    const stream = streamNumberOf(row.place);
    runs.set(stream, [...(runs.get(stream) ?? []), row]);
  }
  return [...runs.values()];
}
