import { describe, expect, it } from "vitest";
import { r200Aa } from "../../../protocols/codecs/r200-aa.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsMagicrf } from "./magicrf-family.ts";
import { hex } from "./vectors.ts";

itIsMagicrf({ codec: r200Aa, head: 0xaa, end: 0xdd, noTag: "aa01ff00011516dd" });

describe("the command that equals the head", () => {
  it("is found, also behind a false start", () => {
    const pieces = cutChunks([hex("aa00 aa00aa0000aadd")], r200Aa.probe, r200Aa.frameBytesMax);
    expect(framesOf(pieces).map(toHex)).toEqual(["aa00aa0000aadd"]);
  });
});
