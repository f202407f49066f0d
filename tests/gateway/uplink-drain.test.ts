import { afterEach, describe, expect, test } from "vitest";
import { newDrain, paced } from "../../gateway/uplink/drain.ts";
import { EpochOrdinal } from "../../gateway/uplink/epoch-ordinal.ts";
import { hearWatermark } from "../../gateway/uplink/hearing.ts";
import { positionsOf } from "../../gateway/uplink/uplink.ts";
import { base, closeUplinks, fill, openUplink, range } from "./uplink-bench.ts";

afterEach(closeUplinks);

/** Without a grant: 100 events in each half of a second. */
const slowly = { drainEventsPerSecond: 200, unconfirmedEventsMax: 100_000 };
const grant = (eventsPerSecond: number, validMs = 60_000) => ({
  epoch: "ours",
  sequence: "0",
  grant: { eventsPerSecond, validMs },
});

describe("after the return", () => {
  test("live events go first, the backlog behind them, marked historical, at the limit's rate", async () => {
    const up = await openUplink({ ...slowly, stored: 5_000 });
    await up.start();
    await up.store(3, "queue");
    expect(up.heard).toEqual([
      { topic: `${base}/evt/return`, sequences: range(1, 100) },
      { topic: `${base}/evt/queue`, sequences: [5_001, 5_002, 5_003] },
    ]);
    expect(up.historical).toEqual(range(1, 100));
    await up.clock.turn(499);
    expect(up.sequences()).toHaveLength(103);
    await up.clock.turn(1);
    expect(up.heard.at(-1)?.sequences).toEqual(range(101, 200));
    await up.clock.turn(4_000);
    expect(up.historical).toEqual(range(1, 1_000));
    await up.store(1, "queue");
    expect(up.heard.at(-1)?.sequences).toEqual([5_004]);
    expect(up.historical).toHaveLength(1_000);
  });

  test("a live event overtakes what was read of the backlog and waits for a slot on the wire", async () => {
    const up = await openUplink({ stored: 900, batchesInFlightMax: 8 });
    up.broker.swallowAcknowledgements = true;
    await up.start();
    expect(up.sequences()).toEqual(range(1, 256));
    await up.store(1, "queue");
    expect(up.heard.at(-1)?.sequences).toEqual([901]);
  });

  test("one batch more is on the wire for each quick answer, half as many after a slow one, three quarters at most", () => {
    let drain = newDrain(200);
    const course: number[] = [];
    for (const tookMs of [500, 500, 10, 10, 10, 501, 2_000, 2_001, 2_001, 2_001, 1]) {
      drain = paced(drain, tookMs, 7);
      course.push(drain.inFlightMax);
    }
    expect(course).toEqual([2, 3, 4, 5, 5, 5, 5, 2, 1, 1, 2]);
    expect(paced(newDrain(200), 1, 1).inFlightMax).toBe(1);
  });

  test("the state says up to where HQ need not ask, until it is through", async () => {
    const up = await openUplink({ ...slowly, stored: 1_000 });
    await up.start();
    expect(up.state()).toMatchObject({
      sequence: "1000",
      watermark: { sequence: "0", telemetry: "0" },
      draining: { sequence: "1000", telemetry: "0" },
    });
    await up.clock.turn(5_000);
    await up.say("ack", { epoch: "ours", sequence: "743" });
    expect(up.state()).toMatchObject({ draining: { sequence: "1000" } });
    await up.say("ack", { epoch: "ours", sequence: "800" });
    // What is not on our disk yet is not told either.
    expect(up.state()).toMatchObject({ watermark: { sequence: "743" } });
    expect(up.state().draining).toBeUndefined();
  });

  test("events and telemetry drain in turn, so that neither waits for the other's end", async () => {
    const up = await openUplink({ ...slowly, stored: 2_000 });
    await fill(up.outbox, 2_000, { stream: "tel", category: "device" });
    await up.start();
    await up.clock.turn(3_000);
    const of = (stream: string) =>
      up.heard.filter(({ topic }) => topic.includes(stream)).flatMap(({ sequences }) => sequences).length;
    expect([of("/evt/"), of("/tel/")]).toEqual([400, 300]);
  });

  test("where the broker confirms, live events settle once the backlog before them has", async () => {
    const up = await openUplink({ ...slowly, stored: 250, confirm: "broker" });
    await up.start();
    await up.store(5);
    expect(up.outbox.position("evt")).toEqual({ last: 255, settled: 100 });
    await up.clock.turn(500);
    expect(up.outbox.position("evt").settled).toBe(200);
    await up.clock.turn(500);
    expect(up.outbox.position("evt").settled).toBe(255);
    expect(up.sequences().toSorted((one, other) => one - other)).toEqual(range(1, 255));
  });
});

