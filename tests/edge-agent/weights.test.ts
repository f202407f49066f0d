import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type WeightObservation, weights } from "../../edge-agent/smoothing/weights.ts";

const stable = (value: string, unit = "kg"): WeightObservation => ({
  kind: "weight",
  value,
  unit,
  stable: true,
});
const moving = (value: string): WeightObservation => ({ ...stable(value), stable: false });

function weighings(course: readonly WeightObservation[], weightDigitsMin = 2): readonly string[] {
  const scale = weights({ weightDigitsMin });
  return course
    .flatMap((weight) => scale.weighed(weight))
    .filter(({ stable: isStable }) => isStable)
    .map(({ value, unit }) => `${value} ${unit}`);
}

const endOf = (isOpen: boolean, value: string): readonly WeightObservation[] =>
  isOpen ? [moving(value)] : [];

const thousandths = (digits: number): string =>
  `${digits < 0 ? "-" : ""}0.${String(Math.abs(digits)).padStart(3, "0")}`;

describe("weights", () => {
  it("are said once they are stable, and once", () => {
    const course = [stable("0.000"), moving("0.300"), moving("1.240"), stable("1.250"), stable("1.250")];
    expect(weighings(course)).toEqual(["1.250 kg"]);
  });

  it("drift by the last digit without becoming another load, measured from what was said", () => {
    const creeping = ["1.250", "1.251", "1.250", "1.249", "1.251"].map((value) => stable(value));
    expect(weighings(creeping)).toEqual(["1.250 kg"]);
    expect(weighings([stable("1.250"), stable("1.251"), stable("1.252")])).toEqual(["1.250 kg", "1.252 kg"]);
  });

  it("are said again for the same load after motion, and after an empty pan", () => {
    expect(weighings([stable("1.250"), moving("0.900"), stable("1.250")])).toEqual(["1.250 kg", "1.250 kg"]);
    expect(weighings([stable("1.250"), stable("0.000"), stable("1.250")])).toEqual(["1.250 kg", "1.250 kg"]);
  });

  it("of an empty pan are none, whatever its drift and decimals", () => {
    expect(weighings(["0", "0.000", "-0.001", "0.001", "-0.00"].map((value) => stable(value)))).toEqual([]);
    expect(weighings([stable("-0.500")])).toEqual(["-0.500 kg"]);
  });

  it("end once, by what moves or by an empty pan, and again after nobody looked", () => {
    const scale = weights({ weightDigitsMin: 2 });
    const said = (weight: WeightObservation) => scale.weighed(weight);
    // Whoever remembers a load from before this start learns that it is gone.
    expect(said(stable("0.000"))).toEqual([moving("0.000")]);
    expect(said(moving("0.700"))).toEqual([]);
    expect(said(stable("1.250"))).toEqual([stable("1.250")]);
    expect(said(moving("0.300"))).toEqual([moving("0.300")]);
    expect(said(stable("0.001"))).toEqual([]);
    expect(said(stable("1.250"))).toEqual([stable("1.250")]);
    expect(said(stable("0.001"))).toEqual([moving("0.001")]);
    scale.unwatched();
    expect(said(stable("0.000"))).toEqual([moving("0.000")]);
  });

  it("in another unit, or net instead of gross, are a new weighing", () => {
    expect(weighings([stable("1.250", "kg"), stable("1250", "g"), stable("1250", "g")])).toEqual([
      "1.250 kg",
      "1250 g",
    ]);
    const net: WeightObservation = { ...stable("1.250"), mode: "net" };
    expect(weighings([{ ...net, mode: "gross" }, net])).toHaveLength(2);
  });

  it("of a scale with two ranges compare in the coarser last digit", () => {
    expect(weighings([stable("5.995"), stable("6.00"), stable("6.01"), stable("6.02")])).toEqual([
      "5.995 kg",
      "6.02 kg",
    ]);
  });

  it("are compared exactly where floating point would round", () => {
    expect(weighings([stable("123456789012.123456789"), stable("123456789012.123456791")])).toHaveLength(2);
    expect(weighings([stable("123456789012.123456789"), stable("123456789012.123456790")])).toHaveLength(1);
  });

  it("that are no decimals are a broken driver", () => {
    expect(() => weighings([stable("1,250")])).toThrow('a driver reported "1,250" as a weight');
  });

  it("after nobody looked are said again", () => {
    const scale = weights({ weightDigitsMin: 2 });
    scale.weighed(stable("1.250"));
    scale.unwatched();
    expect(scale.weighed(stable("1.250"))).toHaveLength(1);
  });

  it("said in a row without motion differ by the least change, for any course", () => {
    const course = fc.array(
      fc.record({ digits: fc.integer({ min: -20, max: 20 }), isStable: fc.boolean() }),
      {
        maxLength: 100,
      },
    );
    fc.assert(
      fc.property(course, fc.integer({ min: 1, max: 5 }), (steps, digitsMin) => {
        const scale = weights({ weightDigitsMin: digitsMin });
        let last: number | undefined;
        let isOpen = true;
        for (const { digits, isStable } of steps) {
          const value = thousandths(digits);
          const said = scale.weighed({ ...stable(value), stable: isStable });
          const isLoad = isStable && Math.abs(digits) >= digitsMin;
          const isNew = isLoad && (last === undefined || Math.abs(digits - last) >= digitsMin);
          const news = isLoad ? (isNew ? [stable(value)] : []) : endOf(isOpen, value);
          expect(said).toEqual(news);
          if (isNew || !isLoad) last = isLoad ? digits : undefined;
          isOpen = isLoad;
        }
      }),
    );
  });
});
