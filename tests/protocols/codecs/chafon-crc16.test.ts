import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChafonContent } from "../../../protocols/codecs/chafon/content.ts";
import { chafonCrcOf } from "../../../protocols/codecs/chafon/crc.ts";
import { describeChafon } from "../../../protocols/codecs/chafon/describe.ts";
import { type ChafonFrame, chafonCrc16 } from "../../../protocols/codecs/chafon-crc16.ts";
import { fromLatin1, toHex } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { hex, rowsOf, vectorStreams, vectorsPresent } from "./vectors.ts";

const byte = fc.nat({ max: 255 });
const hexOf = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength, maxLength }).map(toHex);
const epc = fc.constantFrom(4, 8, 12, 18).chain((length) => hexOf(length, length));
const status = fc.constantFrom(0, 1, 2, 3, 4);
const kind = <const Kind extends ChafonContent["kind"]>(name: Kind): fc.Arbitrary<Kind> => fc.constant(name);

const frameOf = (command: number, content: fc.Arbitrary<ChafonContent>): fc.Arbitrary<ChafonFrame> =>
  fc.record({ address: byte, command: fc.constant(command), content });

const frame: fc.Arbitrary<ChafonFrame> = fc.oneof(
  frameOf(
    0x01,
    fc.record({
      kind: kind("tags"),
      status,
      antennaMask: byte,
      tags: fc.array(fc.record({ epc, rssiRaw: byte }), { maxLength: 6 }),
    }),
  ),
  frameOf(
    0x01,
    fc.record({ kind: kind("tags"), status, tags: fc.array(fc.record({ epc }), { maxLength: 6 }) }),
  ),
  frameOf(
    0x21,
    fc.record({
      kind: kind("information"),
      status: fc.constant(0),
      major: byte,
      minor: byte,
      readerType: byte,
      protocols: byte,
      highest: byte,
      lowest: byte,
      powerDbm: byte,
      rest: hexOf(1, 6),
    }),
  ),
  frameOf(0x01, fc.record({ kind: kind("reply"), status: fc.constantFrom(0xf8, 0xfb), data: hexOf(0, 4) })),
  frameOf(0x02, fc.record({ kind: kind("reply"), status: fc.constantFrom(0, 0xfc), data: hexOf(0, 16) })),
  frameOf(
    0x24,
    fc.record({ kind: kind("data"), data: hexOf(0, 6).map((rest) => (rest === "" ? "" : `30${rest}`)) }),
  ),
);

itIsACodec({ codec: chafonCrc16, frame, ownBytes: [0x04, 0x05, 0x0c, 0x15, 0, 1, 3, 0x21, 0xff] });

describe.skipIf(!vectorsPresent)("chafon-crc16 against the vectors", () => {
  it.each(rowsOf("chafon-crc16").map((row) => [row.id, row] as const))("%s", (_, row) => {
    const result = chafonCrc16.decode(hex(row.hex));
    if (!row.valid) return expect(result.ok).toBe(false);
    if (!result.ok) throw new Error(result.error);
    expect(describeChafon(result.value)).toEqual(row.decoded);
    expect(toHex(chafonCrc16.encode(result.value))).toBe(row.hex);
  });

  const streams = vectorStreams.filter(({ protocol }) => protocol === "chafon-crc16");
  it.each(streams.map((stream) => [stream.name, stream] as const))("%s under every chunking", (_, stream) => {
    const all = hex(stream.chunksHex.join(""));
    const cuts = Array.from(all, (_byte, at) => [all.subarray(0, at), all.subarray(at)]);
    const bytewise = Array.from(all, (one) => Uint8Array.of(one));
    for (const chunks of [stream.chunksHex.map(hex), ...cuts, bytewise]) {
      const pieces = cutChunks(chunks, chafonCrc16.probe, chafonCrc16.frameBytesMax);
      expect(framesOf(pieces).map(toHex)).toEqual(stream.expectFrames);
    }
  });
});

const noTag = hex("0700010101001e4b");

