import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { closeUplinks, openUplink } from "../gateway/uplink-bench.ts";

afterEach(closeUplinks);

/** What HQ's broker may say on our topics without meaning anything. */
const nonsense: readonly string[] = [
  "",
  "?",
  "null",
  "[]",
  "{}",
  '"ours"',
  "\u0000".repeat(100),
  `"${"x".repeat(300_000)}"`,
  "[".repeat(100_000),
  '{"epoch":"ours"}',
  '{"epoch":"ours","sequence":-1}',
  '{"epoch":"ours","sequence":"-1","from":"-1","to":"1"}',
  '{"epoch":"ours","sequence":"1e9","from":"1e9","to":"2"}',
  '{"epoch":"ours","sequence":"0x10","from":"0","to":"0"}',
  '{"epoch":{"__proto__":1},"sequence":"1","from":"1","to":"2"}',
  `{"epoch":"ours","sequence":"${"9".repeat(400)}","from":"1","to":"${"9".repeat(400)}"}`,
  '{"epoch":"ours","sequence":"0","grant":{"eventsPerSecond":1e308,"validMs":-1}}',
  '{"epoch":"theirs","sequence":"5","from":"1","to":"5"}',
];

describe("a broker of HQ that", () => {
  test("talks nonsense on our topics is not listened to, and gets what is new all the same", async () => {
    const up = await openUplink();
    await up.start();
    await up.store(5);
    for (const words of nonsense) {
      for (const topic of ["ack", "resend", "cfg/desired", "cmd/restart", "cmd/restart/reply"]) {
        await up.say(topic, words);
      }
    }
    expect(up.outruns).toBe(0);
    expect(up.raised).toEqual([]);
    await up.store(1);
    expect(up.sequences()).toEqual([1, 2, 3, 4, 5, 6]);
    await up.say("ack", { epoch: "ours", sequence: "6" });
    expect(up.state().backlog).toBe(0);
  });

  test("says anything at all that is JSON does not stop the next event", async () => {
    const up = await openUplink();
    await up.start();
    let stored = 0;
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.constantFrom("ack", "resend"), async (words, topic) => {
        await up.say(topic, words);
        stored += 1;
        await up.store(1);
        expect(up.sequences().at(-1)).toBe(stored);
      }),
      { numRuns: 200 },
    );
  });

  test("asks for the same again and again gets it a bounded number of times, and what is new at once", async () => {
    const up = await openUplink();
    await up.start();
    await up.store(300);
    await up.say("ack", { epoch: "ours", sequence: "300" });
    up.link.cut("away");
    up.link.restore();
    await up.clock.turn(0);
    up.heard.length = 0;
    const requests = Array.from({ length: 500 }, () =>
      up.say("resend", { epoch: "ours", from: "1", to: "300" }),
    );
    await Promise.all(requests);
    await up.store(1);
    expect(up.sequences()).toContain(301);
    await up.clock.turn(60_000);
    // As many jobs as may wait, and the few that were done while the others came.
    expect(up.sequences().length).toBeLessThan(500 * 300);
    expect(up.uplink.counts.resendRequests).toBe(500);
  });

  test("asks again and again for what is no longer kept is told so once in a while", async () => {
    const up = await openUplink();
    await up.start();
    await up.store(20);
    await up.say("ack", { epoch: "ours", sequence: "15" });
    await up.outbox.forgetOld();
    for (let count = 0; count < 100; count += 1)
      await up.say("resend", { epoch: "ours", from: "10", to: "18" });
    expect(up.raised).toHaveLength(1);
    await up.clock.turn(60_000);
    await up.say("resend", { epoch: "ours", from: "10", to: "18" });
    expect(up.raised).toHaveLength(2);
  });

  test("asks for ever other things that are no longer kept is told of 64 a minute", async () => {
    const up = await openUplink();
    await up.start();
    await up.store(120);
    await up.say("ack", { epoch: "ours", sequence: "110" });
    await up.outbox.forgetOld();
    const askForEach = async (): Promise<void> => {
      for (let gone = 1; gone <= 100; gone += 1)
        await up.say("resend", { epoch: "ours", from: String(gone), to: String(gone) });
    };
    await askForEach();
    expect(up.raised).toHaveLength(64);
    await up.clock.turn(60_000);
    await askForEach();
    expect(up.raised).toHaveLength(128);
  });
});
