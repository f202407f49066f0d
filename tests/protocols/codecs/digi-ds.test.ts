import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DigiDsFrame } from "../../../protocols/codecs/digi-ds.ts";
import { describeDigiDs, digiDs, digiDsWeight } from "../../../protocols/codecs/digi-ds.ts";
import { fromLatin1, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";

const describeText = (text: string): unknown => {
  const frame = digiDs.decode(fromLatin1(text));
  return frame.ok ? describeDigiDs(frame.value) : frame.code;
};

describe("what a scale says, in each of its four settings", () => {
  it.each([
    ["0  1.250\r4  0.100\r\n", { value: "1.250", tare: "0.100", stable: null }],
    ["  1.250\r  0.100\r\n", { value: "1.250", tare: "0.100", stable: null }],
    ["\0\r0  1.250\r4  0.000\r\n", { value: "1.250", tare: "0.000", stable: true }],
    ["\x01\r0001.250\r4000.000\r\n", { value: "1.250", tare: "0.000", stable: false }],
    ["0\r0- 1.250\r4  0.000\r\n", { value: "-1.250", tare: "0.000", stable: true }],
    ["1\r  1,250\r  0,000\r\n", { value: "1.250", tare: "0.000", stable: false }],
  ])("%j", (text, described) => {
    expect(describeText(text)).toEqual(described);
  });

  it("a net weight for a driver, the unit being the scale's secret", () => {
    const frame = { headers: true, net: "  1.250", tare: "  0.100" };
    expect(digiDsWeight(frame)).toEqual({ value: "1.250", unit: null, stable: null, mode: "net" });
    expect(digiDsWeight({ ...frame, stability: "\x01" }).stable).toBe(false);
  });

  it.each([
    ["", "empty"],
    ["A  1.250\r4  0.100\r\n", "start"],
    ["0  1.250\r4  0.100\r", "end"],
    ["0  1.250\r4  0.100\n", "end"],
    ["0  1.250\r  0.100\r\n", "field"],
    ["  1.250\r4  0.100\r\n", "field"],
    ["0 1.250\r4  0.100\r\n", "field"],
    ["0  1.250\r5  0.100\r\n", "field"],
    ["0  1.2.0\r4  0.100\r\n", "field"],
    ["0  1 250\r4  0.100\r\n", "field"],
    ["2\r0  1.250\r4  0.100\r\n", "field"],
    ["0\r\r0  1.250\r4  0.100\r\n", "field"],
  ])("%j is refused: %s", (text, code) => {
    expect(describeText(text)).toBe(code);
  });

  it("a weight behind half of another one is found", () => {
    const stream = fromLatin1("50\r4  0.100\r\n0\r0  1.2\x01\r0  1.250\r4  0.100\r\n");
    const frames = framesOf(cutChunks([stream], digiDs.probe, digiDs.frameBytesMax));
    expect(frames.map(toLatin1)).toEqual(["\x01\r0  1.250\r4  0.100\r\n"]);
  });

  it("has fields of fixed width", () => {
    expect(() => digiDs.encode({ headers: true, net: "1.250", tare: "  0.100" })).toThrow("seven characters");
    expect(() => digiDs.encode({ headers: true, net: "  1.250", tare: "0.100" })).toThrow("seven characters");
  });
});

const field = fc.stringMatching(/^(?:[- ] \d|\d{3}|-\d{2})[.,]\d{3}$/);
const pair = { headers: fc.boolean(), net: field, tare: field };
const frame: fc.Arbitrary<DigiDsFrame> = fc.oneof(
  fc.record(pair),
  fc.record({ stability: fc.constantFrom("\0", "\x01", "0", "1"), ...pair }),
);

/** What looks like a stability sign makes one with the frame behind it. */
const swallows = (noise: Uint8Array): boolean => /[\d\0]\r$/.test(toLatin1(noise)) || noise.at(-2) === 1;

itIsACodec({ codec: digiDs, frame, ownBytes: [0, 1, ...fromLatin1("01.4 -\r\n")], swallows });
