import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChafonCfFrame, chafonCf, describeChafonCf } from "../../../protocols/codecs/chafon-cf.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { hex, rowsOf, vectorsPresent } from "./vectors.ts";

const byte = fc.nat({ max: 255 });
const hexOf = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength, maxLength }).map(toHex);

const frame: fc.Arbitrary<ChafonCfFrame> = fc.oneof(
  fc.record({
    address: fc.nat({ max: 254 }),
    command: fc.constant(1),
    content: fc.record({
      kind: fc.constant("tag" as const),
      status: fc.constant(0),
      rssiRaw: fc.integer({ min: -32_768, max: 32_767 }),
      antenna: byte,
      channel: byte,
      epc: hexOf(0, 20),
    }),
  }),
  fc.record({
    address: fc.nat({ max: 254 }),
    command: fc.integer({ min: 2, max: 65_535 }),
    content: fc.record({ kind: fc.constant("reply" as const), status: byte, data: hexOf(0, 30) }),
  }),
  fc.record({
    address: fc.constant(255),
    command: fc.nat({ max: 65_535 }),
    content: fc.record({ kind: fc.constant("request" as const), data: hexOf(0, 30) }),
  }),
);

itIsACodec({ codec: chafonCf, frame, ownBytes: [0xcf, 0xff, 0, 1, 2, 0x1a, 0x72] });

describe.skipIf(!vectorsPresent)("chafon-cf against the vectors", () => {
  it.each(rowsOf("chafon-cf").map((row) => [row.id, row] as const))("%s", (_, row) => {
    const result = chafonCf.decode(hex(row.hex));
    if (!row.valid) return expect(result.ok).toBe(false);
    if (!result.ok) throw new Error(result.error);
    expect(describeChafonCf(result.value)).toEqual(row.decoded);
    expect(toHex(chafonCf.encode(result.value))).toBe(row.hex);
  });
});

const stopped = hex("cf00000201009eea");

describe("a frame of chafon-cf", () => {
  it.each([
    ["no bytes", new Uint8Array(), "empty"],
    ["another head", stopped.with(0, 0xce), "start"],
    ["too few bytes", stopped.subarray(0, 6), "length"],
    ["too many bytes", hex("cf00000201009eea00"), "length"],
    ["another length", stopped.with(4, 2), "length"],
    ["another CRC", stopped.with(7, 0xeb), "checksum"],
    ["the CRC's bytes the other way round", hex("cf0000020100ea9e"), "checksum"],
    ["another status", stopped.with(5, 1), "checksum"],
  ])("is refused for %s", (_, bytes, code) => {
    expect(chafonCf.decode(bytes)).toMatchObject({ ok: false, code });
  });

  it("is found behind a start that claims its bytes", () => {
    const pieces = cutChunks([hex("cfcf000005"), stopped], chafonCf.probe, chafonCf.frameBytesMax);
    expect(framesOf(pieces).map(toHex)).toEqual([toHex(stopped)]);
  });

  it("has no more than 255 bytes of data", () => {
    const asking = (bytes: number): ChafonCfFrame => ({
      address: 255,
      command: 2,
      content: { kind: "request", data: "00".repeat(bytes) },
    });
    expect(chafonCf.encode(asking(255))).toHaveLength(chafonCf.frameBytesMax);
    expect(() => chafonCf.encode(asking(256))).toThrow("256 bytes are too many");
    const broken: ChafonCfFrame = { address: 255, command: 2, content: { kind: "request", data: "xy" } };
    expect(() => chafonCf.encode(broken)).toThrow("not hex: xy");
  });
});

describe("what chafon-cf says", () => {
  const said = (digits: string): unknown => {
    const result = chafonCf.decode(hex(digits));
    return result.ok ? describeChafonCf(result.value) : result;
  };

  it("of answers seen on a reader", () => {
    expect(said("cf00000201009eea")).toEqual({ address: 0, command: "0002", status: 0 });
    expect(
      said("cf0000721a00000001800400010103860 2ee01f4312101040000 0c000301052c68".replaceAll(" ", "")),
    ).toEqual({ address: 0, command: "0072", status: 0 });
  });

  it("of a request with data, which has no status", () => {
    expect(
      said("cfff007119000000800400010103860 2ee01f43121010400000c00030005f681".replaceAll(" ", "")),
    ).toEqual({ address: 255, command: "0071" });
  });

  it("of a tag, with a strength below zero", () => {
    const content = {
      kind: "tag",
      status: 0,
      rssiRaw: -612,
      antenna: 2,
      channel: 7,
      epc: "e2005037",
    } as const;
    expect(said(toHex(chafonCf.encode({ address: 0, command: 1, content })))).toEqual({
      address: 0,
      command: "0001",
      status: 0,
      event: "tag",
      rssiRaw: -612,
      antenna: 2,
      channel: 7,
      epc: "e2005037",
    });
  });

  it("the status alone where an inventory ends", () => {
    const content = { kind: "reply", status: 0x12, data: "" } as const;
    expect(said(toHex(chafonCf.encode({ address: 0, command: 1, content })))).toEqual({
      address: 0,
      command: "0001",
      status: 0x12,
    });
  });
});
