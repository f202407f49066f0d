import { describe, expect, it } from "vitest";
import { uplinkPolicy } from "../../gateway/uplink/policy.ts";
import { readRowsMax } from "../../gateway/uplink/pump.ts";
import type { Step, UplinkState } from "../../gateway/uplink/state.ts";

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
      } as Parameters<typeof policy.step>[1]);
    // One is on the wire, which takes no more; 31 wait, and there is room for one read more.
    const first = answered(live(100_000).state, 2_048, 32);
    expect(first.state.ready.live).toHaveLength(31);
    expect(readsOf(first)).toHaveLength(1);
    const second = answered(first.state, 4_096, 8);
    expect(second.state.ready.live).toHaveLength(39);
    expect(readsOf(second)).toEqual([]);
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
