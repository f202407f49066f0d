import type { Clock } from "../protocols/clock.ts";
import { type Database, lockForWriting, openDatabase } from "./database.ts";
import { asOutboxError, OutboxError } from "./outbox-error.ts";
import { putAside } from "./quarantine.ts";
import { checkFile, findFile, forgetSuspicion, type StartReport } from "./start-check.ts";

export interface CheckedDatabase {
  readonly database: Database;
  readonly report: Omit<StartReport, "version">;
}

/**
 * A database that is not an outbox, whose content can be asked for again: opened for this process alone if it can
 * be trusted; otherwise put aside for a new one. It has a table `meta (name, value)`.
 */
export async function openChecked(path: string, clock: Clock): Promise<CheckedDatabase> {
  const lock = await lockForWriting(path);
  try {
    const { database, report } = await openTrusted(path, clock);
    return { database: lockedBy(lock, database), report };
  } catch (error) {
    await lock.close();
    throw asOutboxError(error, path);
  }
}

async function openTrusted(path: string, clock: Clock): Promise<CheckedDatabase> {
  try {
    return await openFound(path, clock);
  } catch (error) {
    if (!(error instanceof OutboxError) || error.code !== "outbox-broken") throw error;
    const broken = { reason: error.message, movedTo: await putAside(path, clock) };
    await forgetSuspicion(path);
    const { database } = await openFound(path, clock);
    return { database, report: { file: "replaced", check: "none", cleanShutdown: false, broken } };
  }
}

async function openFound(path: string, clock: Clock): Promise<CheckedDatabase> {
  const found = await findFile(path);
  const database = await openDatabase(path);
  try {
    const { checked } = await checkFile(database, found, clock);
    await forgetSuspicion(path);
    return { database, report: checked };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The file and the lock live and end together. */
function lockedBy(lock: Database, database: Database): Database {
  return {
    exec: (sql) => database.exec(sql),
    all: (sql, parameters) => database.all(sql, parameters),
    prepare: (sql) => database.prepare(sql),
    interrupt: () => database.interrupt(),
    async close() {
      try {
        await database.close();
      } finally {
        await lock.close();
      }
    },
  };
}

/** To be called once everything is written; the next start may then be brief. */
export async function noteCleanEnd(database: Database): Promise<void> {
  await database.exec(
    "INSERT OR REPLACE INTO meta (name, value) VALUES ('clean', 'yes'); PRAGMA wal_checkpoint(TRUNCATE)",
  );
}
