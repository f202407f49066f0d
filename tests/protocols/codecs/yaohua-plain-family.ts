import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StreamCodec } from "../../../protocols/codec.ts";
import type { YaohuaPlainFrame } from "../../../protocols/codecs/scale/yaohua-plain.ts";
import { yaohuaPlainWeight } from "../../../protocols/codecs/scale/yaohua-plain.ts";
import { fromLatin1, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { itAgreesWithTheVectors } from "./scale-vectors.ts";

interface Samples {
  /** Lines and the weights that they are. */
  readonly weights: readonly (readonly [string, string])[];
  /** Lines and the codes that they are refused with. */
  readonly refused: readonly (readonly [string, string])[];
  /** A stream that begins in the middle of a line, with the lines in it. */
  readonly stream: readonly [string, readonly string[]];
}

export function itIsAPlainYaohua(codec: StreamCodec<YaohuaPlainFrame>, samples: Samples): void {
  itAgreesWithTheVectors(codec, yaohuaPlainWeight);

  describe(`what an indicator says in ${codec.name}`, () => {
    it.each(samples.weights)("%s is %s", (text, value) => {
      const frame = codec.decode(fromLatin1(text));
      expect(frame.ok && yaohuaPlainWeight(frame.value)).toEqual({ value, unit: "kg", stable: null });
    });

    it.each([["", "empty"] as const, ...samples.refused])("%j is refused: %s", (text, code) => {
      expect(codec.decode(fromLatin1(text))).toMatchObject({ ok: false, code });
    });

    it("finds its lines from the middle of one on, and never takes half of one", () => {
      const [stream, lines] = samples.stream;
      const frames = framesOf(cutChunks([fromLatin1(stream)], codec.probe, codec.frameBytesMax));
      expect(frames.map(toLatin1)).toEqual(lines);
    });
  });

  const frame = fc
    .oneof(
      fc.stringMatching(/^[-0]\d{3}\.\d{3}$/),
      fc.stringMatching(/^[-0]\d{4}\.\d{2}$/),
      fc.stringMatching(/^[-0]\d{7}$/),
    )
    .map((shown) => ({ shown }));
  itIsACodec({ codec, frame, ownBytes: Array.from(fromLatin1("==00.3-")) });
}
