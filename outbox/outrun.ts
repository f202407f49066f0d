import type { Database } from "./database.ts";
import { outrunNote } from "./outbox.ts";
import { sequencesPerStream } from "./sqlite-storage.ts";

const valueOf = (name: string): string => `(SELECT value FROM meta WHERE name = '${name}')`;
const settled = `(SELECT settled FROM stream WHERE number = place / ${sequencesPerStream})`;
const sequence = `(place % ${sequencesPerStream})`;
/** How a text names its own place. */
const placeText = (epoch: string, number: string): string =>
  `'"epoch":"' || ${epoch} || '","sequence":"' || ${number} || '"'`;

/** By way of negative places, so that no two entries meet on the way. */
const renumbering = `
  BEGIN IMMEDIATE;
  DELETE FROM entry WHERE ${sequence} <= ${settled};
  UPDATE entry SET
    place = ${settled} - place,
    body = replace(body,
      ${placeText(valueOf("epoch"), sequence)},
      ${placeText(valueOf("next epoch"), `(${sequence} - ${settled})`)});
  UPDATE entry SET place = -place;
  UPDATE entry SET total = sized.total FROM (
      SELECT place, sum(octet_length(body)) OVER (PARTITION BY place / ${sequencesPerStream} ORDER BY place) AS total
        FROM entry) AS sized
    WHERE sized.place = entry.place;
  UPDATE stream SET settled = 0, settled_total = 0;
  UPDATE meta SET value = ${valueOf("next epoch")} WHERE name = 'epoch';
  DELETE FROM meta WHERE name = 'next epoch';
  DELETE FROM document WHERE collection = '${outrunNote.collection}' AND key = '${outrunNote.key}';
  COMMIT`;

/**
 * Where the last start left the note: what is not settled begins a new epoch, numbered from 1, for under the
 * old one the other side would take it for what it has. State and marks stay. Says which epoch has ended.
 */
export async function renumberOutrun(database: Database, newEpoch: string): Promise<string | undefined> {
  const [note] = await database.all("SELECT 1 FROM document WHERE collection = ? AND key = ?", [
    outrunNote.collection,
    outrunNote.key,
  ]);
  const [epoch] = await database.all<{ value: string }>("SELECT value FROM meta WHERE name = 'epoch'");
  if (note === undefined || epoch === undefined) return undefined;
  await database.all("INSERT OR REPLACE INTO meta VALUES ('next epoch', ?)", [newEpoch]);
  try {
    await database.exec(renumbering);
  } catch (error) {
    await database.exec("ROLLBACK").catch(() => {
      // SQLite has already rolled back by itself.
    });
    throw error;
  }
  return epoch.value;
}
