import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeGs1Line } from "../../../protocols/gs1/gs1-line.ts";
import type { ScanMode } from "../../../protocols/gs1/scan.ts";
import { readGs1Bracketed, readGs1Scan } from "../../../protocols/gs1/scan.ts";
import { fromLatin1 } from "../../../protocols/stream/bytes.ts";
import { areShared, sharedJson } from "./shared-files.ts";

interface Outcome {
  readonly ok: boolean;
  readonly symbology?: string;
  readonly canonicalDLuri?: string | null;
}
interface Row {
  readonly id: number;
  readonly kind: string;
  readonly input: string;
  readonly engine: Outcome;
  readonly engineRelaxed: Outcome;
  readonly ais: readonly (readonly [string, string])[] | null;
  readonly aisRelaxed: readonly (readonly [string, string])[] | null;
}
const present = areShared("vectors/gs1-barcodes.json");
const { vectors } = sharedJson("vectors/gs1-barcodes.json", { vectors: [] as Row[] });

/** Each kind through the reader that a scanner or a person would reach it by. */
function read({ kind, input }: Row, mode: ScanMode) {
  if (kind === "scanData") return readGs1Scan({ text: input }, mode);
  if (kind === "digitalLink") return readGs1Scan({ aim: "]Q1", text: input }, mode);
  if (kind !== "unbracketedAI") return readGs1Bracketed(input, mode);
  return input.startsWith("^")
    ? readGs1Scan({ aim: "]d2", text: input.slice(1).replaceAll("^", "\u001d") }, mode)
    : readGs1Scan({ aim: "]Q1", text: input }, mode);
}

describe.skipIf(!present)("GS1 against the reference engine", () => {
  it("has rows of every kind", () => {
    expect(new Set(vectors.map(({ kind }) => kind)).size).toBe(6);
    expect(vectors.length).toBeGreaterThan(500);
  });

  it.each(vectors)("$id strict: $kind $input", (row) => {
    const scan = read(row, "strict");
    expect(scan.ok).toBe(row.engine.ok);
    if (scan.ok)
      expect(scan.value).toMatchObject({ ais: row.ais, canonicalDLuri: row.engine.canonicalDLuri });
  });

  it.each(vectors)("$id relaxed: $kind $input", (row) => {
    const scan = read(row, "relaxed");
    expect(scan.ok).toBe(row.engineRelaxed.ok);
    if (!scan.ok) return;
    expect(scan.value).toMatchObject({
      ais: row.aisRelaxed,
      canonicalDLuri: row.engineRelaxed.canonicalDLuri,
    });
    if (row.kind === "scanData") expect(scan.value.symbology).toBe(row.engineRelaxed.symbology);
  });
});

