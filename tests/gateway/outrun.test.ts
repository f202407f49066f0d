import { afterEach, describe, expect, test } from "vitest";
import { closeUplinks, openUplink } from "./uplink-bench.ts";

afterEach(closeUplinks);

describe("a watermark beyond what this file ever made", () => {
  test("ends the uplink, settles nothing, and is told once", async () => {
    const up = await openUplink();
    await up.start();
    await up.store(5);
    up.heard.length = 0;
    await up.say("ack", { epoch: "ours", sequence: "6" });
    await up.say("ack", { epoch: "ours", sequence: "7" });
    await up.store(5);
    expect([up.outruns, up.heard]).toEqual([1, []]);
    expect(up.outbox.position("evt")).toEqual({ last: 10, settled: 0 });
  });

  test("is known even where newer events have hidden it before the link came up", async () => {
    const up = await openUplink({ stored: 3 });
    await up.say("ack", { epoch: "ours", sequence: "5" });
    await up.store(4);
    await up.start();
    expect([up.outruns, up.sequences()]).toEqual([1, []]);
    expect(up.outbox.position("evt")).toEqual({ last: 7, settled: 0 });
  });

  test("is not seen where HQ, on a later connection, has what this very start has sent", async () => {
    const up = await openUplink({ stored: 3 });
    await up.start();
    await up.store(4);
    await up.say("ack", { epoch: "ours", sequence: "7" });
    up.link.cut("cable");
    up.link.restore();
    await up.clock.turn(0);
    expect(up.outruns).toBe(0);
    expect(up.outbox.position("evt")).toEqual({ last: 7, settled: 7 });
  });
});
