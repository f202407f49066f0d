import { afterEach, describe, expect, test } from "vitest";
import { base, closeUplinks, fill, openUplink, range } from "./uplink-bench.ts";

afterEach(closeUplinks);

describe("live", () => {
  test("sends at once, always an array, on the category's topic", async () => {
    const up = await openUplink();
    await up.start();
    await up.store(1);
    await up.store(2, "queue");
    await up.store(1, "alert");
    await up.store(1, "device");
    expect(up.heard).toEqual([
      { topic: `${base}/evt/return`, sequences: [1] },
      { topic: `${base}/evt/queue`, sequences: [2, 3] },
      { topic: `${base}/evt/alert`, sequences: [4] },
      { topic: `${base}/tel/device`, sequences: [1] },
    ]);
  });

  test("settles both streams at the watermark, and only with ours", async () => {
    const up = await openUplink();
    await up.start();
    await up.store(5);
    await up.store(3, "device");
    await up.say("ack", { epoch: "another", sequence: "5" });
    await up.say("ack", "{");
    await up.say("ack", { epoch: "ours", sequence: "-1" });
    await up.say("ack", "x".repeat(5_000));
    expect(up.uplink.counts.ignoredMessages).toBe(4);
    expect(up.outbox.position("evt").settled).toBe(0);
    await up.say("ack", { epoch: "ours", sequence: "4", telemetry: "3" });
    expect([up.outbox.position("evt"), up.outbox.position("tel")]).toEqual([
      { last: 5, settled: 4 },
      { last: 3, settled: 3 },
    ]);
    await up.say("ack", { epoch: "ours", sequence: "2", telemetry: "1" });
    expect(up.outbox.position("evt").settled).toBe(4);
  });
});

describe("draining", () => {
  test("fills batches of 256 events, in order, each once", async () => {
    const up = await openUplink();
    await fill(up.outbox, 600);
    await up.start();
    expect(up.heard.map(({ sequences }) => sequences.length)).toEqual([256, 256, 88]);
    expect(up.sequences()).toEqual(range(1, 600));
  });

  test("keeps a batch within 128 KiB, and a longer event alone", async () => {
    const up = await openUplink();
    await fill(up.outbox, 3, { padding: "x".repeat(60_000) });
    await fill(up.outbox, 1, { padding: "退".repeat(50_000) });
    await fill(up.outbox, 1);
    await up.start();
    expect(up.heard.map(({ sequences }) => sequences)).toEqual([[1, 2], [3], [4], [5]]);
  });

  test("keeps the order within each of three categories", async () => {
    const up = await openUplink();
    for (let round = 0; round < 300; round += 1) {
      for (const category of ["return", "queue", "alert"] as const) await fill(up.outbox, 1, { category });
    }
    await up.start();
    for (const [index, category] of ["return", "queue", "alert"].entries()) {
      const sequences = up.heard
        .filter(({ topic }) => topic.endsWith(category))
        .flatMap((heard) => heard.sequences);
      expect(sequences).toEqual(range(0, 299).map((round) => round * 3 + index + 1));
    }
    expect(up.heard.length).toBe(6);
  });

  test("never has more batches in flight than allowed", async () => {
    const up = await openUplink({ batchesInFlightMax: 3 });
    up.broker.swallowAcknowledgements = true;
    await up.start();
    await up.store(1_000);
    expect(up.heard).toHaveLength(3);
  });

  test("never runs further ahead of the watermark than allowed", async () => {
    const up = await openUplink();
    await fill(up.outbox, 3_000);
    await up.start();
    expect(up.sequences()).toEqual(range(1, 1_000));
    await up.say("ack", { epoch: "ours", sequence: "300" });
    expect(up.sequences()).toEqual(range(1, 1_300));
    await up.say("ack", { epoch: "ours", sequence: "1300" });
    expect(up.sequences()).toEqual(range(1, 2_300));
  });
});

