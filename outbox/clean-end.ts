import type { Database } from "./database.ts";
import { writeMeta } from "./sealing.ts";

/** To be called once everything is written; the next start may then be brief. */
export async function noteSealedEnd(database: Database): Promise<void> {
  await writeMeta(database, "clean", "yes");
  await database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}
