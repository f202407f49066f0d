import { openReader } from "./database.ts";
import { OutboxError } from "./outbox-error.ts";
import { isSoundEntry, type StoredEntryRow } from "./sqlite-rows.ts";

/** Entries of one thing: more of it than this was not told in the days that entries are kept. */
const entriesOfOneThing = 10_000;

/**
 * The texts of those entries of a category that contain `text`, in their order, from a file that another process may be
 * writing to: what is not settled, and what is still kept. Rejects where one is not what was written.
 */
export async function readEntriesWith(
  path: string,
  category: string,
  text: string,
): Promise<readonly string[]> {
  const reader = await openReader(path);
  try {
    const rows = await reader.all<StoredEntryRow>(
      `SELECT place, category, total, made_ms, body, checksum FROM entry
       WHERE category = ? AND instr(body, ?) > 0 ORDER BY place LIMIT ?`,
      [category, text, entriesOfOneThing],
    );
    if (!rows.every(isSoundEntry))
      throw new OutboxError("outbox-broken", `${path}: an entry is not what was written`);
    return rows.map(({ body }) => body);
  } finally {
    await reader.close();
  }
}
