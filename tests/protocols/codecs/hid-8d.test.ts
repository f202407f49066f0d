import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeHid8d, hid8d, hidScaleTare } from "../../../protocols/codecs/hid-8d.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { hex, rowsOf, vectorsPresent } from "./vectors.ts";

describe.skipIf(!vectorsPresent)("hid-8d against the vectors", () => {
  it.each(rowsOf("hid-8d").map((row) => [row.id, row] as const))("%s both ways", (_, row) => {
    const report = hid8d.decode(hex(row.hex));
    if (!report.ok) throw new Error(report.error);
    expect(describeHid8d(report.value)).toEqual(row.decoded);
    expect(toHex(hid8d.encode(report.value))).toBe(row.hex);
  });
});

const valueOf = (digits: string): unknown => {
  const report = hid8d.decode(hex(digits));
  return report.ok ? describeHid8d(report.value) : report.code;
};

describe("what a scale says", () => {
  it.each([
    ["030502fe0500", "-0.05", "g"],
    ["030502000000", "0", "g"],
    ["030503fd0000", "0.000", "kg"],
    ["030503020100", "-100", "kg"],
    ["03040cf7ffff", "0.000065535", "lb"],
    ["030401090100", "1000000000", "mg"],
  ])("%s is %s %s", (digits, value, unit) => {
    expect(valueOf(digits)).toMatchObject({ value, unit });
  });

  it("is stable in two states of eight", () => {
    const states = [1, 2, 3, 4, 5, 6, 7, 8].map((status) => valueOf(`030${status}02000100`));
    expect(states.map((state) => (state as { stable: boolean }).stable)).toEqual([
      false,
      true,
      false,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it.each([
    ["", "empty"],
    ["02040bff6401", "start"],
    ["03040bff64", "length"],
    ["03040bff640100", "length"],
    ["03000bff6401", "field"],
    ["03090bff6401", "field"],
    ["03040dff6401", "field"],
    ["03040b0a6401", "field"],
    ["03040bf66401", "field"],
  ])("%s is refused: %s", (digits, code) => {
    expect(valueOf(digits)).toBe(code);
  });

  it("is tared with an output report", () => {
    expect(toHex(hidScaleTare)).toBe("0202");
    expect(valueOf("0202")).toEqual({ command: "tare" });
    expect(toHex(hid8d.encode({ status: "tare-command" }))).toBe("0202");
  });
});

describe("hid-8d, whatever comes", () => {
  it("gives back the bytes of every report that it reads", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 5, maxLength: 5 }), (bytes) => {
        const report = hid8d.decode(Uint8Array.from([3, ...bytes]));
        if (report.ok) expect(Array.from(hid8d.encode(report.value))).toEqual([3, ...bytes]);
      }),
    );
  });
});
