import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextDelayMs, reconnectBounds } from "../../cli/reconnect-delay.ts";
import { seededRandom } from "../../protocols/random.ts";

const always = (fraction: number) => ({ fraction: () => fraction, bytes: () => new Uint8Array() });

describe("wait before the next connection", () => {
  it("grows threefold at most, up to half a minute", () => {
    const course: number[] = [];
    for (let last = 0, count = 0; count < 7; count += 1) {
      last = nextDelayMs(last, reconnectBounds, always(1));
      course.push(last);
    }
    expect(course).toEqual([200, 600, 1_800, 5_400, 16_200, 30_000, 30_000]);
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
