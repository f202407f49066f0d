import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { outboxContract } from "./contract.ts";
import { makeSqliteBench } from "./sqlite-bench.ts";

outboxContract("memory", () => {
  const clock = new ManualClock();
  const disk = new MemoryDisk("epoch-1");
  return Promise.resolve({
    clock,
    open: (limits = {}, describeLoss) =>
      openMemoryOutbox({ clock, disk, limits, ...(describeLoss && { describeLoss }) }),
    failNextWrite: () => {
      disk.failNextWrite = new Error("the disk is full");
      return Promise.resolve();
    },
    remove: () => Promise.resolve(),
  });
});

outboxContract("SQLite", () => makeSqliteBench());
outboxContract("SQLite that keeps nothing in memory", () => makeSqliteBench({ tailBytesMax: 0 }));
