import { afterEach, describe, expect, test } from "vitest";
import { watchStep } from "../../../gateway/time/clock-watch.ts";
import { holdStep } from "../../../gateway/time/hold.ts";
import type { Stamp } from "../../../protocols/readings.ts";
import { type Box, bootMs, Ear, startBox } from "./unset-box.ts";

const boxes: Box[] = [];
afterEach(async () => {
  for (const { gateway } of boxes.splice(0)) await gateway.close();
});

describe("watching the clock", () => {
  const look = (monotonicMs: number, offMs: number, clock: Stamp["clock"] = "synced"): Stamp => ({
    wallMs: bootMs + monotonicMs + offMs,
    monotonicMs,
    boot: "boot1",
    clock,
  });
  const changesIn = (looks: readonly Stamp[]) => {
    let state: ReturnType<typeof watchStep>["state"] | undefined;
    return looks.map((now) => {
      const step = watchStep(state, now);
      state = step.state;
      return step.change && `${step.change.change} ${step.change.jumpMs} ${step.change.wasSet}`;
    });
  };

  test("sees steps either way and the setting, but no slewing", () => {
    const looks = [
      look(0, 0, "estimated"),
      look(1_000, 5_000_000),
      look(2_000, 5_000_499),
      look(3_000, 5_000_000),
    ];
    expect(changesIn(looks)).toEqual([undefined, "set 5000000 false", undefined, undefined]);
    expect(changesIn([look(0, 0), look(1_000, -1_000), look(2_000, -1_000), look(3_000, 0)])).toEqual([
      undefined,
      "jumped -1000 true",
      undefined,
      "jumped 1000 true",
    ]);
    expect(changesIn([look(0, 0, "estimated"), look(1_000, 60_000, "estimated")])).toEqual([
      undefined,
      "jumped 60000 false",
    ]);
    // Many small steps are one big one.
    expect(changesIn([look(0, 0), look(1_000, 300), look(2_000, 600)])).toEqual([
      undefined,
      undefined,
      "jumped 600 true",
    ]);
  });

  test("tells HQ of each, and wakes somebody for a big one", async () => {
    const ear = new Ear();
    await ear.open();
    const box = await startBox({ ear, quality: "synced" });
    boxes.push(box);
    await box.clock.turn(2_000);
    // A leap second that the kernel inserts.
    box.clock.wallOffsetMs -= 1_000;
    await box.clock.turn(2_000);
    box.clock.wallOffsetMs += 3_600_000;
    await box.clock.turn(2_000);
    expect(ear.of("storewire.gateway.clock").map(({ data }) => data)).toMatchObject([
      { change: "jumped", jumpMs: -1_000, bootTime: "2026-11-22T08:59:59.000Z" },
      { change: "jumped", jumpMs: 3_600_000, bootTime: "2026-11-22T09:59:59.000Z" },
    ]);
    expect(ear.of("storewire.alert.gateway").map(({ data }) => data)).toMatchObject([
      { code: "clock-jumped", jumpMs: 3_600_000 },
    ]);
  });
});

describe("the wait for a clock", () => {
  const play = (looks: readonly { atMs: number; up: boolean; unset: readonly string[] }[]) => {
    let state = { waitedMs: new Map<string, number>() as ReadonlyMap<string, number>, atMs: 0 };
    return looks.map(({ atMs, up, unset }) => {
      const step = holdStep(state, { monotonicMs: atMs, uplinkUp: up, unset }, 1_000);
      state = step.state;
      return step.over;
    });
  };

  test("counts the time with the uplink up, for each start by itself", () => {
    expect(
      play([
        { atMs: 500, up: true, unset: ["a"] },
        { atMs: 1_400, up: true, unset: ["a"] },
        { atMs: 90_000, up: false, unset: ["a", "b"] },
        { atMs: 90_100, up: true, unset: ["a", "b"] },
        { atMs: 91_000, up: true, unset: ["b"] },
        { atMs: 91_001, up: true, unset: ["b", "a"] },
      ]),
    ).toEqual([[], [], [], ["a"], ["b"], ["b"]]);
  });
});
