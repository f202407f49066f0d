import { describe, expect, it } from "vitest";
import { uplinkPolicy } from "../../gateway/uplink/policy.ts";
import { readRowsMax } from "../../gateway/uplink/pump.ts";
import { readEntries } from "../../gateway/uplink/reading.ts";
import type { Step, UplinkState } from "../../gateway/uplink/state.ts";
import { openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { openUplink } from "../gateway/uplink-bench.ts";

const rules = {
  confirm: "watermark",
  batchesInFlightMax: 1,
  unconfirmedEventsMax: 1_000_000,
  resendAfterMs: 1_000,
  drainEventsPerSecond: 1_000_000,
} as const;

describe("the uplink at its limits", () => {
  const none = { last: 0, settled: 0 };
  const policy = uplinkPolicy(rules, { evt: none, tel: none });
  const live = (last: number): Step => {
    const up = policy.step(policy.initial, { kind: "up" }).state;
    return policy.step(up, { kind: "stored", positions: { evt: { last, settled: 0 }, tel: none } });
  };
  const readsOf = ({ effects }: Step) =>
    effects.flatMap((effect) => (effect.kind === "read" ? [effect] : []));

  it("reads 2,048 events at once", () => {
    expect(readsOf(live(100_000)).map(({ errand, rowsMax }) => ({ errand, rowsMax }))).toEqual([
      { errand: "live", rowsMax: readRowsMax },
    ]);
    expect(readRowsMax).toBe(2_048);
  });

  it("reads nothing ahead of 32 batches that are ready", () => {
    const batch = { category: "queue", payload: "[]", eventCount: 1, bodies: [] } as const;
    const answered = (state: UplinkState, through: number, batches: number): Step =>
      policy.step(state, {
        kind: "read",
        errand: "live",
        generation: state.lanes.evt.generation,
        stream: "evt",
        through,
        batches: Array.from({ length: batches }, () => batch),
        held: false,
        holes: [],
      });
    // One is on the wire, which takes no more; 31 wait, and there is room for one read more.
    const first = answered(live(100_000).state, 2_048, 32);
    expect(first.state.ready.live).toHaveLength(31);
    expect(readsOf(first)).toHaveLength(1);
    const second = answered(first.state, 4_096, 8);
    expect(second.state.ready.live).toHaveLength(39);
    expect(readsOf(second)).toEqual([]);
  });

  it("reads 2 MiB at once, and one event however long it is", async () => {
    const outbox = await openMemoryOutbox({ clock: new ManualClock() });
    const mebibyte = "x".repeat(1024 * 1024);
    const long = (text: string) => ({ stream: "evt", category: "queue", body: () => `{"x":"${text}"}` });
    await outbox.commit({
      entries: [
        long("a".repeat(1_000_000)),
        long("b".repeat(1_000_000)),
        long("c".repeat(1_000_000)),
        long(mebibyte.repeat(3)),
      ],
    });
    const read = (after: number) =>
      readEntries(
        outbox,
        { kind: "read", errand: "live", stream: "evt", generation: 1, after, rowsMax: 100, to: undefined },
        undefined,
      );
    expect((await read(0)).through).toBe(2);
    expect((await read(3)).through).toBe(4);
  });

  it("listens to words of HQ of 4,096 bytes, and to no longer ones", async () => {
    const up = await openUplink();
    await up.start();
    await up.store(5);
    const padded = (sequence: number, bytes: number): string =>
      JSON.stringify({ epoch: "ours", sequence: String(sequence) }).padEnd(bytes);
    await up.say("ack", padded(2, 4_097));
    expect(up.outbox.position("evt").settled).toBe(0);
    await up.say("ack", padded(1, 4_096));
    expect(up.outbox.position("evt").settled).toBe(1);
  });

  it("waits two seconds for its last words to be heard", async () => {
    const { uplink, clock, link } = await openUplink();
    await clock.turn(0);
    link.publish = () => new Promise(() => {});
    let closed = false;
    const closing = uplink.close().then(() => {
      closed = true;
    });
    await clock.turn(1_999);
    expect(closed).toBe(false);
    await clock.turn(1);
    await closing;
  });

  it("remembers 64 ranges that HQ asks for, and leaves what is more for the next question", () => {
    let { state } = live(100_000);
    for (let asked = 0; asked < 100; asked += 1) {
      const from = 1_000 * (asked + 1);
      state = policy.step(state, { kind: "resend", stream: "evt", from, to: from + 9 }).state;
    }
    expect(state.jobs).toHaveLength(64);
    expect(state.jobs.at(-1)?.to).toBe(64_009);
  });
});
