import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { YaohuaTf0Frame } from "../../../protocols/codecs/yaohua-tf0.ts";
import { describeYaohuaTf0, yaohuaTf0, yaohuaTf0Weight } from "../../../protocols/codecs/yaohua-tf0.ts";
import { fromLatin1, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { itAgreesWithTheVectors } from "./scale-vectors.ts";

itAgreesWithTheVectors(yaohuaTf0, describeYaohuaTf0);

const read = (text: string): YaohuaTf0Frame | string => {
  const frame = yaohuaTf0.decode(fromLatin1(text));
  return frame.ok ? frame.value : frame.code;
};
const describeText = (text: string): unknown => {
  const frame = read(text);
  return typeof frame === "string" ? frame : describeYaohuaTf0(frame);
};

describe("what an indicator says", () => {
  it.each([
    ["\x02-00013021D\x03", { value: "-1.30", decimals: 2, stable: null }],
    ["\x02+123456418\x03", { value: "12.3456", decimals: 4, stable: null }],
    ["\x02-00000021F\x03", { value: "0.00", decimals: 2, stable: null }],
  ])("%j", (text, described) => {
    expect(describeText(text)).toEqual(described);
  });

  it("knows neither unit nor stability", () => {
    const frame = { negative: false, digits: "000240", decimals: 0 };
    expect(yaohuaTf0Weight(frame)).toEqual({ value: "240", unit: null, stable: null });
  });

  it("the point where it is configured, when the indicator's own is not to be believed", () => {
    const frame = { negative: false, digits: "000240", decimals: 0 };
    expect(yaohuaTf0Weight(frame, 2).value).toBe("2.40");
    expect(yaohuaTf0Weight({ ...frame, decimals: 2 }, 0).value).toBe("240");
  });

  it.each([
    ["", "empty"],
    ["+00000001B\x03", "start"],
    ["\x02+00000001B", "length"],
    ["\x02+00000001B\x03\x03", "length"],
    ["\x02+00000001B\r", "end"],
    ["\x02+000000011B\x03", "length"],
    ["\x02+00000011B\x03", "checksum"],
    ["\x02+00000001b\x03", "checksum"],
    ["\x02+00000051E\x03", "field"],
    ["\x02 000000010\x03", "field"],
    ["\x02+00 000 0B\x03", "checksum"],
    ["\x02+00: 00001\x03", "field"],
  ])("%j is refused: %s", (text, code) => {
    expect(read(text)).toBe(code);
  });

  it("a weight behind the start of another one is found", () => {
    const stream = fromLatin1("\x02+0015\x02+00156001\x02+001560019\x03");
    const frames = framesOf(cutChunks([stream], yaohuaTf0.probe, yaohuaTf0.frameBytesMax));
    expect(frames.map(toLatin1)).toEqual(["\x02+001560019\x03"]);
  });
});

const frame: fc.Arbitrary<YaohuaTf0Frame> = fc.record({
  negative: fc.boolean(),
  digits: fc.stringMatching(/^\d{6}$/),
  decimals: fc.integer({ min: 0, max: 4 }),
});

itIsACodec({ codec: yaohuaTf0, frame, ownBytes: Array.from(fromLatin1("\x02\x03+-0019BD")) });
