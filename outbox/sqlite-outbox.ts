import { randomUUID } from "node:crypto";
import type { Clock } from "../protocols/clock.ts";
import { newId } from "../protocols/identity.ts";
import type { Random } from "../protocols/random.ts";
import { GroupedOutbox } from "./grouped-outbox.ts";
import { defaultOutboxLimits, type OutboxLimits } from "./limits.ts";
import { migrate, outboxMigrations } from "./migrations.ts";
import type { Entry, Loss } from "./outbox.ts";
import { OutboxError } from "./outbox-error.ts";
import { renumberOutrun } from "./outrun.ts";
import { SqliteStorage } from "./sqlite-storage.ts";
import { noteSuspicion, openChecked, type StartReport } from "./start-check.ts";

export interface SqliteOutboxOptions {
  readonly path: string;
  readonly clock: Clock;
  /** For the epoch of a new file; the system's generator when absent. */
  readonly random?: Random;
  /** What is not named keeps its default. */
  readonly limits?: Partial<OutboxLimits>;
  /** Makes the entry that tells of a droppable stream's loss, in the transaction that loses. */
  readonly describeLoss?: (loss: Loss) => Entry;
}

/** Opens the outbox, whatever state its file is in; only a place that cannot be written is an error. */
export async function openSqliteOutbox(
  options: SqliteOutboxOptions,
): Promise<{ readonly outbox: GroupedOutbox; readonly report: StartReport }> {
  const { path, clock, random } = options;
  const { database, report } = await openChecked(path, clock);
  try {
    const version = await migrate(database, outboxMigrations, path);
    const epoch = random === undefined ? randomUUID() : newId(clock, random);
    const outrunEpoch = await renumberOutrun(database, epoch);
    const storage = await SqliteStorage.open(database, path, epoch);
    const outbox = await GroupedOutbox.open(storage, {
      clock,
      limits: { ...defaultOutboxLimits, ...options.limits },
      describeLoss: options.describeLoss,
      onFailure: (error) => void suspect(path, error),
    });
    return { outbox, report: { ...report, version, ...(outrunEpoch && { outrunEpoch }) } };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Damage that is met while running cannot be mended here; the next start looks at every page. */
async function suspect(path: string, error: unknown): Promise<void> {
  if (!(error instanceof OutboxError) || error.code !== "outbox-broken") return;
  await noteSuspicion(path, error.message).catch(() => {
    // The disk takes nothing any more; the failing commits already say so.
  });
}
