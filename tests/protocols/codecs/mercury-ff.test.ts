import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MercuryContent } from "../../../protocols/codecs/mercury/content.ts";
import { mercuryCrcOf } from "../../../protocols/codecs/mercury/crc.ts";
import { describeMercury } from "../../../protocols/codecs/mercury/describe.ts";
import { type MercuryFrame, mercuryFf } from "../../../protocols/codecs/mercury-ff.ts";
import { join, toHex } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { hex, rowsOf, vectorsPresent } from "./vectors.ts";

const byte = fc.nat({ max: 255 });
const word = fc.nat({ max: 65_535 });
const hexOf = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength, maxLength }).map(toHex);
const kind = <const Kind extends MercuryContent["kind"]>(name: Kind): fc.Arbitrary<Kind> => fc.constant(name);

const asked = (opcode: number, content: fc.Arbitrary<MercuryContent>): fc.Arbitrary<MercuryFrame> =>
  fc.record({ from: fc.constant("host" as const), opcode: fc.constant(opcode), content });
const answered = (opcode: number, content: fc.Arbitrary<MercuryContent>): fc.Arbitrary<MercuryFrame> =>
  fc.record({ from: fc.constant("module" as const), opcode: fc.constant(opcode), status: word, content });

const tag = fc.nat({ max: 5 }).chain((memoryBytes) =>
  fc.record({
    kind: kind("tag"),
    head: hexOf(7, 7),
    rssiDbm: fc.integer({ min: -128, max: 127 }),
    antennaTx: fc.nat({ max: 15 }),
    antennaRx: fc.nat({ max: 15 }),
    frequencyKhz: fc.nat({ max: 0xff_ffff }),
    msSinceKeepAlive: fc.nat({ max: 0xffff_ffff }),
    phaseDegrees: word,
    protocol: byte,
    memoryBits: fc.constant(memoryBytes * 8),
    memory: hexOf(memoryBytes, memoryBytes),
    reserved: byte,
    pc: hexOf(2, 2),
    epc: hexOf(0, 18),
    tagCrc: hexOf(2, 2),
  }),
);

const frame: fc.Arbitrary<MercuryFrame> = fc.oneof(
  asked(0x03, fc.record({ kind: kind("data"), data: hexOf(0, 12) })),
  asked(0x21, fc.record({ kind: kind("read-single"), timeoutMs: word })),
  asked(0x92, fc.record({ kind: kind("power"), centiDbm: word })),
  asked(0x97, fc.record({ kind: kind("region"), region: byte })),
  answered(
    0x03,
    fc.record({
      kind: kind("version"),
      bootLoader: hexOf(4, 4),
      hardware: hexOf(4, 4),
      date: hexOf(4, 4),
      firmware: hexOf(4, 4),
      rest: hexOf(4, 6),
    }),
  ),
  answered(0x63, fc.record({ kind: kind("protocol"), protocol: word })),
  answered(0x21, fc.record({ kind: kind("single-tag"), epc: hexOf(1, 18), tagCrc: hexOf(2, 2) })),
  answered(0x22, tag),
  answered(0x71, fc.record({ kind: kind("data"), data: hexOf(0, 30) })),
);

/** A CRC that proves right by chance makes a frame by the rules. */
function swallows(noise: Uint8Array, bytes: Uint8Array): boolean {
  const all = join(noise, bytes);
  return Array.from(noise.keys()).some((at) => {
    const verdict = mercuryFf.probe(all.subarray(at));
    return verdict !== "more" && verdict.kind === "frame" && at + verdict.length > noise.length;
  });
}

itIsACodec({ codec: mercuryFf, frame, ownBytes: [0xff, 0, 1, 2, 0x03, 0x22, 0x1d, 0x0c], swallows });

describe.skipIf(!vectorsPresent)("mercury-ff against the vectors", () => {
  it.each(rowsOf("mercury-ff").map((row) => [row.id, row] as const))("%s", (_, row) => {
    const result = mercuryFf.decode(hex(row.hex));
    if (!row.valid) return expect(result.ok).toBe(false);
    if (!result.ok) throw new Error(result.error);
    expect(result.value.from).toBe(row.dir === "host->reader" ? "host" : "module");
    expect(describeMercury(result.value)).toMatchObject(row.decoded ?? {});
    expect(toHex(mercuryFf.encode(result.value))).toBe(row.hex);
    expect(mercuryFf.probe(hex(row.hex))).toEqual({ kind: "frame", length: row.hex.length / 2 });
  });

  it("finds all rows back to back under every chunking", () => {
    const rows = rowsOf("mercury-ff").filter(({ valid }) => valid);
    const all = hex(rows.map((row) => row.hex).join(""));
    const cuts = Array.from(all, (_byte, at) => [all.subarray(0, at), all.subarray(at)]);
    for (const chunks of [[all], ...cuts, Array.from(all, (one) => Uint8Array.of(one))]) {
      const pieces = cutChunks(chunks, mercuryFf.probe, mercuryFf.frameBytesMax);
      expect(framesOf(pieces).map(toHex)).toEqual(rows.map((row) => row.hex));
    }
  });
});

const regions = hex("ff1a7100000d0e04050608090b0c101112131415161718191a1b1c1d1e20ff3ee9");
const region = hex("ff0197024bbf");

