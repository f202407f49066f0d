import { describe, expect, it } from "vitest";
import { stamping } from "../../edge-agent/stamping.ts";
import { seededRandom } from "../../protocols/random.ts";
import { readingSchema } from "../../protocols/readings.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { presentTag } from "./readings.ts";

const place = { device: "reader", readPoint: "desk" };

describe("stamping", () => {
  it("numbers each start from one under an epoch of its own", () => {
    const clock = new ManualClock();
    const random = seededRandom(3);
    const first = stamping({ agent: "agent1", boot: "boot1", clock, random });
    const second = stamping({ agent: "agent1", boot: "boot1", clock, random });
    const readings = [first(place, presentTag), first(place, presentTag), second(place, presentTag)];
    expect(readings.map(({ sequence }) => sequence)).toEqual([1, 2, 1]);
    expect(readings[0]?.epoch).toBe(readings[1]?.epoch);
    expect(readings[0]?.epoch).not.toBe(readings[2]?.epoch);
    expect(new Set(readings.map(({ id }) => id)).size).toBe(3);
    for (const reading of readings) expect(readingSchema.parse(reading)).toEqual(reading);
  });

  it("goes on counting where the wall clock jumps back, and says how much it is worth", async () => {
    const clock = new ManualClock();
    const stamp = stamping({ agent: "agent1", boot: "boot1", clock, random: seededRandom(3) });
    const before = stamp(place, presentTag);
    await clock.turn(10.5);
    clock.wallOffsetMs = -5_000;
    clock.clockQuality = "estimated";
    const after = stamp(place, presentTag);
    expect(after.sequence).toBe(before.sequence + 1);
    expect(after.at).toEqual({ wallMs: -4_990, monotonicMs: 10.5, boot: "boot1", clock: "estimated" });
    expect(readingSchema.parse(after)).toEqual(after);
  });
});
