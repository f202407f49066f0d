import { describe, expect, it } from "vitest";
import type { Room } from "../../outbox/limits.ts";
import { openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { nextRoom, roomEveryMs, watchRoom } from "../../outbox/room-watch.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { entry } from "../outbox/contract.ts";

const rules = { freeBytesLow: 1_000, freeBytesMin: 100 };

describe("room on the disk", () => {
  it("goes down one step at a time, and up only when a quarter more than the bound is free", () => {
    const seen: Room[] = [];
    let room: Room = "enough";
    for (const free of [1_000, 999, 1_200, 1_249, 1_250, 50, 50, 124, 125, 1_249, 1_250, 99, 2_000]) {
      room = nextRoom(room, free, rules);
      seen.push(room);
    }
    expect(seen.join(" ")).toBe("enough low low low enough low none none low low enough low enough");
  });

  it("is asked again and again; low room loses telemetry and says so, none refuses, and all is well again", async () => {
    const clock = new ManualClock();
    let free: number | undefined = 5_000;
    const outbox = await openMemoryOutbox({
      clock,
      limits: { droppable: { tel: { rowsMax: 160, bytesMax: 1_000_000 } }, keepConfirmedBytes: 1_000_000 },
      describeLoss: ({ stream, from, to }) => entry("evt", `lost ${stream} ${from}-${to}`, "alert"),
    });
    const heard: string[] = [];
    const stop = watchRoom({
      outbox,
      clock,
      rules,
      freeBytes: () => Promise.resolve(free),
      changed: (room, bytes) => heard.push(`${room} ${bytes}`),
      failed: (error) => heard.push(String(error)),
    });
    await outbox.commit({ entries: Array.from({ length: 100 }, (_, n) => entry("tel", `${n}`, "device")) });
    await outbox.commit({ entries: [entry("evt", "kept")] });
    await outbox.settle("evt", 1);
    const kept = () =>
      outbox
        .statistics()
        .streams.map(({ stream, backlogRows, keptRows }) => ({ stream, backlogRows, keptRows }));
    await clock.turn(0);
    expect(kept()).toEqual([
      { stream: "tel", backlogRows: 100, keptRows: 0 },
      { stream: "evt", backlogRows: 0, keptRows: 1 },
    ]);
    free = 900;
    await clock.turn(roomEveryMs);
    await clock.turn(0);
    // A sixteenth of 160 rows stays, the loss is told in the same commit, and nothing that arrived is kept.
    expect(outbox.statistics().room).toBe("low");
    expect(kept()).toEqual([
      { stream: "tel", backlogRows: 10, keptRows: 0 },
      { stream: "evt", backlogRows: 1, keptRows: 0 },
    ]);
    const tell = await outbox.nextBatch("evt", 0, { rowsMax: 10, bytesMax: 1_000 });
    expect(tell.map(({ body }) => body)).toEqual(["lost tel 1-90 2"]);
    await outbox.commit({ entries: [entry("evt", "taken")] });
    free = 50;
    await clock.turn(roomEveryMs);
    await expect(outbox.commit({ entries: [entry("evt", "refused")] })).rejects.toMatchObject({
      code: "outbox-full",
    });
    await expect(
      outbox.commit({ documents: [{ collection: "c", key: "k", value: "1" }] }),
    ).rejects.toMatchObject({ code: "outbox-full" });
    // What makes room is still written.
    await outbox.settle("evt", 3);
    expect(outbox.position("evt")).toEqual({ last: 3, settled: 3 });
    free = undefined;
    await clock.turn(roomEveryMs);
    expect(outbox.statistics().room).toBe("none");
    free = 5_000;
    await clock.turn(roomEveryMs);
    await outbox.commit({ entries: [entry("evt", "again")] });
    expect(outbox.position("evt").last).toBe(4);
    expect(heard).toEqual(["low 900", "none 50", "enough 5000"]);
    stop();
    free = 50;
    await clock.turn(10 * roomEveryMs);
    expect(outbox.statistics().room).toBe("enough");
  });

  it("goes on asking after an answer that failed", async () => {
    const clock = new ManualClock();
    const outbox = await openMemoryOutbox({ clock });
    let asked = 0;
    const failures: string[] = [];
    const stop = watchRoom({
      outbox,
      clock,
      rules,
      freeBytes: () => {
        asked += 1;
        return asked === 1 ? Promise.reject(new Error("statfs")) : Promise.resolve(900);
      },
      changed: () => {},
      failed: (error) => failures.push(String(error)),
    });
    await clock.turn(roomEveryMs);
    expect(failures).toEqual(["Error: statfs"]);
    expect(outbox.statistics().room).toBe("low");
    stop();
  });
});