describe("a frame of mercury-ff", () => {
  it.each([
    ["no bytes", new Uint8Array(), "empty"],
    ["another head", region.with(0, 0xfe), "start"],
    ["a head alone", hex("ff"), "length"],
    ["too few bytes", region.subarray(0, 5), "length"],
    ["one byte too many", hex("ff0197024bbf00"), "length"],
    ["another length", regions.with(1, 0x19), "length"],
    ["another CRC", region.with(5, 0xbe), "checksum"],
    ["the CRC's bytes the other way round", hex("ff019702bf4b"), "checksum"],
    ["another opcode", region.with(2, 0x98), "checksum"],
    ["a CRC-16/CCITT-FALSE", hex("ff00031d0d"), "checksum"],
  ])("is refused for %s", (_, bytes, code) => {
    expect(mercuryFf.decode(bytes)).toMatchObject({ ok: false, code });
  });

  it("is found though its payload holds its head, also behind a false start", () => {
    const pieces = cutChunks([hex("ffff"), regions, region], mercuryFf.probe, mercuryFf.frameBytesMax);
    expect(framesOf(pieces).map(toHex)).toEqual([toHex(regions), toHex(region)]);
  });

  it("is not lost behind a stray head, which claims 255 bytes", () => {
    const sent = Array.from({ length: 50 }, () => region);
    const pieces = cutChunks([hex("ff"), ...sent], mercuryFf.probe, mercuryFf.frameBytesMax);
    expect(framesOf(pieces)).toHaveLength(50);
  });

  it("has no more than 255 bytes of data", () => {
    const asking = (bytes: number): MercuryFrame => ({
      from: "module",
      opcode: 0x71,
      status: 0,
      content: { kind: "data", data: "00".repeat(bytes) },
    });
    expect(mercuryFf.encode(asking(255))).toHaveLength(mercuryFf.frameBytesMax);
    expect(() => mercuryFf.encode(asking(256))).toThrow("256 bytes are too many");
    expect(() =>
      mercuryFf.encode({ from: "host", opcode: 1, content: { kind: "data", data: "xy" } }),
    ).toThrow("not hex: xy");
  });

  it("has a CRC of its own", () => {
    expect(mercuryCrcOf(hex("0003"))).toBe(0x1d0c);
  });
});

const said = (digits: string): unknown => {
  const result = mercuryFf.decode(hex(digits));
  return result.ok ? describeMercury(result.value) : result;
};

const streamTag = "10001b01ff0101c4110e16400000012700000500000f00803000000000000000000000001545e94a";
const stream = `ff28220000${streamTag}561d`;

describe("what mercury-ff says", () => {
  it("of a tag of the stream, with the tag's own CRC", () => {
    expect(said(stream)).toEqual({
      opcode: "22",
      status: "0000",
      event: "tag",
      rssiDbm: -60,
      antennaTx: 1,
      antennaRx: 1,
      freqKHz: 923_200,
      msSinceKeepAlive: 295,
      phase: 0,
      protocol: 5,
      pc: "3000",
      epc: "000000000000000000001545",
      tagCrc: "e94a",
      tagCrcOk: true,
    });
  });

  it("of a single tag", () => {
    expect(said("ff0e210000e200322fe20df9311328b7e3d100aad0")).toEqual({
      opcode: "21",
      status: "0000",
      epc: "e200322fe20df9311328b7e3",
      tagCrc: "d100",
    });
    expect(said("ff00210400b483")).toEqual({ opcode: "21", status: "0400" });
  });

  it("of a tag whose CRC does not fit", () => {
    const good = mercuryFf.decode(hex(stream));
    if (!good.ok || good.value.content.kind !== "tag") throw new Error("no tag");
    const spoilt = { ...good.value, content: { ...good.value.content, tagCrc: "e94b" } };
    expect(describeMercury(spoilt)).toMatchObject({ tagCrc: "e94b", tagCrcOk: false });
  });

  it.each([
    [0x0400, "keep-alive"],
    [0x0504, "temperature-throttle"],
    [0x0505, "high-return-loss"],
  ])("of the stream's status %i", (status, event) => {
    const content = { kind: "data", data: "" } as const;
    expect(describeMercury({ from: "module", opcode: 0x22, status, content })).toEqual({
      opcode: "22",
      status: status.toString(16).padStart(4, "0"),
      event,
    });
  });

  it("of ten bytes behind a good status that they are the temperature", () => {
    const told = (opcode: number, data: string): unknown =>
      describeMercury({ from: "module", opcode, status: 0, content: { kind: "data", data } });
    expect(told(0x22, "820200081b0000012a2b")).toEqual({
      opcode: "22",
      status: "0000",
      event: "temperature",
    });
    expect(told(0x22, "008800011b0282008200011c")).not.toHaveProperty("event");
    expect(told(0x21, "820200081b0000012a2b")).not.toHaveProperty("event");
  });

  it("nothing of a tag or a version that ends early or late", () => {
    const answer = (opcode: number, data: string): unknown => {
      const content = { kind: "data", data } as const;
      return said(toHex(mercuryFf.encode({ from: "module", opcode, status: 0, content })));
    };
    expect(answer(0x22, streamTag)).toHaveProperty("epc");
    expect(answer(0x22, `${streamTag}00`)).not.toHaveProperty("epc");
    expect(answer(0x22, streamTag.slice(0, -2))).not.toHaveProperty("epc");
    expect(answer(0x03, "11".repeat(20))).toHaveProperty("fwVersion", "11111111");
    expect(answer(0x03, "11".repeat(19))).not.toHaveProperty("fwVersion");
  });

  it("nothing of data that do not fit their opcode", () => {
    const content = { kind: "data", data: "0000" } as const;
    const again = (sent: MercuryFrame): unknown => said(toHex(mercuryFf.encode(sent)));
    expect(again({ from: "host", opcode: 0x97, content })).toEqual({ opcode: "97" });
    for (const opcode of [0x03, 0x21, 0x22]) {
      expect(again({ from: "module", opcode, status: 0, content })).toEqual({
        opcode: opcode.toString(16).padStart(2, "0"),
        status: "0000",
      });
    }
  });
});
