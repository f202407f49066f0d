import { rm, writeFile } from "node:fs/promises";
import type { Clock } from "../protocols/clock.ts";
import type { Database } from "./database.ts";
import { checkLog } from "./log-check.ts";
import { OutboxError } from "./outbox-error.ts";
import { exists } from "./quarantine.ts";
import type { Salvage } from "./salvage-report.ts";
import {
  checkedDocuments,
  checkedMarks,
  type DocumentRow,
  damaged,
  isSoundEntry,
  type MarkRow,
  type StoredEntryRow,
} from "./sqlite-rows.ts";
import { queries } from "./sqlite-statements.ts";

/**
 * After an unclean end the file is checked for no longer than this, because the first reading shall be
 * taken within a second of the start, and a full check of a gigabyte on a card takes half a minute.
 */
const checkMsMax = 300;
/** Entries whose checksums are looked at in one go. */
const checkRowsMax = 1_000;

/**
 * `quick`: the last end was clean, so only the schema was read. `whole`: every page was checked, and where the
 * running service had met damage every row as well. `unfinished`: the time was up before the last page; nothing
 * wrong was found until then.
 */
type CheckExtent = "none" | "quick" | "whole" | "unfinished";

export interface StartReport {
  readonly file: "new" | "existing" | "replaced";
  readonly check: CheckExtent;
  readonly cleanShutdown: boolean;
  /** Set when the file that was found is damaged: what was wrong, and where it lies now. */
  readonly broken?: { readonly reason: string; readonly movedTo: string };
  /** What was saved and what was lost, at this start or before, until `salvageTold` is committed. */
  readonly salvages?: readonly Salvage[];
  /** Set when a flipped bit in the log was put right in its place; nothing was lost. */
  readonly mended?: string;
  /** Set when what had not arrived was numbered anew (`outrunNote`): the epoch that ended. */
  readonly outrunEpoch?: string;
  readonly version: { readonly from: number; readonly to: number };
}

/** What is known of a file before it is opened. */
export interface FoundFile {
  readonly path: string;
  readonly existed: boolean;
  readonly suspect: boolean;
  readonly mended: string | undefined;
}

/** Looks at what SQLite would not notice. Throws `outbox-broken` where the log has lost what was committed. */
export async function findFile(path: string): Promise<FoundFile> {
  const existed = await exists(path);
  const suspect = await exists(suspicionOf(path));
  const log = existed ? await checkLog(path) : { kind: "sound" as const };
  if (log.kind === "broken") throw new OutboxError("outbox-broken", log.words);
  return { path, existed, suspect, mended: log.kind === "mended" ? log.words : undefined };
}

/** Notes that the running service met damage, so that the next start checks every page however long it takes. */
export async function noteSuspicion(path: string, reason: string): Promise<void> {
  await writeFile(suspicionOf(path), `${reason}\n`);
}

export async function forgetSuspicion(path: string): Promise<void> {
  await rm(suspicionOf(path), { force: true });
}

const suspicionOf = (path: string): string => `${path}.suspect`;

/** Throws `outbox-broken` where the file cannot be trusted. */
export async function checkFile(
  database: Database,
  found: FoundFile,
  clock: Clock,
): Promise<{
  readonly checked: Pick<StartReport, "file" | "check" | "cleanShutdown">;
  readonly cleanMark: string | undefined;
}> {
  if (!found.existed)
    return { checked: { file: "new", check: "none", cleanShutdown: true }, cleanMark: undefined };
  const cleanMark = await takeCleanMark(database);
  const cleanShutdown = cleanMark !== undefined;
  const check = cleanShutdown && !found.suspect ? "quick" : await checkPages(database, found, clock);
  return { checked: { file: "existing", check, cleanShutdown }, cleanMark };
}

/** Reading the schema and this row is the quick check; taking the mark away proves that the file can be written. */
async function takeCleanMark(database: Database): Promise<string | undefined> {
  const tables = await database.all("SELECT name FROM sqlite_schema WHERE name = 'meta'");
  if (tables.length === 0) return undefined;
  const [row] = await database.all<{ value: string }>("SELECT value FROM meta WHERE name = 'clean'");
  if (row !== undefined) await database.exec("DELETE FROM meta WHERE name = 'clean'");
  return row?.value;
}

async function checkPages(database: Database, found: FoundFile, clock: Clock): Promise<CheckExtent> {
  let timeIsUp = false;
  const cancel = found.suspect
    ? () => {}
    : clock.after(checkMsMax, () => {
        timeIsUp = true;
        database.interrupt();
      });
  try {
    await quickCheck(database, found.path, "1");
    return "whole";
  } catch (error) {
    const isBroken = error instanceof OutboxError && error.code === "outbox-broken";
    if (timeIsUp && !isBroken) return "unfinished";
    // What could not be read while running and cannot be read now is not waited for.
    if (found.suspect && !isBroken) throw damaged(found.path, "a page cannot be read");
    throw error;
  } finally {
    cancel();
  }
}

/** `what` is a table's name, or 1 for all of the file up to the first thing that is wrong. */
async function quickCheck(database: Database, path: string, what: string): Promise<void> {
  const rows = await database.all<{ quick_check: string }>(`PRAGMA quick_check(${what})`);
  const verdict = rows[0]?.quick_check ?? "no verdict";
  if (verdict !== "ok") throw damaged(path, verdict);
}

/**
 * What the owner reads at its start anyway, after every end: a row that is missed because a key or a pointer was
 * changed leaves no hole, as an entry would. Twenty thousand documents take a tenth of a second.
 */
export async function checkState(database: Database, path: string): Promise<void> {
  for (const table of ["meta", "stream", "mark", "document"]) await quickCheck(database, path, table);
  checkedDocuments(await database.all<DocumentRow>(queries.allDocuments), path);
  checkedMarks(await database.all<MarkRow>(queries.marks), path);
}

/** Every entry against its checksum. */
export async function checkEntries(database: Database, path: string): Promise<void> {
  let after = 0;
  for (;;) {
    const rows = await database.all<StoredEntryRow>(queries.entriesAfter, [after, checkRowsMax]);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.place;
    // A hole is found by its stream, when what is behind it is read.
    if (!rows.every(isSoundEntry)) throw damaged(path, "an entry is not what was written");
  }
}
