import { openReader } from "./database.ts";
import { checkedDocuments, type DocumentRow } from "./sqlite-rows.ts";

/**
 * The documents of a collection whose text contains `text`, in the order of their keys, from a file that another
 * process may be writing to. Rejects where there is no such file, or where a document is not what was written.
 */
export async function readDocuments(
  path: string,
  collection: string,
  text = "",
): Promise<ReadonlyMap<string, string>> {
  const reader = await openReader(path);
  try {
    const rows = await reader.all<DocumentRow>(
      `SELECT collection, key, value, checksum FROM document
       WHERE collection = ? AND (? = '' OR instr(value, ?) > 0) ORDER BY key`,
      [collection, text, text],
    );
    return new Map(checkedDocuments(rows, path).map(({ key, value }) => [key, value]));
  } finally {
    await reader.close();
  }
}