describe("HQ's grant", () => {
  test("sets the rate at once, both up and down", async () => {
    const up = await openUplink({ ...slowly, stored: 20_000 });
    await up.start();
    await up.say("ack", { ...grant(2_000) });
    expect(up.sequences()).toHaveLength(1_000);
    await up.clock.turn(1_000);
    expect(up.sequences()).toHaveLength(3_000);
    await up.say("ack", { ...grant(20) });
    await up.clock.turn(10_000);
    expect(up.sequences()).toHaveLength(3_200);
    await up.say("ack", { ...grant(1) });
    await up.clock.turn(10_000);
    expect(up.sequences()).toHaveLength(3_210);
  });

  test("is void when it is not renewed: a dead HQ neither throttles nor floods for ever", async () => {
    const up = await openUplink({ ...slowly, stored: 50_000, resendAfterMs: 1_000_000 });
    await up.start();
    await up.say("ack", { ...grant(1_000, 2_000) });
    await up.clock.turn(1_500);
    await up.say("ack", { ...grant(1_000, 2_000) });
    await up.clock.turn(2_000);
    const sent = up.sequences().length;
    await up.clock.turn(10_000);
    expect(up.sequences().length - sent).toBe(2_000);
  });

  test("counts only as it is spoken: a retained one may be of long ago, one of another epoch not ours", async () => {
    const up = await openUplink({ ...slowly, stored: 50_000 });
    await up.start();
    await up.say("ack", { ...grant(100_000), epoch: "another" });
    await up.clock.turn(1_000);
    expect(up.sequences()).toHaveLength(300);
    const { outbox } = up;
    const ours = {
      epoch: "ours",
      epochOrdinal: await EpochOrdinal.open(outbox),
      knowable: positionsOf(outbox),
    };
    const message = { topic: "ack", payload: new TextEncoder().encode(JSON.stringify(grant(500))) };
    const kinds = (retained: boolean) => {
      const heard = hearWatermark({ ...message, retained }, ours);
      return heard.kind === "inputs" ? heard.inputs.map(({ kind }) => kind) : heard.kind;
    };
    expect([kinds(true), kinds(false)]).toEqual([["watermark"], ["watermark", "grant"]]);
  });

  test("binds what HQ asks for again as well", async () => {
    const up = await openUplink({ ...slowly });
    await up.start();
    await up.store(5_000);
    await up.say("ack", { epoch: "ours", sequence: "5000" });
    up.heard.length = 0;
    await up.say("resend", { epoch: "ours", from: "1", to: "5000" });
    expect(up.sequences()).toEqual(range(1, 100));
    await up.clock.turn(2_000);
    expect(up.sequences()).toEqual(range(1, 500));
    expect(up.historical).toEqual(range(1, 500));
  });
});

describe("an HQ that is silent while its broker is there", () => {
  test("is probed, not filled; when it wakes, live events go first again", async () => {
    const up = await openUplink({ ...slowly });
    await up.start();
    await up.store(300);
    await up.clock.turn(10_000);
    up.heard.length = 0;
    await up.store(5_000);
    // Nothing but a probe each time, however much comes meanwhile.
    await up.clock.turn(200_000);
    expect(new Set(up.sequences())).toEqual(new Set(range(1, 256)));
    // Since the last probe as well: it was stored while nobody heard.
    await up.store(1_000);
    up.heard.length = 0;
    await up.say("ack", { epoch: "ours", sequence: "256" });
    await up.store(1, "queue");
    await up.clock.turn(0);
    const first = up.heard.slice(0, 2);
    expect(first.map(({ sequences }) => sequences)).toEqual([range(257, 356), [6_301]]);
    expect(up.state()).toMatchObject({ draining: { sequence: "6300" } });
  });
});
