import { expect, test } from "vitest";
import { Settling } from "../../gateway/uplink/settling.ts";
import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { silentLog } from "./store.ts";
import { fill } from "./uplink-bench.ts";

test("a settle that the disk refused is tried again: a stream in which nothing happened any more kept its backlog for ever", async () => {
  const clock = new ManualClock();
  const disk = new MemoryDisk("ours");
  const outbox = await openMemoryOutbox({ clock, disk });
  await fill(outbox, 3);
  const settling = new Settling(outbox, silentLog);
  disk.failNextWrite = new Error("no space left");
  settling.settle("evt", 3);
  await clock.turn(0);
  expect(outbox.position("evt").settled).toBe(0);
  settling.again();
  await clock.turn(0);
  expect(outbox.position("evt").settled).toBe(3);
});
