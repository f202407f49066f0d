import { describe, expect, it } from "vitest";
import { describeR2000, r2000A0 } from "../../../protocols/codecs/r2000-a0.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { hex, rowsOf, vectorsPresent } from "./vectors.ts";

describe.skipIf(!vectorsPresent)("r2000-a0 against the vectors", () => {
  const rows = rowsOf("r2000-a0").filter((row) => row.dir !== "-");
  it.each(rows.map((row) => [row.id, row] as const))("%s", (_, row) => {
    const frame = r2000A0.decode(hex(row.hex));
    if (!frame.ok) throw new Error(frame.error);
    expect(describeR2000(frame.value)).toEqual(row.decoded);
    expect(toHex(r2000A0.encode(frame.value))).toBe(row.hex);
  });
});
