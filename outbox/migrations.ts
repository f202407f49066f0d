import type { Database } from "./database.ts";
import { OutboxError } from "./outbox-error.ts";
import { sealSmallTables } from "./sealing.ts";

/** What SQL alone cannot do follows it in the same transaction. */
type Migration = string | { readonly sql: string; readonly rest: (database: Database) => Promise<void> };

/** Step `n` of the list brings a file from version `n` to `n + 1`. Only ever appended to. */
export type Migrations = readonly Migration[];

/**
 * Version 2. Every row says what it ought to be (row-checksum.ts). Entries of version 1 stay without, for a file
 * of gigabytes would take minutes; they leave with time. A settled position's bytes follow from the entry behind
 * it. A stream's name stands once more in `meta`, on another page, for without it its entries have no home.
 */
const checksumColumns = `
   ALTER TABLE meta ADD COLUMN checksum INTEGER;
   ALTER TABLE stream DROP COLUMN settled_total;
   ALTER TABLE stream ADD COLUMN checksum INTEGER;
   ALTER TABLE entry ADD COLUMN checksum INTEGER;
   ALTER TABLE mark ADD COLUMN taken INTEGER;
   ALTER TABLE mark ADD COLUMN checksum INTEGER;
   ALTER TABLE document ADD COLUMN checksum INTEGER`;

/**
 * Version 1. An entry's place is its stream's number and its sequence in one integer, which SQLite keeps as
 * the row's own address: no second index to write, and a stream's entries lie side by side.
 */
export const outboxMigrations: Migrations = [
  `CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE stream (
     number INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE,
     settled INTEGER NOT NULL DEFAULT 0,
     settled_total INTEGER NOT NULL DEFAULT 0
   );
   CREATE TABLE entry (
     place INTEGER PRIMARY KEY,
     category TEXT NOT NULL,
     total INTEGER NOT NULL,
     made_ms INTEGER,
     body TEXT NOT NULL
   );
   CREATE TABLE mark (
     source TEXT NOT NULL,
     epoch TEXT NOT NULL,
     sequence INTEGER NOT NULL,
     PRIMARY KEY (source, epoch)
   ) WITHOUT ROWID;
   CREATE TABLE document (
     collection TEXT NOT NULL,
     key TEXT NOT NULL,
     value TEXT NOT NULL,
     PRIMARY KEY (collection, key)
   ) WITHOUT ROWID;`,
  { sql: checksumColumns, rest: sealSmallTables },
];

export async function versionOf(database: Database): Promise<number> {
  const [row] = await database.all<{ user_version: number }>("PRAGMA user_version");
  return row?.user_version ?? 0;
}

/** Brings the file to the newest version, each step in one transaction. A newer file is refused: never backwards. */
export async function migrate(
  database: Database,
  migrations: Migrations,
  path: string,
): Promise<{ readonly from: number; readonly to: number }> {
  const from = await versionOf(database);
  if (from > migrations.length) {
    throw new OutboxError(
      "outbox-newer",
      `${path} has version ${from}, this Storewire knows up to ${migrations.length}. ` +
        "Install the newer Storewire again, or move the file away.",
    );
  }
  for (const [version, step] of migrations.entries()) {
    if (version < from) continue;
    try {
      const { sql, rest } = typeof step === "string" ? { sql: step } : step;
      await database.exec(`BEGIN IMMEDIATE; ${sql}`);
      await rest?.(database);
      await database.exec(`PRAGMA user_version = ${version + 1}; COMMIT`);
    } catch (error) {
      await database.exec("ROLLBACK").catch(() => {
        // SQLite has already rolled back by itself.
      });
      throw error;
    }
  }
  return { from, to: migrations.length };
}
