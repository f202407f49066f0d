import bwip from "bwip-js/node";
import { describe, expect, it } from "vitest";
import { type Barcode, code128, qrCode, svgOf } from "../../../cli/paper/barcode.ts";

const text = "STOREWIRE:GRADE-A";

/** Every module as it is printed, row by row. */
function modulesOf({ width, height, bars }: Barcode): string[] {
  const rows = Array.from({ length: height }, () => Array.from({ length: width }, () => " "));
  for (const bar of bars) {
    for (let y = bar.y; y < bar.y + bar.height; y++) {
      for (let x = bar.x; x < bar.x + bar.width; x++) {
        expect(rows[y]?.[x], "printed once").toBe(" ");
        (rows[y] as string[])[x] = "#";
      }
    }
  }
  return rows.map((row) => row.join(""));
}

describe("a barcode as bars", () => {
  it("is a Code 128 of set B with quiet zones: start, each character, check digit, stop", () => {
    const [row = ""] = modulesOf(code128(text));
    expect(row.length).toBe(10 + 11 * (text.length + 2) + 13 + 10);
    expect(row.slice(0, 10).trim()).toBe("");
    expect(row.slice(-10).trim()).toBe("");
    // ISO/IEC 15417 table 1: start B, S, the stop pattern.
    expect(row.slice(10, 21)).toBe("## #  #    ");
    expect(row.slice(21, 32)).toBe("## ### #   ");
    expect(row.slice(-23, -10)).toBe("##   ### # ##");
  });

  it("is a QR code with quiet zones, module by module", () => {
    const rows = modulesOf(qrCode(text));
    expect(rows.length).toBe(29);
    expect(rows.slice(0, 4).join("").trim()).toBe("");
    expect(rows[4]).toMatch(/^ {4}#{7} .* #{7} {4}$/);
    const [symbol] = bwip.raw("qrcode", text, "eclevel=M");
    const inner = rows
      .slice(4, -4)
      .map((row) => row.slice(4, -4))
      .join("");
    expect(symbol).toMatchObject({ pixs: Array.from(inner, (module) => (module === "#" ? 1 : 0)) });
  });

  it("is a picture of its own", () => {
    const picture = svgOf({ width: 5, height: 2, bars: [{ x: 1, y: 0, width: 3, height: 2 }] }, "line");
    expect(picture).toContain('viewBox="0 0 5 2"');
    expect(picture).toContain('<path d="M1 0h3v2h-3z"/>');
  });
});
