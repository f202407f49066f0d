import { describe, expect, it } from "vitest";
import { describeMtSics, mtSics } from "../../../protocols/codecs/mt-sics.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { hex, rowsOf, vectorsPresent } from "./vectors.ts";

describe.skipIf(!vectorsPresent)("mt-sics against the vectors", () => {
  it.each(rowsOf("mt-sics").map((row) => [row.id, row] as const))("%s", (_, row) => {
    const frame = mtSics.decode(hex(row.hex));
    if (!frame.ok) throw new Error(frame.error);
    expect(describeMtSics(frame.value)).toEqual(row.decoded);
    expect(toHex(mtSics.encode(frame.value))).toBe(row.hex);
  });
});
