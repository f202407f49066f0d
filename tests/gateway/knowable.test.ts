import { expect, test } from "vitest";
import { Knowable } from "../../gateway/uplink/knowable.ts";
import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { fill } from "./uplink-bench.ts";

test("what starts without a link have written does not hide the hole of an old image: HQ took new events for those that it had", async () => {
  const clock = new ManualClock();
  const disk = new MemoryDisk("ours");
  const start = async () => {
    const outbox = await openMemoryOutbox({ clock, disk });
    return { outbox, knowable: await Knowable.open(outbox) };
  };
  const image = await start();
  await fill(image.outbox, 3);
  const first = await start();
  expect(first.knowable.take()?.evt.last).toBe(0);
  expect(await first.knowable.forget()).toBe(true);
  expect(first.knowable.forget()).toBeUndefined();

  const withoutLink = await start();
  await fill(withoutLink.outbox, 2);
  const again = await start();
  await fill(again.outbox, 4);
  const connected = await start();
  expect(connected.knowable.take()?.evt.last).toBe(3);
  expect(connected.knowable.take()).toBeUndefined();
  await connected.knowable.forget();
  expect((await start()).knowable.take()?.evt.last).toBe(9);
});

test("what is on its way to HQ waits until the note is gone: with it, the next start would begin a new epoch for nothing", async () => {
  const clock = new ManualClock();
  const disk = new MemoryDisk("ours");
  const outbox = await openMemoryOutbox({ clock, disk });
  const knowable = await Knowable.open(outbox);
  disk.failNextWrite = new Error("no space left");
  expect(await knowable.forget()).toBe(false);
  expect(await knowable.forget()).toBe(true);

  const other = new MemoryDisk("theirs");
  const refusing = await openMemoryOutbox({ clock, disk: other });
  other.failNextWrite = new Error("no space left");
  const unwritten = await Knowable.open(refusing);
  other.failNextWrite = new Error("no space left");
  expect(await unwritten.forget()).toBe(true);
});
