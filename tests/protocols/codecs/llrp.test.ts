import { describe, expect, it } from "vitest";
import type { LlrpParameter } from "../../../protocols/codecs/llrp/content.ts";
import { describeLlrp } from "../../../protocols/codecs/llrp/describe.ts";
import { type LlrpMessage, llrp } from "../../../protocols/codecs/llrp.ts";
import { join, toHex } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { llrpMessage, longHex, messageOf, report } from "./llrp-messages.ts";
import { hex, rowsOf, vectorStreams, vectorsPresent } from "./vectors.ts";

/** A head without a check: what noise makes of the bytes behind it is a message by the rules. */
function swallows(noise: Uint8Array, bytes: Uint8Array): boolean {
  const all = join(noise, bytes);
  return Array.from(noise.keys()).some((at) => {
    const verdict = llrp.probe(all.subarray(at));
    return verdict !== "more" && verdict.kind === "frame" && at + verdict.length > noise.length;
  });
}

itIsACodec({
  codec: llrp,
  frame: llrpMessage,
  ownBytes: [0, 1, 4, 8, 10, 14, 0x3d, 0x3e, 0x8d, 0xf0],
  swallows,
});

describe.skipIf(!vectorsPresent)("llrp against the vectors", () => {
  it.each(rowsOf("llrp").map((row) => [row.id, row] as const))("%s", (_, row) => {
    const result = llrp.decode(hex(row.hex));
    if (!row.valid) return expect(result.ok).toBe(false);
    if (!result.ok) throw new Error(result.error);
    expect(describeLlrp(result.value)).toEqual(row.decoded);
    expect(toHex(llrp.encode(result.value))).toBe(row.hex);
  });

  const streams = vectorStreams.filter(({ protocol }) => protocol === "llrp");
  it.each(streams.map((stream) => [stream.name, stream] as const))("%s under every chunking", (_, stream) => {
    const all = hex(stream.chunksHex.join(""));
    const cuts = Array.from(all, (_byte, at) => [all.subarray(0, at), all.subarray(at)]);
    const bytewise = Array.from(all, (one) => Uint8Array.of(one));
    for (const chunks of [stream.chunksHex.map(hex), ...cuts, bytewise]) {
      const pieces = cutChunks(chunks, llrp.probe, llrp.frameBytesMax);
      expect(framesOf(pieces).map(toHex)).toEqual(stream.expectFrames);
    }
  });
});

