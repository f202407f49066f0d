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
  await first.knowable.linkUp();
  expect(first.knowable.linkUp()).toBeUndefined();

  const withoutLink = await start();
  await fill(withoutLink.outbox, 2);
  const again = await start();
  await fill(again.outbox, 4);
  const connected = await start();
  expect(connected.knowable.take()?.evt.last).toBe(3);
  expect(connected.knowable.take()).toBeUndefined();
  await connected.knowable.linkUp();
  expect((await start()).knowable.take()?.evt.last).toBe(9);
});
