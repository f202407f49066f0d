import { mkdir, open, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../outbox/database.ts";
import type { GroupedOutbox } from "../../outbox/grouped-outbox.ts";
import { migrate, outboxMigrations, versionOf } from "../../outbox/migrations.ts";
import { openSqliteOutbox } from "../../outbox/sqlite-outbox.ts";
import type { StartReport } from "../../outbox/start-check.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { waitUntil } from "../wait-until.ts";
import { entry } from "./contract.ts";
import { copyAsPowerCut, temporaryFolder } from "./sqlite-bench.ts";

const pageBytes = 4_096;

describe("the start of the outbox", () => {
  let folder: string;
  let path: string;
  let clock: ManualClock;
  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder, "outbox.db");
    clock = new ManualClock();
  });
  afterEach(() => rm(folder, { recursive: true }));

  const start = (at = path): Promise<{ outbox: GroupedOutbox; report: StartReport }> =>
    openSqliteOutbox({ path: at, clock });
  async function fill(outbox: GroupedOutbox, entries: number, body = "退货 ".repeat(100)): Promise<void> {
    await outbox.commit({ entries: Array.from({ length: entries }, () => entry("evt", body)) });
  }
  /** Overwrites whole pages, as a dying card does. */
  async function damage(at: string, firstPage: number, pages: number): Promise<void> {
    const file = await open(at, "r+");
    await file.write(
      new Uint8Array(pages * pageBytes).fill(0xa5),
      0,
      pages * pageBytes,
      firstPage * pageBytes,
    );
    await file.close();
  }
  const works = async (outbox: GroupedOutbox, saved = 0): Promise<void> => {
    await outbox.commit({ entries: [entry("evt", "new")] });
    expect(await outbox.nextBatch("evt", saved, { rowsMax: 10, bytesMax: 100 })).toEqual([
      { sequence: saved + 1, category: "return", body: `new ${saved + 1}` },
    ]);
    await outbox.close();
  };

  it("makes a new file, looks briefly after a clean end and wholly after any other", async () => {
    const first = await start();
    expect(first.report).toEqual({
      file: "new",
      check: "none",
      cleanShutdown: true,
      version: { from: 0, to: outboxMigrations.length },
    });
    await fill(first.outbox, 3);
    await first.outbox.close();
    const second = await start();
    expect(second.report).toMatchObject({ file: "existing", check: "quick", cleanShutdown: true });
    expect(second.outbox.epoch).toBe(first.outbox.epoch);
    const copy = join(folder, "copy.db");
    await copyAsPowerCut(path, copy);
    await second.outbox.close();
    const third = await start(copy);
    expect(third.report).toMatchObject({ file: "existing", check: "whole", cleanShutdown: false });
    expect(third.outbox.position("evt").last).toBe(3);
    await third.outbox.close();
  });

  it("syncs every commit to disk in a write-ahead log", async () => {
    const database = await openDatabase(path);
    expect(await database.all("PRAGMA journal_mode")).toEqual([{ journal_mode: "wal" }]);
    expect(await database.all("PRAGMA synchronous")).toEqual([{ synchronous: 2 }]);
    await database.close();
  });

  it("puts a file without a readable head aside and begins a new one under a new epoch", async () => {
    const { outbox } = await start();
    await fill(outbox, 10);
    await outbox.close();
    await damage(path, 0, 1);
    const { outbox: fresh, report } = await start();
    const movedTo = `${path}.broken-20260105T080000Z`;
    expect(report).toMatchObject({ file: "replaced", check: "none", broken: { movedTo } });
    expect(report.broken?.reason).toContain("is damaged");
    expect((await stat(movedTo)).size).toBeGreaterThan(pageBytes);
    expect(fresh.epoch).not.toBe(outbox.epoch);
    await works(fresh, 10);
    const again = await start();
    expect(again.report).toMatchObject({ file: "existing", check: "quick" });
    await again.outbox.close();
  });

  it("saves out of a broken file what a second reader does not have yet, and tells of it nothing that HQ has", async () => {
    const { outbox } = await start();
    await fill(outbox, 10);
    await outbox.settle("evt", 6);
    await outbox.keepAfter("evt", 4);
    await outbox.close();
    await damage(path, 0, 1);
    const { outbox: fresh, report } = await start();
    expect(fresh.position("evt")).toEqual({ last: 6, settled: 0 });
    expect(fresh.keptAfter("evt")).toBe(0);
    expect(report.salvages?.[0]?.streams).toMatchObject([{ moved: [{ from: 7, to: 10 }], lost: [] }]);
    await fresh.close();
  });

  it("finds damaged pages after an unclean end, and saves what is beside them, also from the log", async () => {
    const { outbox } = await start();
    await fill(outbox, 2_000);
    await outbox.close();
    const second = await start();
    await fill(second.outbox, 1, "in the log");
    const copy = join(folder, "copy.db");
    await copyAsPowerCut(path, copy);
    await second.outbox.close();
    await damage(copy, 20, 5);
    const { outbox: fresh, report } = await start(copy);
    expect(report.file).toBe("replaced");
    expect(report.broken?.movedTo).toBe(`${copy}.broken-20260105T080000Z`);
    // Five entries lie in a page, and five pages are gone.
    const [evt] = report.salvages?.[0]?.streams ?? [];
    expect(evt).toEqual({
      stream: "evt",
      settledKnown: true,
      moved: [
        { from: 1, to: 65 },
        { from: 91, to: 2_001 },
      ],
      lost: [{ from: 66, to: 90 }],
    });
    expect(await fresh.nextBatch("evt", 1_975, { rowsMax: 1, bytesMax: 1 })).toMatchObject([
      { body: "in the log 2001" },
    ]);
    await works(fresh, 1_976);
  });

  it("notes damage that it meets while running, and looks at every page at the next start", async () => {
    const { outbox } = await start();
    await fill(outbox, 2_000);
    await outbox.close();
    await damage(path, 20, 100);
    const second = await start();
    expect(second.report).toMatchObject({ file: "existing", check: "quick" });
    await expect(
      second.outbox.nextBatch("evt", 0, { rowsMax: 2_000, bytesMax: 100_000_000 }),
    ).rejects.toMatchObject({ code: "outbox-broken" });
    await waitUntil("the suspicion is noted", async () =>
      (await readdir(folder)).includes("outbox.db.suspect"),
    );
    await second.outbox.close();
    const { outbox: fresh, report } = await start();
    expect(report.file).toBe("replaced");
    expect(await readdir(folder)).not.toContain("outbox.db.suspect");
    await works(fresh, 1_500);
  });

  it("keeps the newest three broken files", async () => {
    for (let time = 0; time < 5; time += 1) {
      await writeFile(path, "this is no database, but long enough to be taken for one".repeat(20));
      const { outbox, report } = await start();
      expect(report.file).toBe("replaced");
      await outbox.close();
      await clock.turn(1_000);
    }
    const broken = (await readdir(folder)).filter((name) => name.includes(".broken-"));
    expect(broken.sort()).toEqual([2, 3, 4].map((second) => `outbox.db.broken-20260105T08000${second}Z`));
  });

  it("starts in time although the check is not through", async () => {
    const { outbox } = await start();
    await fill(outbox, 30_000, "x".repeat(2_000));
    const copy = join(folder, "copy.db");
    await copyAsPowerCut(path, copy);
    await outbox.close();
    const hasty = { ...clockOf(clock), after: soon };
    const second = await openSqliteOutbox({ path: copy, clock: hasty });
    expect(second.report).toMatchObject({ file: "existing", check: "unfinished" });
    expect(second.outbox.position("evt").last).toBe(30_000);
    await second.outbox.close();
  });

  it("says what is wrong with a place that cannot be written", async () => {
    await expect(start(join(folder, "none", "outbox.db"))).rejects.toThrow("does its folder exist");
    await mkdir(join(folder, "folder.db"));
    await expect(start(join(folder, "folder.db"))).rejects.toThrow("cannot be opened");
  });

  it("brings a file of every older version up to date", async () => {
    for (let version = 0; version <= outboxMigrations.length; version += 1) {
      const old = join(folder, `version-${version}.db`);
      const database = await openDatabase(old);
      await migrate(database, outboxMigrations.slice(0, version), old);
      await database.close();
      const { outbox, report } = await start(old);
      expect(report.version).toEqual({ from: version, to: outboxMigrations.length });
      await works(outbox);
    }
  });

  it("refuses a newer file with words and leaves it where it is", async () => {
    const database = await openDatabase(path);
    await database.exec("CREATE TABLE of_tomorrow (x); PRAGMA user_version = 99");
    await database.close();
    await expect(start()).rejects.toMatchObject({
      code: "outbox-newer",
      message: expect.stringContaining("has version 99") as string,
    });
    expect((await readdir(folder)).filter((name) => name.includes("broken"))).toEqual([]);
  });

  it("migrates from any step on, each step wholly or not at all", async () => {
    const steps = ["CREATE TABLE one (x)", "CREATE TABLE two (x)", "INSERT INTO two VALUES (1), (2)"];
    for (let from = 0; from <= steps.length; from += 1) {
      const database = await openDatabase(join(folder, `from-${from}.db`));
      await migrate(database, steps.slice(0, from), path);
      expect(await migrate(database, steps, path)).toEqual({ from, to: 3 });
      expect(await database.all("SELECT count(*) AS rows FROM two")).toEqual([{ rows: 2 }]);
      const broken = [...steps, "INSERT INTO one VALUES (1); INSERT INTO nowhere VALUES (1)"];
      await expect(migrate(database, broken, path)).rejects.toThrow("nowhere");
      expect(await versionOf(database)).toBe(3);
      expect(await database.all("SELECT x FROM one")).toEqual([]);
      await database.close();
    }
  });
});

const clockOf = (clock: ManualClock) => ({
  wallMs: () => clock.wallMs(),
  monotonicMs: () => clock.monotonicMs(),
  quality: () => clock.quality(),
});

/** A clock on which every wait is over at once. */
function soon(_delayMs: number, task: () => void): () => void {
  const timer = setTimeout(task, 5);
  return () => clearTimeout(timer);
}
