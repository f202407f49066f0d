// The guest's program: reads whole what each disk kept, then writes to the last one until the power goes, and says on
// the serial console what is on disk. The production outbox; only `synchronous` can be lowered, for the control.
import { readdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import sqlite3 from "sqlite3";
import { systemClock } from "../../cli/system.ts";
import { openReader } from "../../outbox/database.ts";
import type { GroupedOutbox } from "../../outbox/grouped-outbox.ts";
import { openSqliteOutbox } from "../../outbox/sqlite-outbox.ts";
import type { StartReport } from "../../outbox/start-check.ts";
import { commitsInFlight, outboxLimits } from "./commit-plan.ts";
import { contentsOf, writePlanned } from "./planned-outbox.ts";
import { commitsOf, type Holding } from "./survival-check.ts";

/** What the host asks for, in /guest/out/settings.json. */
export interface OutboxProcessSettings {
  readonly seed: number;
  readonly boot: number;
  /** Names below /guest/disks; the last one is written to. */
  readonly disks: readonly string[];
  /** false: only read. */
  readonly writes: boolean;
  /** The control: commits are acknowledged before they are flushed. */
  readonly careless: boolean;
}

const out = "/guest/out";
const settings = JSON.parse(readFileSync(join(out, "settings.json"), "utf8")) as OutboxProcessSettings;
const clock = systemClock();
/** A synchronous write: whatever was said, was said before the next thing happened. */
const say = (words: string): void => {
  writeSync(1, `${words}\n`);
};

if (settings.careless) lowerSynchronous();
for (const disk of settings.disks) {
  const path = join("/guest/disks", disk, "outbox.db");
  const { outbox, report } = await openSqliteOutbox({ path, clock, limits: outboxLimits });
  const holding = await readWhole(path, outbox, report);
  writeFileSync(join(out, `${disk}.json`), JSON.stringify(holding));
  say(`read ${disk}`);
  const isLast = disk === settings.disks.at(-1);
  if (isLast && settings.writes) await writeUntilTheEnd(outbox, commitsOf(holding));
  else await outbox.close();
}

/** What `PRAGMA synchronous = NORMAL` in outbox/database.ts would be. */
function lowerSynchronous(): void {
  const { prototype } = sqlite3.Database;
  const exec = Reflect.get(prototype, "exec") as (
    this: sqlite3.Database,
    ...words: unknown[]
  ) => sqlite3.Database;
  prototype.exec = function (sql, done) {
    return exec.call(this, sql.replace("synchronous = FULL", "synchronous = NORMAL"), done);
  };
}

async function readWhole(path: string, outbox: GroupedOutbox, report: StartReport): Promise<Holding> {
  const reader = await openReader(path);
  const [verdict] = await reader.all<{ integrity_check: string }>("PRAGMA integrity_check(1)");
  await reader.close();
  return {
    file: report.file,
    integrity: verdict?.integrity_check ?? "no verdict",
    files: readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path))),
    ...(await contentsOf(outbox)),
  };
}

async function writeUntilTheEnd(outbox: GroupedOutbox, committed: number): Promise<void> {
  let newest = committed;
  const writeOn = async (): Promise<void> => {
    for (;;) {
      newest += 1;
      await writePlanned(outbox, settings, newest, say);
    }
  };
  await Promise.all(Array.from({ length: commitsInFlight }, writeOn));
}
