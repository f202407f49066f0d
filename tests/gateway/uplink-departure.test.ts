import { afterEach, expect, test } from "vitest";
import { closeUplinks, openUplink, range } from "./uplink-bench.ts";

afterEach(closeUplinks);

test("what leaves is what departure says, not what was stored", async () => {
  const up = await openUplink({
    departure: ({ body }) => body.replace('"padding":""', '"padding":"stamped"'),
  });
  const texts: string[] = [];
  await up.broker.connect().subscribe(["#"], ({ topic, payload }) => {
    if (topic.includes("/evt/")) texts.push(new TextDecoder().decode(payload));
  });
  await up.start();
  await up.store(2);
  expect(texts).toEqual(['[{"sequence":1,"padding":"stamped"},{"sequence":2,"padding":"stamped"}]']);
});

test("what may not leave yet holds up its own stream, and leaves once, a second later or at a poke", async () => {
  let open = 3;
  const up = await openUplink({
    departure: ({ sequence, body, category }) =>
      category === "device" || sequence <= open ? body : undefined,
  });
  await up.start();
  await up.store(6);
  await up.store(2, "device");
  expect(up.sequences()).toEqual([1, 2, 3, 1, 2]);
  open = 4;
  await up.clock.turn(999);
  expect(up.sequences()).toEqual([1, 2, 3, 1, 2]);
  await up.clock.turn(1);
  expect(up.sequences()).toEqual([1, 2, 3, 1, 2, 4]);
  open = 6;
  up.uplink.release();
  await up.clock.turn(0);
  expect(up.sequences()).toEqual([1, 2, 3, 1, 2, 4, 5, 6]);
});

test("a clock that is set lets go at once of what waited for it", async () => {
  const up = await openUplink({
    departure: ({ body }) => (up.clock.clockQuality === "synced" ? body : undefined),
  });
  up.clock.clockQuality = "estimated";
  await up.start();
  await up.store(3);
  up.clock.clockQuality = "synced";
  await up.store(1);
  expect(up.sequences()).toEqual(range(1, 4));
});

test("HQ's question for what may not leave yet is neither answered nor declared lost", async () => {
  const up = await openUplink({ departure: ({ sequence, body }) => (sequence <= 2 ? body : undefined) });
  await up.start();
  await up.store(5);
  up.heard.length = 0;
  await up.say("resend", { epoch: "ours", from: "2", to: "5" });
  expect(up.sequences()).toEqual([2]);
  expect(up.raised).toEqual([]);
});
