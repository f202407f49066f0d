import { describe, expect, it } from "vitest";
import { isFlat, slopeOf } from "./slope.ts";

const hourMs = 3_600_000;

describe("the slope of memory", () => {
  it("is that of the line, and sure where all lies on it", () => {
    const samples = [0, 1, 2, 3].map((hour) => ({ atMs: hour * hourMs, value: 100 + 2 * hour }));
    expect(slopeOf(samples)).toEqual({ perHour: 2, uncertainty: 0, first: 100, last: 106, samples: 4 });
    expect(isFlat(slopeOf(samples), 2)).toBe(true);
    expect(isFlat(slopeOf(samples), 1.9)).toBe(false);
  });

  it("is not taken for a rise where the noise is larger", () => {
    const values = [10, 14, 9, 13, 11, 14];
    const slope = slopeOf(values.map((value, index) => ({ atMs: (index * hourMs) / 5, value })));
    // By hand: the mean of the hours is 0.5, their spread 0.7, and 1.5 lies together with it.
    expect(slope.perHour).toBeCloseTo(1.5 / 0.7, 6);
    expect(slope.uncertainty).toBeGreaterThan(slope.perHour);
    expect(isFlat(slope, 0)).toBe(true);
  });

  it("needs three samples", () => {
    expect(() => slopeOf([{ atMs: 0, value: 1 }])).toThrow("1 samples are no line");
  });
});
