import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ToledoContinuousFrame } from "../../../protocols/codecs/toledo-continuous.ts";
import {
  describeToledoContinuous,
  toledoContinuous,
  toledoContinuousWeight,
} from "../../../protocols/codecs/toledo-continuous.ts";
import { fromLatin1, join, toHex } from "../../../protocols/stream/bytes.ts";
import { chunked, cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { itAgreesWithTheVectors } from "./scale-vectors.ts";

itAgreesWithTheVectors(toledoContinuous, describeToledoContinuous);

const { probe, frameBytesMax } = toledoContinuous;
/** 12.34 kg gross, stable. */
const plain: ToledoContinuousFrame = {
  statusA: 0x2c,
  statusB: 0x30,
  statusC: 0x20,
  weight: "  1234",
  tare: "     0",
  checked: true,
};
/** Its check is STX. */
const checkIsStx: ToledoContinuousFrame = { ...plain, weight: "  8999" };
const bytesOf = (frame: ToledoContinuousFrame): Uint8Array => toledoContinuous.encode(frame);
const unchecked = (frame: ToledoContinuousFrame): Uint8Array => bytesOf({ ...frame, checked: false });
const found = (...parts: readonly Uint8Array[]): string[] =>
  framesOf(cutChunks([join(...parts)], probe, frameBytesMax)).map(toHex);

describe("what the status bytes say", () => {
  it.each([
    [0x28, "123400"],
    [0x29, "12340"],
    [0x2a, "1234"],
    [0x2b, "123.4"],
    [0x2c, "12.34"],
    [0x2d, "1.234"],
    [0x2e, "0.1234"],
    [0x2f, "0.01234"],
  ])("status A %i puts the point: %s", (statusA, value) => {
    expect(toledoContinuousWeight({ ...plain, statusA })?.value).toBe(value);
  });

  it.each([
    [0x30, { net: false, outOfRange: false, stable: true, unit: "kg", value: "12.34" }],
    [0x20, { unit: "lb" }],
    [0x31, { net: true }],
    [0x32, { value: "-12.34" }],
    [0x34, { outOfRange: true }],
    [0x38, { stable: false }],
    [0x70, { powerUpZeroNotCaptured: true }],
  ])("status B %i", (statusB, described) => {
    expect(describeToledoContinuous({ ...plain, statusB })).toMatchObject(described);
  });

  it.each([
    [0x21, { unit: "g" }],
    [0x22, { unit: "t" }],
    [0x23, { unit: "oz" }],
    [0x24, { unit: "ozt" }],
    [0x25, { unit: "dwt" }],
    [0x26, { unit: "tn" }],
    [0x27, { unit: null }],
    [0x28, { printRequest: true, unit: "kg" }],
    [0x30, { expandedX10: true }],
  ])("status C %i", (statusC, described) => {
    expect(describeToledoContinuous({ ...plain, statusC })).toMatchObject(described);
  });

  it("a weight for a driver, and none out of range or without a zero", () => {
    const net = { ...plain, statusB: 0x3b };
    expect(toledoContinuousWeight(net)).toEqual({ value: "-12.34", unit: "kg", stable: false, mode: "net" });
    expect(toledoContinuousWeight(plain)?.mode).toBe("gross");
    expect(toledoContinuousWeight({ ...plain, statusB: 0x34 })).toBeUndefined();
    expect(toledoContinuousWeight({ ...plain, statusB: 0x70 })).toBeUndefined();
  });
});

const refusing = (text: string): unknown => toledoContinuous.decode(fromLatin1(text));
describe("what is refused", () => {
  it.each([
    ["", "empty"],
    ["\x03,0   1234     0\r", "start"],
    ["\x02,0   1234     0", "length"],
    ["\x02,0   1234     0\rAB", "length"],
    ["\x02,0   1234     0\n", "end"],
    ["\x02,0   1234     0\rA", "checksum"],
    ["\x02l0   1234     0\r", "field"],
    ["\x02,P\x10  1234     0\r", "field"],
    ["\x02,\x10   1234     0\r", "field"],
    ["\x02,0   12 4     0\r", "field"],
    ["\x02,0            0\r", "field"],
    ["\x02,0   1234      \r", "field"],
    ["\x02,0   -234     0\r", "field"],
  ])("%j: %s", (text, code) => {
    expect(refusing(text)).toMatchObject({ ok: false, code });
  });

  it("a frame that would not keep its columns", () => {
    expect(() => bytesOf({ ...plain, weight: "1234" })).toThrow("six characters");
  });
});

describe("with and without a check, as the scale is set", () => {
  it("a check that is STX is known by the STX behind it", () => {
    expect(bytesOf(checkIsStx).at(-1)).toBe(0x02);
    expect(found(bytesOf(checkIsStx), bytesOf(plain))).toEqual([checkIsStx, plain].map(bytesOf).map(toHex));
    expect(found(unchecked(checkIsStx), unchecked(plain))).toEqual(
      [checkIsStx, plain].map(unchecked).map(toHex),
    );
  });

  it("the last frame before silence is taken with its check, or without one", () => {
    expect(found(bytesOf(checkIsStx))).toEqual([toHex(bytesOf(checkIsStx))]);
    expect(found(unchecked(plain))).toEqual([toHex(unchecked(plain))]);
    expect(probe(unchecked(plain))).toBe("more");
  });

  it("a frame whose check is wrong is noise, and the next one is found", () => {
    const broken = bytesOf(plain);
    broken[8] = 0x39;
    expect(found(broken, bytesOf(plain))).toEqual([toHex(bytesOf(plain))]);
  });

  it("finds every frame of either kind under every chunking", () => {
    const streams = fc
      .tuple(fc.boolean(), fc.array(fc.constantFrom(plain, checkIsStx), { minLength: 1, maxLength: 6 }))
      .map(([checked, frames]) => frames.map((one) => bytesOf({ ...one, checked })));
    const cases = streams.chain((frames) =>
      fc.tuple(fc.constant(frames), chunked(fc.constant(join(...frames)))),
    );
    fc.assert(
      fc.property(cases, ([frames, chunks]) => {
        expect(framesOf(cutChunks(chunks, probe, frameBytesMax)).map(toHex)).toEqual(frames.map(toHex));
      }),
    );
  });
});

const digits = fc.stringMatching(/^(?: {5}| {2}\d{3}|\d{5})\d$/);
/** With a check that is not STX: what such a frame needs behind it is shown above. */
const frame: fc.Arbitrary<ToledoContinuousFrame> = fc
  .record({
    statusA: fc.integer({ min: 0x28, max: 0x3f }),
    statusB: fc.integer({ min: 0x20, max: 0x7f }).filter((byte) => (byte & 0x20) !== 0),
    statusC: fc.integer({ min: 0x20, max: 0x3f }),
    weight: digits,
    tare: digits,
    checked: fc.constant(true),
  })
  .filter((one) => bytesOf(one).at(-1) !== 0x02);

itIsACodec({ codec: toledoContinuous, frame, ownBytes: Array.from(fromLatin1("\x02\r,00  \x1e1")) });