describe("at the desk", () => {
  const gs = "\u001d";
  it.each([
    ["EAN-13", "4006381333931", "04006381333931"],
    ["EAN-8", "96385074", "00000096385074"],
    ["UPC-A", "036000291452", "00036000291452"],
    ["ITF-14", "10614141000415", "10614141000415"],
    ["EAN-13 with AIM", "]E04006381333931", "04006381333931"],
    ["EAN-13 with add-on", "]E3400638133393112345", "04006381333931"],
    ["EAN-8 with AIM", "]E496385074", "00000096385074"],
    ["ITF-14 with AIM", "]I110614141000415", "10614141000415"],
    ["element string without AIM", "0110614141000415", "10614141000415"],
    ["element string with a leading GS", `${gs}0110614141000415`, "10614141000415"],
    ["brackets", "(01)10614141000415", "10614141000415"],
    ["short GTIN in a link", "https://brand.example/01/4006381333931", "04006381333931"],
  ])("%s %s is GTIN %s", (_, text, gtin) => {
    expect(readGs1Scan({ text })).toMatchObject({ ok: true, value: { gtin } });
  });

  it("predefined lengths need no separator, all others end at one", () => {
    const text = `0104012345123456310300125011260101${"17270131"}10LOT/7${gs}21A-1${gs}3922129${gs}8004952111`;
    expect(readGs1Scan({ aim: "]C1", text })).toMatchObject({
      ok: true,
      value: {
        ais: [
          ["01", "04012345123456"],
          ["3103", "001250"],
          ["11", "260101"],
          ["17", "270131"],
          ["10", "LOT/7"],
          ["21", "A-1"],
          ["3922", "129"],
          ["8004", "952111"],
        ],
        gtin: "04012345123456",
        serial: "A-1",
        warnings: [],
      },
    });
  });

  it("warns of AIs that need another, and takes them", () => {
    expect(readGs1Scan({ aim: "]d2", text: "10LOT7" })).toMatchObject({
      ok: true,
      value: { ais: [["10", "LOT7"]], warnings: ["AI (10) needs 01 or 02 or 03 or 8006 or 8026"] },
    });
    expect(readGs1Scan({ aim: "]C1", text: "01106141410004153712" })).toMatchObject({
      ok: true,
      value: { warnings: ["AI (01) must not stand with AI (37)", "AI (37) needs 00"] },
    });
  });

  it.each([
    ["]C04006381333931", "unsupported", "]C0 is no carrier of GS1 data"],
    ["]A0HELLO", "unsupported", "]A0 is no carrier of GS1 data"],
    ["4006381333932", "checksum", "the check digit of 4006381333932 is wrong"],
    ["]E04006381333932", "checksum", "the check digit of 4006381333932 is wrong"],
    ["]E0400638133393", "length", "12 characters are not the code's digits"],
    ["]d20110614141000416", "field", "AI (01): the check digit is wrong"],
    ["]d2011061414100041", "field", "AI (01): has the wrong length"],
    ["]d211270230", "field", "AI (11): it is no date YYMMDD"],
    ["HELLO", "field", "no AI begins with HELL"],
    ["", "empty", "no element strings at all"],
    ["https://shop.example/products/12", "field", "no GS1 key in the path"],
    ["]C1400A\u001d400B", "field", "AI (400) has two values"],
    ["(01", "field", "not a row of (AI)value"],
  ])("%s is refused: %s", (text, code, error) => {
    expect(readGs1Scan({ text })).toEqual({ ok: false, code, error });
  });

  it("is bounded: no more AIs than any carrier holds", () => {
    const many = Array.from({ length: 65 }, () => "20" + "01").join("");
    expect(readGs1Scan({ aim: "]d2", text: many })).toMatchObject({ ok: false, code: "length" });
    expect(readGs1Scan({ aim: "]d2", text: many.slice(4) })).toMatchObject({ ok: true });
  });

  const pieces =
    "]C1 ]d2 ]E0 ]Q1 01 21 10 8004 310 (01) ( ) \\ ^ % %2F https://id.gs1.org / ? & = 04012345123456 0 9 A + é |]e0";
  const near = fc.array(fc.constantFrom(gs, "\ud800", ...pieces.split(" ")), { maxLength: 14 });
  it("never throws, whatever is scanned, in any mode", () => {
    fc.assert(
      fc.property(near, fc.constantFrom<ScanMode>("strict", "relaxed", "desk"), (parts, mode) => {
        const text = parts.join("");
        expect(typeof readGs1Scan({ text }, mode).ok).toBe("boolean");
        expect(typeof readGs1Bracketed(text, mode).ok).toBe("boolean");
      }),
      { numRuns: 3_000 },
    );
  });

  it("element strings written by the rules are read back, wherever separators are allowed", () => {
    const value = fc.string({
      unit: fc.constantFrom("A", "z", "7", "/", "%", "-"),
      minLength: 1,
      maxLength: 20,
    });
    const element = fc.oneof(
      fc.tuple(fc.constantFrom("10", "21", "240"), value),
      fc.constantFrom(
        ["01", "04012345123456"] as const,
        ["17", "270131"] as const,
        ["3103", "001250"] as const,
      ),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(element, { minLength: 1, selector: ([ai]) => ai }),
        fc.boolean(),
        (ais, always) => {
          const text = ais
            .map(([ai, one], index) => {
              const mustEnd = ["10", "21", "240"].includes(ai) && index < ais.length - 1;
              return ai + one + (always || mustEnd ? gs : "");
            })
            .join("");
          expect(readGs1Scan({ aim: "]d2", text })).toMatchObject({ ok: true, value: { ais } });
        },
      ),
    );
  });
});

describe("storewire decode gs1", () => {
  it("answers with the names of the vectors", () => {
    expect(decodeGs1Line(fromLatin1("]d2010401234512345621A1"), { relaxed: false })).toEqual({
      ok: true,
      value: {
        symbology: "DM",
        ais: [
          ["01", "04012345123456"],
          ["21", "A1"],
        ],
        canonicalDLuri: "https://id.gs1.org/01/04012345123456/21/A1",
      },
    });
    expect(decodeGs1Line(fromLatin1("]d210A"), { relaxed: false }).ok).toBe(false);
    expect(decodeGs1Line(fromLatin1("]d210A"), { relaxed: true }).ok).toBe(true);
  });
});
