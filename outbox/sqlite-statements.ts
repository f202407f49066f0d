import { sequencesPerStream } from "./place.ts";

/**
 * One statement writes a whole group: inserting into this view fires the trigger. So the group is a
 * transaction by itself, is undone by itself, and costs one trip to SQLite's thread instead of six.
 */
export const groupView = `
  CREATE TEMP VIEW written AS
    SELECT 0 AS streams, 0 AS entries, 0 AS marks, 0 AS documents, 0 AS settles, 0 AS removals, 0 AS forgotten;
  CREATE TEMP TRIGGER write_group INSTEAD OF INSERT ON written BEGIN
    INSERT INTO stream (number, name, checksum)
      SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(NEW.streams);
    INSERT OR REPLACE INTO meta (name, value, checksum)
      SELECT value ->> 3, value ->> 1, value ->> 4 FROM json_each(NEW.streams);
    INSERT INTO entry (place, category, total, made_ms, body, checksum)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
        FROM json_each(NEW.entries);
    INSERT INTO mark (source, epoch, sequence, taken, checksum)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
        FROM json_each(NEW.marks) WHERE true
      ON CONFLICT DO UPDATE SET sequence = excluded.sequence, taken = excluded.taken, checksum = excluded.checksum
        WHERE excluded.sequence > mark.sequence;
    DELETE FROM mark WHERE (source, epoch) IN (
      SELECT value ->> 0, value ->> 1 FROM json_each(NEW.forgotten));
    INSERT INTO document (collection, key, value, checksum)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(NEW.documents)
      WHERE value ->> 2 IS NOT NULL
      ON CONFLICT DO UPDATE SET value = excluded.value, checksum = excluded.checksum;
    DELETE FROM document WHERE (collection, key) IN (
      SELECT value ->> 0, value ->> 1 FROM json_each(NEW.documents) WHERE value ->> 2 IS NULL);
    UPDATE stream SET settled = wanted.through, checksum = wanted.checksum
      FROM (SELECT value ->> 0 AS number, value ->> 1 AS through, value ->> 3 AS checksum
              FROM json_each(NEW.settles) JOIN entry ON entry.place = value ->> 2) AS wanted
      WHERE stream.number = wanted.number AND wanted.through > stream.settled;
    DELETE FROM entry WHERE place IN (
      SELECT entry.place FROM json_each(NEW.removals)
        JOIN entry ON entry.place BETWEEN value ->> 0 AND value ->> 1);
  END`;

/** Columns that an entry's checksum covers. */
const entryColumns = "entry.place, entry.category, entry.total, entry.made_ms, entry.body, entry.checksum";

export const queries = {
  write: "INSERT INTO written VALUES (?, ?, ?, ?, ?, ?, ?)",
  // What is settled has the bytes before the entry behind it, which is always there: the newest one stays.
  streams: `
    SELECT stream.*, newest.place AS newest, newest.total AS last_total,
        (SELECT min(place) FROM entry WHERE place > first AND place < first + ${sequencesPerStream}) AS oldest,
        (SELECT total - octet_length(body) FROM entry WHERE place = first + settled + 1) AS settled_total
      FROM (SELECT *, number * ${sequencesPerStream} AS first FROM stream) AS stream
      LEFT JOIN entry AS newest ON newest.place =
        (SELECT max(place) FROM entry WHERE place > first AND place < first + ${sequencesPerStream})`,
  // Sequences have no holes, so the first entry's place bounds the scan; `total` alone would run to the end.
  entries: `
    SELECT ${entryColumns}
      FROM (SELECT place, max(total, total - octet_length(body) + ?3) AS total_max FROM entry
              WHERE place > ?1 AND place < ?2 ORDER BY place LIMIT 1) AS first
      JOIN entry ON entry.place >= first.place AND entry.place < min(first.place + ?4, ?2)
      WHERE entry.total <= first.total_max
      ORDER BY entry.place`,
  entriesAfter: `SELECT ${entryColumns} FROM entry WHERE place > ? ORDER BY place LIMIT ?`,
  facts: "SELECT total, made_ms FROM entry WHERE place = ?",
  documents: "SELECT collection, key, value, checksum FROM document WHERE collection = ?",
  allDocuments: "SELECT collection, key, value, checksum FROM document",
  reusableBytes: "SELECT freelist_count * page_size AS bytes FROM pragma_freelist_count, pragma_page_size",
  marks: "SELECT source, epoch, sequence, taken, checksum FROM mark ORDER BY taken, epoch",
  meta: "SELECT name, value, checksum FROM meta",
} as const;
