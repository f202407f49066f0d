import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "../../outbox/database.ts";
import type { GroupedOutbox } from "../../outbox/grouped-outbox.ts";
import type { OutboxLimits } from "../../outbox/limits.ts";
import { openSqliteOutbox } from "../../outbox/sqlite-outbox.ts";
import { seededRandom } from "../../protocols/random.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import type { Bench } from "./contract.ts";

export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "storewire-outbox-"));

/** What a power cut leaves: the file and its log as they are on disk at this moment. */
export async function copyAsPowerCut(from: string, to: string): Promise<void> {
  for (const suffix of ["", "-wal"]) {
    await copyFile(from + suffix, to + suffix).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }
}

/** `given` are limits beside those that a test asks for. */
export async function makeSqliteBench(given: Partial<OutboxLimits> = {}): Promise<Bench> {
  const folder = await temporaryFolder();
  const clock = new ManualClock();
  const open: GroupedOutbox[] = [];
  const saboteurs: Database[] = [];
  const pathOf = (count: number): string => join(folder, `${count}.db`);
  return {
    clock,
    async open(limits = {}, describeLoss) {
      const path = pathOf(open.length);
      if (open.length > 0) await copyAsPowerCut(pathOf(open.length - 1), path);
      const random = seededRandom(7);
      const options = {
        path,
        clock,
        random,
        limits: { ...given, ...limits },
        ...(describeLoss && { describeLoss }),
      };
      const { outbox } = await openSqliteOutbox(options);
      open.push(outbox);
      return outbox;
    },
    async failNextWrite() {
      const saboteur = await openDatabase(pathOf(open.length - 1));
      saboteurs.push(saboteur);
      await saboteur.exec(
        "CREATE TRIGGER sabotage AFTER INSERT ON entry WHEN NEW.category = 'poison' " +
          "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
      );
    },
    async remove() {
      for (const one of [...open, ...saboteurs]) await one.close();
      await rm(folder, { recursive: true });
    },
  };
}