describe("a message of llrp", () => {
  const keepalive = hex("043e0000000a00000000");
  it.each([
    ["no bytes", new Uint8Array(), "empty"],
    ["reserved bits", keepalive.with(0, 0x24), "start"],
    ["version 0", keepalive.with(0, 0x00), "unsupported"],
    ["version 3", keepalive.with(0, 0x0c), "unsupported"],
    ["half a head", keepalive.subarray(0, 9), "length"],
    ["another length", keepalive.with(5, 11), "length"],
    ["2 GB", hex("043d7fffffff00000000"), "length"],
    ["a length of 0", hex("04040000000000000000011f000800000000"), "length"],
    ["an unknown type", keepalive.with(1, 0x3b), "unknown-command"],
    ["fields that end early", hex(messageOf(24, "000000")), "length"],
    ["an unknown parameter without a length", hex(report(longHex(240, "9500"))), "field"],
    ["a parameter beyond its message", hex(report("00f00020")), "length"],
    ["a parameter beyond its parameter", hex(report(`${longHex(240, "00f1000a 0008")}0000`)), "length"],
    ["a parameter shorter than its head", hex(report("00f00003")), "length"],
    ["half a head of a parameter", hex(report("00f000")), "length"],
    ["half an EPC", hex(report(longHex(240, "8d3005"))), "length"],
    ["half a list of bits", hex(report(longHex(241, "0060 1122"))), "length"],
    ["half a list of numbers", hex(messageOf(20, longHex(183, "0002 0001"))), "length"],
    ["flags that are not there", hex(messageOf(3, "")), "length"],
  ])("is refused for %s", (_, bytes, code) => {
    expect(llrp.decode(bytes)).toMatchObject({ ok: false, code });
  });

  const partsOf = (content: string): unknown => {
    const result = llrp.decode(hex(report(longHex(240, content))));
    const [tag] = result.ok ? result.value.parameters : [];
    return tag !== undefined && "parameters" in tag ? tag.parameters : result;
  };

  it("keeps a parameter that no table names, and what stands behind it", () => {
    expect(partsOf(`${longHex(900, "010203040506")}810002`)).toEqual([
      { type: 900, payload: "010203040506" },
      { name: "AntennaID", value: 2 },
    ]);
  });

  it("passes on what a vendor adds, to messages and to tags", () => {
    expect(llrp.decode(hex(messageOf(1023, "0000651a 15 00000000")))).toMatchObject({
      ok: true,
      value: { fields: { VendorIdentifier: 25_882, MessageSubtype: 21, Data: "00000000" } },
    });
    const phase = { VendorIdentifier: 25_882, ParameterSubtype: 56, Data: "0fa0" };
    expect(partsOf(longHex(1023, "0000651a 00000038 0fa0"))).toEqual([
      { name: "Custom", fields: phase, parameters: [] },
    ]);
  });

  it("leaves reserved bits alone, and both versions of the standard in", () => {
    expect(llrp.decode(hex("08030000000b00000001ff"))).toMatchObject({
      ok: true,
      value: { version: 2, fields: { ResetToFactoryDefault: true } },
    });
    expect(llrp.decode(hex(report("7cf00004")))).toMatchObject({
      ok: true,
      value: { parameters: [{ name: "TagReportData" }] },
    });
  });

  it("has no more than 1 MiB", () => {
    expect(llrp.probe(hex("043d001000000000"))).toBe("more");
    expect(llrp.probe(hex("043d001000010000"))).toEqual({ kind: "noise", length: 1 });
    expect(llrp.probe(hex("043d00000009"))).toEqual({ kind: "noise", length: 1 });
    expect(llrp.decode(join(hex("043d00100001"), new Uint8Array(1_048_571)))).toMatchObject({
      ok: false,
      code: "length",
      error: "longer than 1048576 bytes",
    });
    const payload = "00".repeat(60_000);
    const parameters = Array.from({ length: 18 }, () => ({ type: 900, payload }));
    const large = { version: 1, name: "RO_ACCESS_REPORT", id: 1, fields: {}, parameters };
    expect(() => llrp.encode(large)).toThrow("bytes are too many for a message");
  });

  it("is refused when its parameters nest without end, and the stack holds", () => {
    const nested = (depth: number): Uint8Array => {
      const levels = Array.from({ length: depth }, (_, level) =>
        hex(longHex(289, "00010002"))
          .with(3, (8 * (depth - level)) & 0xff)
          .with(2, (8 * (depth - level)) >> 8),
      );
      return hex(messageOf(100, levels.map(toHex).join("")));
    };
    expect(llrp.decode(nested(16)).ok).toBe(true);
    expect(llrp.decode(nested(17))).toMatchObject({ ok: false, code: "field" });
    expect(llrp.decode(nested(8_000))).toMatchObject({ ok: false, code: "field" });
  });
});

describe("what llrp cannot express", () => {
  const base = { version: 1, name: "RO_ACCESS_REPORT", id: 1, fields: {}, parameters: [] };
  const tag = (parameter: LlrpParameter): LlrpMessage => ({
    ...base,
    parameters: [{ name: "TagReportData", fields: {}, parameters: [parameter] }],
  });
  it.each([
    ["an unknown message", { ...base, name: "HELLO" }, "no message is called HELLO"],
    ["a missing field", { ...base, name: "START_ROSPEC" }, "the field ROSpecID is missing"],
    [
      "an unknown parameter",
      tag({ name: "Hello", fields: {}, parameters: [] }),
      "no parameter is called Hello",
    ],
    ["an unknown value", tag({ name: "Hello", value: 1 }), "no parameter of one value is called Hello"],
    ["too large a number", tag({ name: "AntennaID", value: 65_536 }), "does not fit into 2 bytes"],
    ["too small a number", tag({ name: "PeakRSSI", value: -129 }), "not in 1 bytes"],
    ["text for a number", tag({ name: "AntennaID", value: "1" }), "this string is not a number"],
    ["a short EPC", tag({ name: "EPC_96", value: "3005" }), "not 12 bytes"],
    ["no hex", tag({ type: 900, payload: "xy" }), "not hex: xy"],
    [
      "too long a parameter",
      tag({ type: 900, payload: "00".repeat(65_532) }),
      "do not fit into parameter 900",
    ],
  ])("is refused: %s", (_, broken, words) => {
    expect(() => llrp.encode(broken)).toThrow(words);
  });
});
