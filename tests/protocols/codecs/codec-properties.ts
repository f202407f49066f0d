import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StreamCodec } from "../../../protocols/codec.ts";
import { join, toHex } from "../../../protocols/stream/bytes.ts";
import { allBytesOf, chunked, cutChunks, framesOf } from "../stream/chunks.ts";

interface Habits<Frame> {
  readonly codec: StreamCodec<Frame>;
  /** Every frame that the protocol can express. */
  readonly frame: fc.Arbitrary<Frame>;
  /** Bytes that the protocol itself is made of, so that noise looks like frames. */
  readonly ownBytes: readonly number[];
  /** Whether noise before a frame makes bytes that are a frame by the rules, so that it rightly swallows the real one. */
  readonly swallows?: (noise: Uint8Array, frame: Uint8Array) => boolean;
}

/** The properties that each stream codec has to have. */
export function itIsACodec<Frame>({ codec, frame, ownBytes, swallows }: Habits<Frame>): void {
  const noise = fc.array(fc.constantFrom(...ownBytes), { maxLength: 30 }).map((all) => Uint8Array.from(all));
  const frameBytes = frame.map((value) => codec.encode(value));
  const stream = fc.array(fc.oneof(noise, frameBytes), { maxLength: 6 }).map((parts) => join(...parts));

  describe(`${codec.name}, whatever comes`, () => {
    it("reads back what it wrote", () => {
      fc.assert(
        fc.property(frame, (value) => {
          expect(codec.decode(codec.encode(value))).toEqual({ ok: true, value });
        }),
      );
    });

    it("finds a frame in its own bytes", () => {
      fc.assert(
        fc.property(frameBytes, (bytes) => {
          expect(codec.probe(bytes)).toEqual({ kind: "frame", length: bytes.length });
          expect(bytes.length).toBeLessThanOrEqual(codec.frameBytesMax);
        }),
      );
    });

    it("finds a frame whatever comes before it", () => {
      fc.assert(
        fc.property(noise, frameBytes, (before, bytes) => {
          fc.pre(!swallows?.(before, bytes));
          const pieces = cutChunks([join(before, bytes)], codec.probe, codec.frameBytesMax);
          expect(framesOf(pieces).map(toHex)).toContain(toHex(bytes));
        }),
      );
    });

    it("loses no byte and finds the same frames under every chunking", () => {
      fc.assert(
        fc.property(chunked(stream), (chunks) => {
          const whole = cutChunks([join(...chunks)], codec.probe, codec.frameBytesMax);
          const pieces = cutChunks(chunks, codec.probe, codec.frameBytesMax);
          expect(toHex(allBytesOf(pieces))).toBe(toHex(join(...chunks)));
          expect(framesOf(pieces).map(toHex)).toEqual(framesOf(whole).map(toHex));
        }),
      );
    });

    it("refuses bad bytes with a code and a reason, and never throws", () => {
      fc.assert(
        fc.property(fc.oneof(noise, fc.uint8Array({ maxLength: 40 })), (bytes) => {
          const result = codec.decode(bytes);
          if (result.ok) return;
          expect(result.code).not.toBe("");
          expect(result.error).not.toBe("");
        }),
      );
    });
  });
}