describe("a frame of chafon-crc16", () => {
  it.each([
    ["no bytes", new Uint8Array(), "empty"],
    ["too small a length", hex("03ffff00"), "length"],
    ["too few bytes", noTag.subarray(0, 7), "length"],
    ["too many bytes", hex("0700010101001e4b00"), "length"],
    ["another CRC", noTag.with(7, 0x4c), "checksum"],
    ["another low byte of the CRC", noTag.with(6, 0x1f), "checksum"],
    ["another address", noTag.with(1, 1), "checksum"],
    ["the published wrong CRC", hex("1500010301010c0000000000000000000003136bb1a6"), "checksum"],
  ])("is refused for %s", (_, bytes, code) => {
    expect(chafonCrc16.decode(bytes)).toMatchObject({ ok: false, code });
  });

  it("has no more than 256 bytes", () => {
    const frameOfBytes = (bytes: number): ChafonFrame => ({
      address: 0,
      command: 3,
      content: { kind: "data", data: "30".repeat(bytes) },
    });
    expect(chafonCrc16.encode(frameOfBytes(251))).toHaveLength(chafonCrc16.frameBytesMax);
    expect(() => chafonCrc16.encode(frameOfBytes(252))).toThrow("252 bytes are too many");
    expect(chafonCrc16.probe(hex("03"))).toEqual({ kind: "noise", length: 1 });
  });

  it("has the check value of CRC-16/MCRF4XX", () => {
    expect(chafonCrcOf(fromLatin1("123456789"))).toBe(0x6f91);
  });
});

describe("what chafon-crc16 says", () => {
  const said = (command: number, data: string): Record<string, unknown> => {
    const bytes = chafonCrc16.encode({ address: 0, command, content: { kind: "data", data } });
    const result = chafonCrc16.decode(bytes);
    return result.ok ? describeChafon(result.value) : result;
  };

  it("of an antenna by its bit", () => {
    expect(said(1, "0304010c49440000000000000a00033464")).toMatchObject({
      antennas: [3],
      tags: [{ epc: "49440000000000000a000334", rssiRaw: 0x64 }],
    });
    expect(said(1, "018100")).toMatchObject({ antennaMask: 0x81, antennas: [1, 8], numTags: 0 });
  });

  it("of an answer without tags", () => {
    expect(said(1, "fb")).toEqual({ address: 0, command: "01", status: 0xfb });
    expect(said(1, "0100")).toMatchObject({ status: 1, numTags: 0, tags: [] });
    expect(said(1, "00")).toEqual({ address: 0, command: "01", status: 0 });
  });

  it("nothing of what a host asks", () => {
    expect(said(1, "0f0001000000008014")).toEqual({ address: 0, command: "01" });
    expect(said(1, "020102000000018003")).toEqual({ address: 0, command: "01" });
    expect(said(0x21, "")).toEqual({ address: 0, command: "21" });
  });

  it("of the bands, and nothing of one that is not known", () => {
    const information = (highest: string, lowest: string): unknown =>
      said(0x21, `000016 0c03${highest}${lowest}1e0a`.replaceAll(" ", ""));
    expect(information("13", "40")).toMatchObject({ band: "China2", minMHz: 920.125, maxMHz: 924.875 });
    expect(information("31", "80")).toMatchObject({ band: "US", minMHz: 902.75, maxMHz: 927.25 });
    expect(information("1f", "c0")).toMatchObject({ band: "Korea", minMHz: 917.1, maxMHz: 923.3 });
    expect(information("93", "00")).toMatchObject({ band: "China1", minMHz: 840.125, maxMHz: 844.875 });
    expect(information("ff", "c0")).toEqual({
      address: 0,
      command: "21",
      status: 0,
      firmware: "0.22",
      readerType: "0c",
      dmaxfre: "ff",
      dminfre: "c0",
      powerDbm: 30,
    });
  });

  it("the status alone of information that ends early", () => {
    expect(said(0x21, "00001609")).toEqual({ address: 0, command: "21", status: 0 });
  });
});
