import { describe, expect, it } from "vitest";
import type { StreamCodec } from "../../../protocols/codec.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { hex, rowsOf, vectorsPresent } from "./vectors.ts";

/** Every published row of a scale's protocol: valid ones both ways, invalid ones refused for the reason given. */
export function itAgreesWithTheVectors<Frame>(
  codec: StreamCodec<Frame>,
  describeFrame: (frame: Frame) => object,
): void {
  describe.skipIf(!vectorsPresent)(`${codec.name} against the vectors`, () => {
    const rows = rowsOf(codec.name);
    it.each(rows.filter((row) => row.valid).map((row) => [row.id, row] as const))(
      "%s both ways",
      (_, row) => {
        const frame = codec.decode(hex(row.hex));
        if (!frame.ok) throw new Error(frame.error);
        expect(describeFrame(frame.value)).toEqual(row.decoded);
        expect(toHex(codec.encode(frame.value))).toBe(row.hex);
        expect(codec.probe(hex(row.hex), true)).toEqual({ kind: "frame", length: row.hex.length / 2 });
      },
    );
    it.each(rows.filter((row) => !row.valid).map((row) => [row.id, row] as const))("%s refused", (_, row) => {
      expect(codec.decode(hex(row.hex))).toMatchObject({ ok: false, code: "checksum" });
    });
  });
}
