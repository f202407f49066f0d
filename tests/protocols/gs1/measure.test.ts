import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  announcedWeight,
  difference,
  isWithin,
  kilograms,
  netWeightElement,
} from "../../../protocols/gs1/measure.ts";

describe("exact weights", () => {
  it.each([
    ["1.250", "kg", "1.25"],
    ["1250", "g", "1.25"],
    ["5", "g", "0.005"],
    ["0.5", "g", "0.0005"],
    ["1250000", "mg", "1.25"],
    ["0.0125", "t", "12.5"],
    ["2", "t", "2000"],
    ["-0.0", "kg", "0"],
    ["-12.50", "KG", "-12.5"],
    ["007.10", "kg", "7.1"],
    ["1.25", "lb", undefined],
    ["heavy", "kg", undefined],
  ])("%s %s are %s kg", (value, unit, expected) => {
    expect(kilograms({ value, unit })).toBe(expected);
  });

  it.each([
    ["1.25", "1.2", "0.05"],
    ["0.3", "0.1", "0.2"],
    ["1", "2.5", "-1.5"],
    ["2", "2.000", "0"],
  ])("%s - %s is %s", (left, right, expected) => {
    expect(difference(left, right)).toBe(expected);
  });

  it("does not say what no event can hold", () => {
    expect(kilograms({ value: "0.001", unit: "mg" })).toBe("0.000000001");
    expect(kilograms({ value: "0.0001", unit: "mg" })).toBeUndefined();
    expect(kilograms({ value: "999999999999", unit: "t" })).toBeUndefined();
  });

  it("come back as they were, whatever unit they were in", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), (grams) => {
        const value = kilograms({ value: String(grams), unit: "g" }) ?? "";
        expect(Math.round(Number(value) * 1000)).toBe(grams);
        expect(difference(value, value)).toBe("0");
      }),
    );
  });

  it.each([
    ["0.02", "1", true],
    ["-0.02", "1", true],
    ["0.0301", "1", false],
    ["0.3", "10", true],
    ["0.301", "10", false],
  ])("%s kg off %s kg is within 20 g or 3 %%: %s", (off, whole, within) => {
    expect(isWithin(off, whole, { grams: "20", percent: "3" })).toBe(within);
  });

  it.each([
    ["1.25", ["3102", "000125"]],
    ["12", ["3100", "000012"]],
    ["0.005", ["3103", "000005"]],
    ["1234.56", ["3102", "123456"]],
    ["1234.567", undefined],
    ["0.000001", undefined],
    ["-1", undefined],
  ])("%s kg as an element: %j", (weight, element) => {
    expect(netWeightElement(weight)).toEqual(element);
  });

  it.each([
    [
      [
        ["00", "095211411234567895"],
        ["3302", "001250"],
      ],
      "12.5",
    ],
    [[["3300", "000012"]], "12"],
    [[["3305", "000012"]], "0.00012"],
    [[["3103", "001250"]], undefined],
    [[["3302", "12"]], undefined],
  ] as const)("%j announces %s", (elements, weight) => {
    expect(announcedWeight(elements)).toBe(weight);
  });
});
