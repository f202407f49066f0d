import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openReader } from "../../outbox/database.ts";
import { lossRowsBeyondMax, removalRowsMax, waitingBytesMax } from "../../outbox/limits.ts";
import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { openSqliteOutbox } from "../../outbox/sqlite-outbox.ts";
import type { GroupWrite } from "../../outbox/storage.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { entry } from "../outbox/contract.ts";

/** A disk that tells what it is given, and does it when it is let. */
class WatchedDisk extends MemoryDisk {
  readonly groups: GroupWrite[] = [];
  gate: Promise<void> = Promise.resolve();

  override async write(group: GroupWrite): Promise<void> {
    this.groups.push(group);
    await this.gate;
    return super.write(group);
  }
}

/** 72 MB and a checkpoint of them, on a card or a busy machine. */
const diskMsMax = 120_000;

describe("an outbox at its limits", () => {
  it("refuses commits while 64 MiB wait for a disk that stands still, and takes them when it moves again", async () => {
    const clock = new ManualClock();
    const disk = new WatchedDisk("e");
    const outbox = await openMemoryOutbox({ clock, disk });
    let release = (): void => {};
    disk.gate = new Promise((resolve) => {
      release = resolve;
    });
    const first = outbox.commit({ entries: [entry("evt", "first")] });
    await clock.turn(0);
    const mebibyte = "x".repeat(1024 * 1024);
    const waiting: Promise<void>[] = [];
    for (let count = 0; count < waitingBytesMax / mebibyte.length; count += 1)
      waiting.push(outbox.commit({ entries: [entry("evt", mebibyte)] }));
    await expect(outbox.commit({ entries: [entry("evt", "one more")] })).rejects.toMatchObject({
      code: "outbox-full",
    });
    release();
    await Promise.all([first, ...waiting]);
    await outbox.commit({ entries: [entry("evt", "one more")] });
    expect(outbox.position("evt").last).toBe(66);
  });

  it("tells of so many losses beyond a full stream, then loses nothing more, and goes on once there is room", async () => {
    const clock = new ManualClock();
    const outbox = await openMemoryOutbox({
      clock,
      limits: { rowsMax: 10, droppable: { tel: { rowsMax: 2, bytesMax: 1_000_000 } } },
      describeLoss: ({ from, to }) => entry("evt", `lost ${from}-${to}`, "alert"),
    });
    await outbox.commit({ entries: Array.from({ length: 10 }, (_, row) => entry("evt", String(row))) });
    const telemetry = () => outbox.commit({ entries: [entry("tel", "t", "device")] });
    const refused = { code: "outbox-full" };
    await expect(outbox.commit({ entries: [entry("evt", "return")] })).rejects.toMatchObject(refused);
    for (let row = 0; row < 2 + lossRowsBeyondMax; row += 1) await telemetry();
    await expect(telemetry()).rejects.toMatchObject(refused);
    expect(outbox.position("evt")).toEqual({ last: 10 + lossRowsBeyondMax, settled: 0 });
    expect(outbox.position("tel")).toEqual({ last: 2 + lossRowsBeyondMax, settled: lossRowsBeyondMax });
    await outbox.settle("evt", 70);
    await telemetry();
    await outbox.commit({ entries: [entry("evt", "return")] });
    const told = await outbox.nextBatch("evt", 10, { rowsMax: 1_000, bytesMax: 1_000_000 });
    // Every lost entry is in one of the losses that were told.
    const losses = told.map(({ body }) => body.split(" ")).filter(([what]) => what === "lost");
    expect(losses.map(([, range]) => range)).toEqual(
      Array.from({ length: lossRowsBeyondMax + 1 }, (_, loss) => `${loss + 1}-${loss + 1}`),
    );
  });

  it("deletes no more than 1,024 entries in one transaction", async () => {
    const clock = new ManualClock();
    const disk = new WatchedDisk("e");
    const limits = { keepConfirmedBytes: 0, keepConfirmedMs: 0 };
    const outbox = await openMemoryOutbox({ clock, disk, limits });
    await outbox.commit({ entries: Array.from({ length: 3_000 }, (_, row) => entry("evt", String(row))) });
    await outbox.settle("evt", 3_000);
    disk.groups.length = 0;
    await outbox.forgetOld();
    expect(disk.groups.map(({ removals }) => removals.map(({ through }) => through))).toEqual([
      [removalRowsMax],
      [2 * removalRowsMax],
      [2_999],
    ]);
  });

  it(
    "cuts its log back to 64 MiB after one rush",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "storewire-log-"));
      const path = join(folder, "gateway.db");
      const { outbox } = await openSqliteOutbox({ path, clock: new ManualClock() });
      try {
        await outbox.commit({ entries: [entry("evt", "first")] });
        // A reader that stays where it is keeps the log from being used again from its start.
        const reader = await openReader(path);
        const patient = await reader.prepare("SELECT place FROM entry LIMIT 1");
        await reader.exec("BEGIN");
        await patient.all();
        const body = "x".repeat(4 * 1024 * 1024);
        for (let count = 0; count < 18; count += 1) await outbox.commit({ entries: [entry("evt", body)] });
        const grown = (await stat(`${path}-wal`)).size;
        expect(grown).toBeGreaterThan(70 * 1024 * 1024);
        await reader.exec("COMMIT");
        await reader.close();
        for (let count = 0; count < 3; count += 1) await outbox.commit({ entries: [entry("evt", "small")] });
        expect((await stat(`${path}-wal`)).size).toBeLessThanOrEqual(64 * 1024 * 1024);
      } finally {
        await outbox.close();
        await rm(folder, { recursive: true });
      }
    },
    diskMsMax,
  );
});
