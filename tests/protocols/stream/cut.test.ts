import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../../protocols/stream/bytes.ts";
import type { Piece, Probe } from "../../../protocols/stream/cut.ts";
import { cut, cutIdle } from "../../../protocols/stream/cut.ts";
import { hex } from "../codecs/vectors.ts";
import { allBytesOf, chunked, cutChunks, framesOf } from "./chunks.ts";

/** A made-up protocol: 55, the number of data bytes (0 to 7), the data, the sum of the data. */
const frameBytesMax = 10;
const lengthPrefixed: Probe = (bytes) => {
  const [start, length, ...data] = bytes;
  if (start !== 0x55) return { kind: "noise", length: 1 };
  if (length === undefined) return "more";
  if (length > 7) return { kind: "noise", length: 1 };
  if (data.length < length + 1) return "more";
  const sum = data.slice(0, length).reduce((total, byte) => total + byte, 0) & 0xff;
  return sum === data[length] ? { kind: "frame", length: length + 3 } : { kind: "noise", length: 1 };
};

/** Lines that end with LF. */
const lines: Probe = (bytes) => {
  const end = bytes.indexOf(0x0a);
  return end < 0 ? "more" : { kind: "frame", length: end + 1 };
};

const written = (pieces: readonly Piece[]): string[] =>
  pieces.map(({ kind, bytes }) => `${kind} ${toHex(bytes)}`);

/** Noise made of the protocol's own bytes: starts, lengths, whole and broken frames. */
const ownNoise: fc.Arbitrary<number[]> = fc.array(fc.constantFrom(0x55, 0, 1, 2, 3, 7, 8, 0xaa), {
  maxLength: 24,
});
const frame: fc.Arbitrary<number[]> = fc
  .array(fc.constantFrom(0x55, 0, 1, 2, 0xaa), { maxLength: 7 })
  .map((data) => {
    const sum = data.reduce<number>((total, byte) => total + byte, 0) & 0xff;
    return [0x55, data.length, ...data, sum];
  });
const stream = fc
  .array(fc.oneof(ownNoise, frame), { maxLength: 6 })
  .map((parts) => Uint8Array.from(parts.flat()));

describe("cut, phase by phase", () => {
  it("takes whole frames out", () => {
    const { pieces, rest } = cut(hex("5502010203 550000"), lengthPrefixed, frameBytesMax);
    expect(written(pieces)).toEqual(["frame 5502010203", "frame 550000"]);
    expect(rest).toHaveLength(0);
  });

  it("counts garbage as one stretch of noise", () => {
    const { pieces } = cut(hex("ffee55ff 5501aaaa 01"), lengthPrefixed, frameBytesMax);
    expect(written(pieces)).toEqual(["noise ffee55ff", "frame 5501aaaa", "noise 01"]);
  });

  it("keeps a truncated frame for the next chunk", () => {
    const { pieces, rest } = cut(hex("550000 550301"), lengthPrefixed, frameBytesMax);
    expect(written(pieces)).toEqual(["frame 550000"]);
    expect(toHex(rest)).toBe("550301");
  });

  it("recovers after a truncated frame that swallowed the start of a good one", () => {
    const { pieces } = cut(hex("550501 5501aaaa 550000"), lengthPrefixed, frameBytesMax);
    expect(written(pieces)).toEqual(["noise 550501", "frame 5501aaaa", "frame 550000"]);
  });

  it("gives a start up once no frame can be that long", () => {
    const { pieces, rest } = cut(hex("610a 6263646566"), lines, 3);
    expect(written(pieces)).toEqual(["frame 610a", "noise 626364"]);
    expect(toHex(rest)).toBe("6566");
  });

  it("refuses a probe that stands still or reaches beyond its bytes", () => {
    const standing: Probe = () => ({ kind: "noise", length: 0 });
    const reaching: Probe = () => ({ kind: "frame", length: 2 });
    expect(() => cut(hex("00"), standing, 5)).toThrow("a probe must stay within its bytes");
    expect(() => cut(hex("00"), reaching, 5)).toThrow("a probe must stay within its bytes");
  });
});

describe("cutIdle", () => {
  it("steps over a start that is never finished, and finds the frame behind it", () => {
    expect(written(cutIdle(hex("5507 5501aaaa"), lengthPrefixed))).toEqual(["noise 5507", "frame 5501aaaa"]);
  });

  it("leaves nothing over", () => {
    expect(written(cutIdle(hex("550301"), lengthPrefixed))).toEqual(["noise 550301"]);
    expect(cutIdle(new Uint8Array(), lengthPrefixed)).toEqual([]);
  });
});

describe("cut, whatever comes", () => {
  it("loses no byte, changes none and repeats none", () => {
    fc.assert(
      fc.property(chunked(stream), (chunks) => {
        const pieces = cutChunks(chunks, lengthPrefixed, frameBytesMax);
        expect(toHex(allBytesOf(pieces))).toBe(chunks.map(toHex).join(""));
      }),
    );
  });

  it("finds the same frames under every chunking", () => {
    fc.assert(
      fc.property(chunked(stream), (chunks) => {
        const whole = cutChunks([hex(chunks.map(toHex).join(""))], lengthPrefixed, frameBytesMax);
        const pieces = cutChunks(chunks, lengthPrefixed, frameBytesMax);
        expect(framesOf(pieces).map(toHex)).toEqual(framesOf(whole).map(toHex));
      }),
    );
  });

  it("hands no two stretches of noise on in a row", () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        const { pieces } = cut(bytes, lengthPrefixed, frameBytesMax);
        for (const [index, piece] of pieces.entries()) {
          expect(piece.kind === "noise" && pieces[index + 1]?.kind === "noise").toBe(false);
        }
      }),
    );
  });
});
