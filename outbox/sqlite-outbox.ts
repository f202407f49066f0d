import { randomUUID } from "node:crypto";
import type { Clock } from "../protocols/clock.ts";
import { newId } from "../protocols/identity.ts";
import type { Random } from "../protocols/random.ts";
import { checkLast } from "./clean-end.ts";
import { type Database, isUnreadable, lockForWriting, openDatabase } from "./database.ts";
import { GroupedOutbox } from "./grouped-outbox.ts";
import { defaultOutboxLimits, type OutboxLimits } from "./limits.ts";
import { migrate, outboxMigrations } from "./migrations.ts";
import type { Entry, Loss } from "./outbox.ts";
import { asOutboxError, OutboxError } from "./outbox-error.ts";
import { renumberOutrun } from "./outrun.ts";
import { finishReplacing, replaceBroken } from "./quarantine.ts";
import { salvageNotes, salvagesIn } from "./salvage-report.ts";
import { SqliteStorage } from "./sqlite-storage.ts";
import {
  checkEntries,
  checkFile,
  checkState,
  findFile,
  forgetSuspicion,
  noteSuspicion,
  type StartReport,
} from "./start-check.ts";

export interface SqliteOutboxOptions {
  readonly path: string;
  readonly clock: Clock;
  /** For the epoch of a new file; the system's generator when absent. */
  readonly random?: Random;
  /** What is not named keeps its default. */
  readonly limits?: Partial<OutboxLimits>;
  /** Makes the entry that tells of a droppable stream's loss, in the transaction that loses. */
  readonly describeLoss?: (loss: Loss) => Entry;
  /** What was read is not what was written; only a new start can save the rest. */
  readonly onDamage?: ((reason: string) => void) | undefined;
}

interface OpenedOutbox {
  readonly outbox: GroupedOutbox;
  readonly report: StartReport;
}

/** Opens the outbox, whatever state its file is in; only a place that cannot be written is an error. */
export async function openSqliteOutbox(options: SqliteOutboxOptions): Promise<OpenedOutbox> {
  const lock = await lockForWriting(options.path);
  try {
    return await openReplacing(options, lock);
  } catch (error) {
    await lock.close();
    throw asOutboxError(error, options.path);
  }
}

/** What breaks on the way to the first commit is put aside, and what could be saved of it is opened. */
async function openReplacing(options: SqliteOutboxOptions, lock: Database): Promise<OpenedOutbox> {
  const { path, clock, random } = options;
  const newEpoch = (): string => (random === undefined ? randomUUID() : newId(clock, random));
  await finishReplacing(path);
  try {
    return await openFound(options, lock, newEpoch);
  } catch (error) {
    if (!(error instanceof OutboxError) || error.code !== "outbox-broken") throw error;
    const broken = await replaceBroken({ path, clock, newEpoch }, error.message);
    await forgetSuspicion(path);
    const { outbox, report } = await openFound(options, lock, newEpoch);
    return { outbox, report: { ...report, file: "replaced", check: "none", cleanShutdown: false, broken } };
  }
}

async function openFound(
  options: SqliteOutboxOptions,
  lock: Database,
  newEpoch: () => string,
): Promise<OpenedOutbox> {
  const { path, clock } = options;
  const found = await findFile(path);
  const database = await openDatabase(path);
  try {
    const { checked, cleanMark } = await checkFile(database, found, clock);
    const version = await migrate(database, outboxMigrations, path);
    await checkState(database, path);
    if (cleanMark !== undefined) await checkLast(database, path, cleanMark);
    if (found.suspect) await checkEntries(database, path);
    const outrunEpoch = await renumberOutrun(database, newEpoch(), path);
    const storage = await SqliteStorage.open({ database, lock, path }, newEpoch());
    const { outbox, told } = await openOn(storage, options);
    await forgetSuspicion(path);
    const { mended } = found;
    const report = {
      ...checked,
      version,
      ...told,
      ...(outrunEpoch && { outrunEpoch }),
      ...(mended && { mended }),
    };
    return { outbox, report };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openOn(
  storage: SqliteStorage,
  { path, clock, limits, describeLoss, onDamage }: SqliteOutboxOptions,
): Promise<{ readonly outbox: GroupedOutbox; readonly told: Pick<StartReport, "salvages"> }> {
  try {
    const outbox = await GroupedOutbox.open(storage, {
      clock,
      limits: { ...defaultOutboxLimits, ...limits },
      describeLoss,
      onFailure: (error, at) => suspect(path, { error, at, onDamage }),
    });
    const notes = await storage.documents(salvageNotes.collection);
    const salvages = salvagesIn(notes.get(salvageNotes.key));
    return { outbox, told: salvages.length > 0 ? { salvages } : {} };
  } catch (error) {
    await storage.closeReader();
    throw error;
  }
}

/** Damage that is met while running cannot be mended here; the next start looks at every page and every row. */
async function suspect(
  path: string,
  {
    error,
    at,
    onDamage,
  }: {
    readonly error: unknown;
    readonly at: "read" | "write";
    readonly onDamage: SqliteOutboxOptions["onDamage"];
  },
): Promise<void> {
  if (!(error instanceof OutboxError)) return;
  if (error.code !== "outbox-broken" && !(at === "read" && isUnreadable(error))) return;
  await noteSuspicion(path, error.message).catch(() => {
    // The disk takes nothing any more; the failing commits already say so.
  });
  onDamage?.(error.message);
}
