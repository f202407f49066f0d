import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootDelayMs, fleetReconnectBounds, reconnectBounds } from "../../cli/reconnect-delay.ts";
import { nextDelayMs } from "../../protocols/decorrelated-jitter.ts";
import { seededRandom } from "../../protocols/random.ts";

const always = (fraction: number) => ({ fraction: () => fraction, bytes: () => new Uint8Array() });

describe("wait before the next connection", () => {
  it("grows threefold at most, up to half a minute", () => {
    const course: number[] = [];
    for (let last = 0, count = 0; count < 6; count += 1) {
      last = nextDelayMs(last, reconnectBounds, always(1));
      course.push(last);
    }
    expect(course).toEqual([1_000, 3_000, 9_000, 27_000, 30_000, 30_000]);
    expect(nextDelayMs(0, fleetReconnectBounds, always(1))).toBe(12_000);
    expect(nextDelayMs(0, { ...fleetReconnectBounds, maxMs: 500 }, always(1))).toBe(500);
  });

  it("is decorrelated: it may shrink again, and never follows from the last one alone", () => {
    expect(nextDelayMs(20_000, reconnectBounds, always(0))).toBe(200);
    const random = seededRandom(7);
    const next = Array.from({ length: 100 }, () => nextDelayMs(5_000, reconnectBounds, random));
    expect(Math.min(...next)).toBeLessThan(1_000);
    expect(Math.max(...next)).toBeGreaterThan(14_000);
  });

  it("keeps a box that just booted back a while, as its whole region may have, and no other", () => {
    expect(bootDelayMs(20_000, fleetReconnectBounds, always(0.5))).toBe(6_000);
    expect(bootDelayMs(20_000, { ...fleetReconnectBounds, maxMs: 500 }, always(0.5))).toBe(250);
    expect(bootDelayMs(299_999, reconnectBounds, always(0.5))).toBe(500);
    expect(bootDelayMs(300_000, fleetReconnectBounds, always(0.5))).toBe(0);
  });

  it("stays within its bounds for every chance", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(100_000), (seed, lastMs) => {
        const delayMs = nextDelayMs(lastMs, reconnectBounds, seededRandom(seed));
        expect(delayMs).toBeGreaterThanOrEqual(200);
        expect(delayMs).toBeLessThanOrEqual(30_000);
      }),
    );
  });

  it("scatters boxes that lost the broker at the same moment", () => {
    const random = seededRandom(1);
    const waits = Array.from({ length: 1_000 }, () =>
      nextDelayMs(nextDelayMs(10_000, reconnectBounds, random), reconnectBounds, random),
    );
    const busiest = Math.max(
      ...Array.from(
        { length: 30 },
        (_, second) => waits.filter((wait) => Math.floor(wait / 1_000) === second).length,
      ),
    );
    expect(busiest).toBeLessThan(150);
  });
});
