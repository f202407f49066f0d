import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StreamCodec } from "../../../protocols/codec.ts";
import type { MagicrfContent } from "../../../protocols/codecs/magicrf/content.ts";
import { tagCrcOf } from "../../../protocols/codecs/magicrf/content.ts";
import { describeMagicrf } from "../../../protocols/codecs/magicrf/describe.ts";
import type { MagicrfFrame } from "../../../protocols/codecs/magicrf/frame.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { hex, rowsOf, vectorStreams, vectorsPresent } from "./vectors.ts";

const byte = fc.nat({ max: 255 });
const hexOf = (minBytes: number, maxBytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: minBytes, maxLength: maxBytes }).map(toHex);
const tag = fc.record({ pc: hexOf(2, 2), epc: hexOf(2, 16) });

const frameOf = (
  type: MagicrfFrame["type"],
  command: number,
  content: fc.Arbitrary<MagicrfContent>,
): fc.Arbitrary<MagicrfFrame> => content.map((one) => ({ type, command, content: one }));

const frame: fc.Arbitrary<MagicrfFrame> = fc.oneof(
  frameOf(
    "notification",
    0x22,
    fc.record({
      kind: fc.constant("tag" as const),
      rssiDbm: fc.integer({ min: -128, max: 127 }),
      pc: hexOf(2, 2),
      epc: hexOf(2, 16),
      tagCrc: hexOf(2, 2),
    }),
  ),
  frameOf("response", 0xff, fc.record({ kind: fc.constant("failure" as const), error: byte })),
  frameOf("response", 0xff, fc.record({ kind: fc.constant("failure" as const), error: byte, tag })),
  frameOf("response", 0x39, fc.record({ kind: fc.constant("words" as const), tag, words: hexOf(2, 8) })),
  frameOf("response", 0x82, fc.record({ kind: fc.constant("status" as const), tag, status: byte })),
  frameOf(
    "response",
    0xb7,
    fc.record({ kind: fc.constant("power" as const), centiDbm: fc.nat({ max: 65535 }) }),
  ),
  frameOf("command", 0xaa, fc.record({ kind: fc.constant("data" as const), parameter: hexOf(0, 20) })),
);

interface Family {
  readonly codec: StreamCodec<MagicrfFrame>;
  readonly head: number;
  readonly end: number;
  /** "no tag", in this family's bytes. */
  readonly noTag: string;
}

/** What is true of both families, which differ in their first and last byte alone. */
export function itIsMagicrf({ codec, head, end, noTag }: Family): void {
  describe.skipIf(!vectorsPresent)(`${codec.name} against the vectors`, () => {
    it.each(rowsOf(codec.name).map((row) => [row.id, row] as const))("%s", (_, row) => {
      const result = codec.decode(hex(row.hex));
      if (!row.valid) return expect(result).toMatchObject({ ok: false, code: "checksum" });
      if (!result.ok) throw new Error(result.error);
      expect(describeMagicrf(result.value)).toEqual(row.decoded);
      expect(toHex(codec.encode(result.value))).toBe(row.hex);
    });

    const streams = vectorStreams.filter((stream) => stream.protocol === codec.name);
    it.each(streams.map((stream) => [stream.name, stream] as const))(
      "%s under every chunking",
      (_, stream) => {
        const all = hex(stream.chunksHex.join(""));
        const cuts = Array.from(all, (_byte, at) => [all.subarray(0, at), all.subarray(at)]);
        for (const chunks of [
          stream.chunksHex.map(hex),
          ...cuts,
          Array.from(all, (one) => Uint8Array.of(one)),
        ]) {
          const pieces = cutChunks(chunks, codec.probe, codec.frameBytesMax);
          expect(framesOf(pieces).map(toHex)).toEqual(stream.expectFrames);
        }
      },
    );
  });

  describe(`a frame of ${codec.name}`, () => {
    const good = hex(noTag);
    const changed = (at: number, value: number): Uint8Array => good.with(at, value);
    it.each([
      ["no bytes", new Uint8Array(), "empty"],
      ["another head", changed(0, 0x55), "start"],
      ["too few bytes", good.subarray(0, 6), "length"],
      ["another length", changed(4, 2), "length"],
      ["another end", changed(7, 0), "end"],
      ["another sum", changed(6, 0), "checksum"],
      ["another type", changed(1, 3).with(6, 0x18), "field"],
    ])("is refused for %s", (_, bytes, code) => {
      expect(codec.decode(bytes)).toMatchObject({ ok: false, code });
    });

    it("is found behind a start that claims its first bytes", () => {
      const falseStart = Uint8Array.of(head, 0, 0x22, 0, 0);
      const pieces = cutChunks([falseStart, good], codec.probe, codec.frameBytesMax);
      expect(framesOf(pieces).map(toHex)).toEqual([noTag]);
    });

    it("has no parameter beyond 512 bytes", () => {
      const content = { kind: "data", parameter: "00".repeat(513) } as const;
      expect(() => codec.encode({ type: "command", command: 1, content })).toThrow("513 bytes are too many");
      expect(codec.probe(Uint8Array.of(head, 0, 1, 3, 0))).toEqual({ kind: "noise", length: 1 });
      expect(codec.probe(Uint8Array.of(head, 0, 1, 2, 1))).toEqual({ kind: "noise", length: 1 });
    });
  });

  describe(`what ${codec.name} says`, () => {
    const said = (command: number, parameter: string): Record<string, unknown> => {
      const bytes = codec.encode({ type: "response", command, content: { kind: "data", parameter } });
      const result = codec.decode(bytes);
      return result.ok ? describeMagicrf(result.value) : result;
    };
    it("of words that were read and of a tag that was written", () => {
      expect(said(0x39, "0434001234aabbccdd")).toMatchObject({ pc: "3400", epc: "1234", data: "aabbccdd" });
      expect(said(0x49, "043400123400")).toMatchObject({ pc: "3400", epc: "1234", status: 0 });
    });

    it("of an error, with the tag that it concerns", () => {
      expect(said(0xff, "15")).toEqual({ type: "response", command: "ff", event: "error", error: 0x15 });
      expect(said(0xff, "160434001234")).toMatchObject({ error: 0x16, pc: "3400", epc: "1234" });
    });

    it("nothing of a parameter that does not fit its command", () => {
      for (const [command, parameter] of [
        [0xff, "1604340012"],
        [0x49, "0434001234"],
        [0x39, "02"],
        [0xb7, "07"],
        [0x03, "00"],
        [0xff, ""],
      ] as const) {
        expect(said(command, parameter)).toEqual({
          type: "response",
          command: command.toString(16).padStart(2, "0"),
        });
      }
    });
  });

  /** The sum is weak: a false start may prove right by chance, and then it is a frame by the rules. */
  function swallows(noise: Uint8Array, bytes: Uint8Array): boolean {
    const all = Uint8Array.from([...noise, ...bytes]);
    return Array.from(noise.keys()).some((at) => {
      const verdict = codec.probe(all.subarray(at));
      return verdict !== "more" && verdict.kind === "frame" && at + verdict.length > noise.length;
    });
  }
  itIsACodec({ codec, frame, ownBytes: [head, end, 0, 1, 2, 0x22, 0x11, 0xff, 0x15, 0x16], swallows });
}

describe("the CRC of a Gen2 tag", () => {
  it("has the check value of CRC-16/GENIBUS", () => {
    expect(tagCrcOf(new TextEncoder().encode("123456789"))).toBe(0xd64e);
  });
});