describe("repeating", () => {
  test("goes back to the watermark when it does not move, first with a probe, then with growing patience", async () => {
    const up = await openUplink();
    up.broker.loseMessages = true;
    await up.start();
    await up.store(600);
    expect(up.heard).toEqual([]);
    up.broker.loseMessages = false;
    await up.clock.turn(9_999);
    expect(up.heard).toEqual([]);
    await up.clock.turn(1);
    expect(up.sequences()).toEqual(range(1, 256));
    await up.clock.turn(19_999);
    expect(up.heard).toHaveLength(1);
    await up.clock.turn(1);
    expect(up.sequences()).toEqual([...range(1, 256), ...range(1, 256)]);
    await up.say("ack", { epoch: "ours", sequence: "256" });
    expect(up.sequences().slice(512)).toEqual(range(257, 600));
    await up.say("ack", { epoch: "ours", sequence: "600" });
    await up.clock.turn(1_000_000);
    expect(up.heard.length).toBe(4);
  });

  test("finds out of a stuck connection whose acknowledgements do not come", async () => {
    const up = await openUplink();
    up.broker.swallowAcknowledgements = true;
    await up.start();
    await up.store(3_000);
    expect(up.sequences()).toEqual(range(1, 1_000));
    up.broker.swallowAcknowledgements = false;
    await up.clock.turn(10_000);
    expect(up.sequences().slice(1_000)).toEqual(range(1, 256));
    await up.say("ack", { epoch: "ours", sequence: "1000" });
    expect(up.sequences().slice(1_256)).toEqual(range(1_001, 1_512));
  });

  test("begins at the watermark on every connection, also at a broker that forgot everything", async () => {
    const up = await openUplink();
    await up.start();
    await up.store(10);
    await up.say("ack", { epoch: "ours", sequence: "4" });
    for (const forget of [false, true]) {
      up.heard.length = 0;
      up.broker.restart({ forget });
      await up.clock.turn(0);
      expect(up.sequences()).toEqual(range(5, 10));
      expect(up.state().online).toBe(true);
    }
  });

  test("sends what came while the link was down, once it is up", async () => {
    const up = await openUplink();
    await up.start();
    up.link.cut("pulled");
    await up.store(3);
    expect(up.heard).toEqual([]);
    expect(up.state()).toMatchObject({ online: false });
    up.link.restore();
    await up.clock.turn(0);
    expect(up.sequences()).toEqual([1, 2, 3]);
    await up.clock.turn(5_000);
    expect(up.sequences()).toEqual([1, 2, 3]);
  });

  test("serves what HQ asks for again from what is kept", async () => {
    const up = await openUplink();
    await up.start();
    await up.store(600, "return");
    await up.store(10, "device");
    await up.say("ack", { epoch: "ours", sequence: "600", telemetry: "10" });
    up.heard.length = 0;
    await up.say("resend", { epoch: "ours", from: "100", to: "400" });
    expect(up.sequences()).toEqual(range(100, 400));
    up.heard.length = 0;
    await up.say("resend", { epoch: "ours", stream: "tel", from: "9", to: "99" });
    expect(up.heard).toEqual([{ topic: `${base}/tel/device`, sequences: [9, 10] }]);
    up.heard.length = 0;
    await up.say("resend", { epoch: "another", from: "1", to: "2" });
    await up.say("resend", { epoch: "ours", from: "601", to: "700" });
    await up.say("resend", { epoch: "ours", from: "9", to: "2" });
    expect(up.heard).toEqual([]);
    expect(up.uplink.counts).toMatchObject({ ignoredMessages: 1, resendRequests: 4 });
    expect(up.raised).toEqual([]);
  });

  test("tells HQ of what it asks for and is no longer kept", async () => {
    const up = await openUplink();
    await up.start();
    await up.store(20);
    await up.say("ack", { epoch: "ours", sequence: "15" });
    await up.outbox.forgetOld();
    up.heard.length = 0;
    await up.say("resend", { epoch: "ours", from: "10", to: "18" });
    expect(up.sequences()).toEqual([16, 17, 18]);
    expect(up.raised).toMatchObject([
      {
        type: "storewire.alert.loss",
        data: { stream: "evt", epoch: "ours", from: "10", to: "15", reason: "no longer kept" },
      },
    ]);
  });
});

describe("without watermarks", () => {
  test("the broker's acknowledgements settle, as far as they reach without a gap", async () => {
    const up = await openUplink({ confirm: "broker" });
    await up.start();
    await up.store(600);
    await up.store(2, "queue");
    await up.store(3, "device");
    expect(up.outbox.position("evt")).toEqual({ last: 602, settled: 602 });
    expect(up.outbox.position("tel")).toEqual({ last: 3, settled: 3 });
  });

  test("what was not acknowledged stays and is sent again", async () => {
    const up = await openUplink({ confirm: "broker" });
    await up.start();
    up.broker.swallowAcknowledgements = true;
    await up.store(3);
    expect(up.outbox.position("evt").settled).toBe(0);
    up.broker.swallowAcknowledgements = false;
    up.broker.restart({ forget: true });
    await up.clock.turn(0);
    expect(up.sequences()).toEqual([1, 2, 3, 1, 2, 3]);
    expect(up.outbox.position("evt").settled).toBe(3);
  });
});

describe("state", () => {
  test("says how things stand on connecting, every minute, and when the clock's worth changes", async () => {
    const up = await openUplink();
    up.clock.clockQuality = "estimated";
    await up.start();
    expect(up.state()).toEqual({
      online: true,
      boot: "boot1",
      version: "0.1.0",
      since: "2026-01-05T08:00:00.000Z",
      backlog: 0,
      clock: "estimated",
      epoch: "ours",
      sequence: "0",
      telemetry: "0",
      epochOrdinal: 1,
      watermark: { sequence: "0", telemetry: "0" },
    });
    await up.store(3);
    expect(up.state().sequence).toBe("0");
    up.clock.clockQuality = "synced";
    await up.store(1);
    expect(up.state()).toMatchObject({ clock: "synced", sequence: "4", backlog: 4 });
    await up.store(2, "device");
    await up.clock.turn(60_000);
    expect(up.state()).toMatchObject({
      sequence: "4",
      telemetry: "2",
      backlog: 6,
      since: "2026-01-05T08:00:00.000Z",
    });
  });

  test("is spoken by the broker when the link falls, and by ourselves when we go", async () => {
    const up = await openUplink();
    await up.start();
    await up.store(3);
    up.link.cut("pulled");
    expect(up.state()).toMatchObject({ online: false, boot: "boot1", sequence: "0" });
    up.link.restore();
    await up.clock.turn(1_000);
    expect(up.state().online).toBe(true);
    await up.uplink.close();
    expect(up.state()).toMatchObject({
      online: false,
      sequence: "3",
      backlog: 3,
      since: "2026-01-05T08:00:01.000Z",
    });
  });
});
