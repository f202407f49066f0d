import { access, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Clock } from "../protocols/clock.ts";
import { type Database, lockForWriting, openDatabase } from "./database.ts";
import { OutboxError } from "./outbox-error.ts";

/**
 * After an unclean end the file is checked for no longer than this, because the first reading shall be
 * taken within a second of the start, and a full check of a gigabyte on a card takes half a minute.
 */
const checkMsMax = 300;
/** Broken files that are kept as evidence; older ones go, because the card is small. */
const brokenFilesMax = 3;

/**
 * `quick`: the last end was clean, so only the schema was read. `whole`: every page was checked.
 * `unfinished`: the time was up before the last page; nothing wrong was found until then.
 */
type CheckExtent = "none" | "quick" | "whole" | "unfinished";

export interface StartReport {
  readonly file: "new" | "existing" | "replaced";
  readonly check: CheckExtent;
  readonly cleanShutdown: boolean;
  /** Set when the file that was found is damaged: what was wrong, and where it lies now. */
  readonly broken?: { readonly reason: string; readonly movedTo: string };
  /** Set when what had not arrived was numbered anew (`outrunNote`): the epoch that ended. */
  readonly outrunEpoch?: string;
  readonly version: { readonly from: number; readonly to: number };
}

export interface CheckedDatabase {
  readonly database: Database;
  readonly report: Omit<StartReport, "version">;
}

/** Opens the file for this process alone, if it can be trusted; otherwise puts it aside and begins a new one. */
export async function openChecked(path: string, clock: Clock): Promise<CheckedDatabase> {
  const lock = await lockForWriting(path);
  try {
    const { database, report } = await openTrusted(path, clock);
    return { database: lockedBy(lock, database), report };
  } catch (error) {
    await lock.close();
    throw error;
  }
}

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

async function openTrusted(path: string, clock: Clock): Promise<CheckedDatabase> {
  const existed = await exists(path);
  const suspect = await exists(suspicionOf(path));
  try {
    const opened = await openAndCheck(path, { existed, suspect, clock });
    await rm(suspicionOf(path), { force: true });
    return opened;
  } catch (error) {
    if (!(error instanceof OutboxError) || error.code !== "outbox-broken" || !existed) throw error;
    const movedTo = await putAside(path, clock);
    await rm(suspicionOf(path), { force: true });
    const database = await openDatabase(path);
    const broken = { reason: error.message, movedTo };
    return { database, report: { file: "replaced", check: "none", cleanShutdown: false, broken } };
  }
}

/** Notes that the running service met damage, so that the next start checks every page however long it takes. */
export async function noteSuspicion(path: string, reason: string): Promise<void> {
  await writeFile(suspicionOf(path), `${reason}\n`);
}

/** To be called once everything is written; the next start may then be brief. */
export async function noteCleanEnd(database: Database): Promise<void> {
  await database.exec("INSERT OR REPLACE INTO meta VALUES ('clean', 'yes'); PRAGMA wal_checkpoint(TRUNCATE)");
}

const suspicionOf = (path: string): string => `${path}.suspect`;

interface Found {
  readonly existed: boolean;
  readonly suspect: boolean;
  readonly clock: Clock;
}

async function openAndCheck(path: string, found: Found): Promise<CheckedDatabase> {
  const database = await openDatabase(path);
  try {
    if (!found.existed) return { database, report: { file: "new", check: "none", cleanShutdown: true } };
    const cleanShutdown = await takeCleanMark(database);
    if (cleanShutdown && !found.suspect) {
      return { database, report: { file: "existing", check: "quick", cleanShutdown } };
    }
    const check = await checkPages(database, found, path);
    return { database, report: { file: "existing", check, cleanShutdown } };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Reading the schema and this row is the quick check; taking the mark away proves that the file can be written. */
async function takeCleanMark(database: Database): Promise<boolean> {
  const tables = await database.all("SELECT name FROM sqlite_schema WHERE name = 'meta'");
  if (tables.length === 0) return false;
  const rows = await database.all("SELECT value FROM meta WHERE name = 'clean'");
  if (rows.length > 0) await database.exec("DELETE FROM meta WHERE name = 'clean'");
  return rows.length > 0;
}

async function checkPages(database: Database, found: Found, path: string): Promise<CheckExtent> {
  let timeIsUp = false;
  const cancel = found.suspect
    ? () => {}
    : found.clock.after(checkMsMax, () => {
        timeIsUp = true;
        database.interrupt();
      });
  try {
    const rows = await database.all<{ quick_check: string }>("PRAGMA quick_check(1)");
    const verdict = rows[0]?.quick_check ?? "no verdict";
    if (verdict !== "ok") throw new OutboxError("outbox-broken", `${path} is damaged (${verdict})`);
    return "whole";
  } catch (error) {
    const isBroken = error instanceof OutboxError && error.code === "outbox-broken";
    if (timeIsUp && !isBroken) return "unfinished";
    throw error;
  } finally {
    cancel();
  }
}

/** Renames the file with its log, so that SQLite can open both again elsewhere. */
async function putAside(path: string, clock: Clock): Promise<string> {
  const stamp = new Date(clock.wallMs()).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  let movedTo = `${path}.broken-${stamp}`;
  for (let attempt = 2; await exists(movedTo); attempt += 1) movedTo = `${path}.broken-${stamp}-${attempt}`;
  for (const suffix of ["", "-wal", "-shm"]) {
    if (await exists(path + suffix)) await rename(path + suffix, movedTo + suffix);
  }
  await removeOldest(path, movedTo);
  return movedTo;
}

async function removeOldest(path: string, newest: string): Promise<void> {
  const prefix = `${basename(path)}.broken-`;
  const names = (await readdir(dirname(path))).filter(
    (name) => name.startsWith(prefix) && !/-(wal|shm)$/.test(name) && name !== basename(newest),
  );
  for (const name of names.sort().slice(0, Math.max(0, names.length - brokenFilesMax + 1))) {
    for (const suffix of ["", "-wal", "-shm"]) {
      await rm(join(dirname(path), name + suffix), { force: true });
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
