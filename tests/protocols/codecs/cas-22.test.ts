import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cas22Frame } from "../../../protocols/codecs/cas-22.ts";
import { cas22, cas22Weight, describeCas22 } from "../../../protocols/codecs/cas-22.ts";
import { fromLatin1, toHex } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { itAgreesWithTheVectors } from "./scale-vectors.ts";

itAgreesWithTheVectors(cas22, describeCas22);

const describeText = (text: string): unknown => {
  const frame = cas22.decode(fromLatin1(text));
  return frame.ok ? describeCas22(frame.value) : frame.code;
};

describe("what a scale says", () => {
  it.each([
    [
      "US,NT,\x01\x80,-   0.50 kg\r\n",
      { value: "-0.50", unit: "kg", stable: false, gross: false, atZero: false },
    ],
    [
      "ST,NT,\x01\xc1,    1250  g\r\n",
      { value: "1250", unit: "g", stable: true, gross: false, atZero: true },
    ],
    ["ST,GS,\r\n,00012.34 t \r\n", { value: "12.34", unit: "t", stable: true, gross: true, atZero: false }],
    ["OL,GS,\x01\x80,--------  g\r\n", { overload: true }],
    ["OL,GS,\x01\x80,         kg\r\n", { overload: true }],
  ])("%j", (text, described) => {
    expect(describeText(text)).toEqual(described);
  });

  it("a weight for a driver", () => {
    const frame = { state: "US", mode: "NT", device: 1, lamps: 0, field: "   12.34", unit: "kg" } as const;
    expect(cas22Weight(frame)).toEqual({ value: "12.34", unit: "kg", stable: false, mode: "net" });
    expect(cas22Weight({ ...frame, state: "ST", mode: "GS" })).toMatchObject({ stable: true, mode: "gross" });
    expect(cas22Weight({ ...frame, state: "OL" })).toBeUndefined();
  });

  it.each([
    ["", "empty"],
    ["XT,GS,\x01\xc1,   12.34 kg\r\n", "start"],
    ["ST,TR,\x01\xc1,   12.34 kg\r\n", "start"],
    ["ST,GS,\xc1,   12.34 kg\r\n", "length"],
    ["ST,GS,\x01\xc1,   12.34 kg\r\n\n", "length"],
    ["ST,GS,\x01\xc1,   12.34 kg\n\r", "end"],
    ["ST,GS,\x01\xc1    12.34 kg\r\n", "field"],
    ["ST,GS,\x01\xc1,   12.34kkg\r\n", "field"],
    ["ST,GS,\x01\xc1,   12.34 12\r\n", "field"],
    ["ST,GS,\x01\xc1,   1O.34 kg\r\n", "field"],
    ["ST,GS,\x01\xc1,-------- kg\r\n", "field"],
    ["OL,GS,\x01\xc1,OVERLOAD kg\r\n", "field"],
  ])("%j is refused: %s", (text, code) => {
    expect(describeText(text)).toBe(code);
  });

  it("a device and lamps that look like the end of a line, behind a broken start", () => {
    const real = cas22.encode({
      state: "ST",
      mode: "GS",
      device: 13,
      lamps: 10,
      field: "   12.34",
      unit: "kg",
    });
    const stream = new Uint8Array([...fromLatin1("ST,GS,\x0a\x0d,  1"), ...real]);
    expect(framesOf(cutChunks([stream], cas22.probe, cas22.frameBytesMax)).map(toHex)).toEqual([toHex(real)]);
  });

  it("has fields of fixed width", () => {
    const short = { state: "ST", mode: "GS", device: 1, lamps: 1, field: "12.34", unit: "kg" } as const;
    expect(() => cas22.encode(short)).toThrow("eight characters");
  });
});

const byte = fc.oneof(fc.constantFrom(0x0a, 0x0d, 0x2c, 0x53), fc.nat({ max: 255 }));
const weighed = { mode: fc.constantFrom("GS" as const, "NT" as const), device: byte, lamps: byte };
const unit = fc.constantFrom("kg", " g", "lb", "t ");
const frame: fc.Arbitrary<Cas22Frame> = fc.oneof(
  fc.record({
    state: fc.constantFrom("ST" as const, "US" as const),
    ...weighed,
    field: fc.stringMatching(/^[- ] {2}\d{2}\.\d{2}$/),
    unit,
  }),
  fc.record({
    state: fc.constant("OL" as const),
    ...weighed,
    field: fc.constantFrom("--------", "   99.99"),
    unit,
  }),
);

itIsACodec({ codec: cas22, frame, ownBytes: Array.from(fromLatin1("STUOL,GN\r\n 1.kg")) });
