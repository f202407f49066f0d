import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../outbox/database.ts";
import { outboxMigrations } from "../../outbox/migrations.ts";
import { openSqliteOutbox } from "../../outbox/sqlite-outbox.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { entry } from "./contract.ts";
import { temporaryFolder } from "./sqlite-bench.ts";
import { bodyOfVersion1, epochOfVersion1, evtOfVersion1, fillVersion1 } from "./version-1.ts";

/** Every version there was, as the code of its time wrote it. A new version adds itself here. */
const fixtures = [{ version: 1, fill: fillVersion1 }] as const;
const plenty = { rowsMax: 100, bytesMax: 10_000_000 };

describe("a file of an older version", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("has a fixture for every version but the newest", () => {
    expect(fixtures.map(({ version }) => version)).toEqual(
      Array.from({ length: outboxMigrations.length - 1 }, (_, index) => index + 1),
    );
  });

  it.each(fixtures)("of version $version keeps everything and works on", async ({ version, fill }) => {
    const path = join(folder, "outbox.db");
    const database = await openDatabase(path);
    await fill(database);
    await database.close();
    const clock = new ManualClock();
    const { outbox, report } = await openSqliteOutbox({ path, clock });
    expect(report).toMatchObject({
      file: "existing",
      version: { from: version, to: outboxMigrations.length },
    });
    expect(outbox.epoch).toBe(epochOfVersion1);
    const { oldest, settled, last } = evtOfVersion1;
    expect([outbox.position("evt"), outbox.position("tel")]).toEqual([
      { last, settled },
      { last: 1, settled: 0 },
    ]);
    const sequences = Array.from({ length: last - oldest + 1 }, (_, index) => oldest + index);
    expect(await outbox.nextBatch("evt", 0, plenty)).toEqual(
      sequences.map((sequence) => ({ sequence, category: "return", body: bodyOfVersion1(sequence) })),
    );
    const waiting = sequences.filter((sequence) => sequence > settled).map(bodyOfVersion1);
    expect(outbox.statistics().streams).toContainEqual({
      stream: "evt",
      backlogRows: waiting.length,
      backlogBytes: waiting.reduce((sum, body) => sum + Buffer.byteLength(body), 0),
      keptRows: settled - oldest + 1,
    });
    expect(await outbox.documents("queue")).toEqual(new Map([["tally", '{"day":"2026-11-21","last":41}']]));
    expect(await outbox.documents("case")).toEqual(new Map([["退", '"货"']]));
    expect(new Set(await outbox.marks())).toEqual(
      new Set([
        { source: "agent1", epoch: "e1", sequence: 12 },
        { source: "agent1", epoch: "e2", sequence: 3 },
        { source: "agent2", epoch: "e1", sequence: 7 },
      ]),
    );
    await outbox.commit({
      entries: [entry("evt", "new"), entry("third", "stream")],
      marks: [{ source: "agent1", epoch: "e2", sequence: 4 }],
    });
    await outbox.settle("evt", last + 1);
    await outbox.close();

    const again = await openSqliteOutbox({ path, clock });
    expect(again.report).toMatchObject({ file: "existing", check: "quick" });
    expect(again.outbox.position("evt")).toEqual({ last: last + 1, settled: last + 1 });
    expect((await again.outbox.marks()).at(-1)).toEqual({ source: "agent1", epoch: "e2", sequence: 4 });
    await again.outbox.close();
  });

  it("that is newer is refused with words that name the file, both versions and the cure", async () => {
    const path = join(folder, "outbox.db");
    const { outbox } = await openSqliteOutbox({ path, clock: new ManualClock() });
    await outbox.close();
    const database = await openDatabase(path);
    await database.exec("PRAGMA user_version = 7");
    await database.close();
    await expect(openSqliteOutbox({ path, clock: new ManualClock() })).rejects.toMatchObject({
      code: "outbox-newer",
      message:
        `${path} has version 7, this Storewire knows up to ${outboxMigrations.length}. ` +
        "Install the newer Storewire again, or move the file away.",
    });
  });
});
