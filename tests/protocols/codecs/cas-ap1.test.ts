import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CasAp1Frame } from "../../../protocols/codecs/cas-ap1.ts";
import { casAp1, describeCasAp1 } from "../../../protocols/codecs/cas-ap1.ts";
import { fromLatin1, toHex } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { hex, rowsOf, vectorsPresent } from "./vectors.ts";

describe.skipIf(!vectorsPresent)("cas-ap1 against the vectors", () => {
  it.each(rowsOf("cas-ap1").map((row) => [row.id, row] as const))("%s both ways", (_, row) => {
    const frame = casAp1.decode(hex(row.hex));
    if (!frame.ok) throw new Error(frame.error);
    expect(describeCasAp1(frame.value)).toEqual(row.decoded);
    expect(toHex(casAp1.encode(frame.value))).toBe(row.hex);
  });
});

/** `S 00.488kg`, as captured from an M-ER 328AC. */
const real = "01025320" + "30302e343838" + "6b67" + "650304";

describe("what a scale says", () => {
  it("a weight, as captured", () => {
    const frame = casAp1.decode(hex(real));
    expect(frame).toEqual({
      ok: true,
      value: { kind: "weight", stable: true, negative: false, field: "00.488", unit: "kg" },
    });
  });

  it("a weight below zero, not yet stable", () => {
    const bytes = casAp1.encode({
      kind: "weight",
      stable: false,
      negative: true,
      field: "00.125",
      unit: "kg",
    });
    const frame = casAp1.decode(bytes);
    expect(frame.ok && describeCasAp1(frame.value)).toEqual({
      value: "-0.125",
      unit: "kg",
      stable: false,
      negative: true,
    });
  });

  it("its ACK at once, also when the weight is glued to it", () => {
    const pieces = cutChunks([hex(`06${real}`)], casAp1.probe, casAp1.frameBytesMax);
    expect(framesOf(pieces).map(toHex)).toEqual(["06", real]);
    expect(casAp1.probe(hex("06"))).toEqual({ kind: "frame", length: 1 });
  });

  it.each([
    ["", "empty"],
    ["02", "start"],
    [real.slice(0, 20), "length"],
    [`06${real.slice(0, 20)}`, "length"],
    [`${real.slice(0, -2)}05`, "end"],
    [real.replace("6503", "6603"), "checksum"],
    [real.replace("5320", "5820").replace("6503", "6e03"), "field"],
  ])("%s is refused: %s", (digits, code) => {
    expect(casAp1.decode(hex(digits))).toMatchObject({ ok: false, code });
  });

  it("has fields of fixed width", () => {
    const short = { kind: "weight", stable: true, negative: false, field: "0.1", unit: "kg" } as const;
    expect(() => casAp1.encode(short)).toThrow("six characters");
  });
});

const frame: fc.Arbitrary<CasAp1Frame> = fc.oneof(
  fc.constantFrom("enquiry" as const, "acknowledge" as const, "request" as const).map((kind) => ({ kind })),
  fc.record({
    kind: fc.constant("weight" as const),
    stable: fc.boolean(),
    negative: fc.boolean(),
    field: fc.stringMatching(/^( [0-9]|[0-9]{2})\.[0-9]{3}$/),
    unit: fc.constantFrom("kg", "KG", " g", "lb"),
  }),
);

itIsACodec({ codec: casAp1, frame, ownBytes: [1, 2, 3, 4, 6, ...fromLatin1("SU 0.kg")] });
