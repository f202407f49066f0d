import fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { receiptOf } from "../../../drivers/families/parts/receipt.ts";
import { type Label, labelElements } from "../../../gateway/weighing/label.ts";
import { columnsOf, linesOf } from "../../../gateway/weighing/label-lines.ts";
import { printElementsSchema } from "../../../protocols/commands.ts";
import { withCheckDigit } from "../../../protocols/gs1/check-digit.ts";
import { kilograms } from "../../../protocols/gs1/measure.ts";
import { codeOn, paperOf } from "../../paper.ts";

const gtin = "04006381333931";
const packed = { day: "2026-01-05", time: "10:00" } as Label["packed"] & object;
const gouda: Label["product"] = {
  gtin,
  name: "Gouda, young",
  nameChinese: "高达奶酪",
  keepDays: 3,
  advice: "Keep below 7 C",
  adviceChinese: "7度以下冷藏",
};
const longest: Label["product"] = {
  ...gouda,
  name: "Mountain cheese from raw milk, 24 months",
  nameChinese: "阿尔卑斯山区未经高温处理生牛乳长期熟成奶酪",
  advice: "Keep in its paper below 7 C, eat at 18 degrees C",
  adviceChinese: "请保留原包装纸冷藏于七度以下食用前回温至十八度",
};
const labelOf = (product: Label["product"], value: string, unit = "kg"): Label => ({
  product,
  value,
  unit,
  kilograms: kilograms({ value, unit }),
  packed,
});
const printed = (label: Label, paperMm: 58 | 80, encoding: "gb18030" | "gbk" = "gb18030") =>
  paperOf(
    receiptOf(labelElements(label, { siteName: "Spandau", paperMm }), { encoding, paperMm }).bytes,
    paperMm,
  );

describe("a label on paper", () => {
  it("of 80 mm reads as people and scanners read it", () => {
    expect(printed(labelOf(gouda, "1.254"), 80)).toEqual([
      "Spandau",
      "高达奶酪 (x2)",
      "Gouda, young (bold)",
      "净重 Net 1.254 kg (x2) (bold)",
      "包装 Packed 2026-01-05 10:00",
      "最佳食用 Best eaten by 2026-01-08",
      "7度以下冷藏",
      "Keep below 7 C",
      `||| GS1-128 01${gtin}310300125415260108`,
      `(01)${gtin}(3103)001254(15)260108`,
      "- - -",
    ]);
  });

  it("breaks what is too wide between words and Chinese characters, never within a weight", () => {
    expect(printed(labelOf(longest, "12345.678"), 80)).toMatchInlineSnapshot(`
      [
        "Spandau",
        "阿尔卑斯山区未经高温处理生牛乳长期熟成奶酪",
        "Mountain cheese from raw milk, 24 months (bold)",
        "净重 Net 12345.678 kg (x2) (bold)",
        "包装 Packed 2026-01-05 10:00",
        "最佳食用 Best eaten by 2026-01-08",
        "请保留原包装纸冷藏于七度以下食用前回温至十八度",
        "Keep in its paper below 7 C, eat at 18 degrees C",
        "- - -",
      ]
    `);
    expect(printed(labelOf(longest, "12345.678"), 58)).toMatchInlineSnapshot(`
      [
        "Spandau",
        "阿尔卑斯山区未经高温处理生牛乳长",
        "期熟成奶酪",
        "Mountain cheese from raw milk, (bold)",
        "24 months (bold)",
        "净重 Net",
        "12345.678 kg (x2) (bold)",
        "包装 Packed 2026-01-05 10:00",
        "最佳食用 Best eaten by",
        "2026-01-08",
        "请保留原包装纸冷藏于七度以下食用",
        "前回温至十八度",
        "Keep in its paper below 7 C, eat",
        "at 18 degrees C",
        "- - -",
      ]
    `);
  });

  it("of 58 mm has a QR code, for the bars have no room there; it says the same", () => {
    const lines = printed(labelOf(gouda, "1.254"), 58);
    expect(lines).toContain(`[QR] https://id.gs1.org/01/${gtin}?3103=001254&15=260108`);
    expect(lines.join()).not.toContain("|||");
  });

  it("is the same from a printer that knows GBK alone; what GBK lacks is a question mark, and nothing else moves", () => {
    expect(printed(labelOf(gouda, "1.254"), 80, "gbk")).toEqual(printed(labelOf(gouda, "1.254"), 80));
    const rare = { ...gouda, nameChinese: "𠮷野家奶酪" };
    expect(printed(labelOf(rare, "1.254"), 80)[1]).toBe("𠮷野家奶酪 (x2)");
    const poor = printed(labelOf(rare, "1.254"), 80, "gbk");
    expect(poor[1]).toMatch(/^\?+野家奶酪 \(x2\)$/);
    expect(poor.slice(2)).toEqual(printed(labelOf(gouda, "1.254"), 80).slice(2));
  });
});

const decimal = fc
  .tuple(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: 0, max: 5 }))
  .map(([digits, places]) => {
    const text = String(digits).padStart(places + 1, "0");
    return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
  });
const anyGtin = fc
  .integer({ min: 0, max: 9_999_999_999_999 })
  .map((number) => withCheckDigit(String(number).padStart(13, "0")));

describe("the code on a label", () => {
  it("says exactly the weight of the event, the product and the day, on any paper, for any weight", () => {
    fc.assert(
      fc.property(
        anyGtin,
        decimal,
        fc.constantFrom("kg", "g"),
        fc.constantFrom(58, 80),
        (code, value, unit, paperMm) => {
          const label = labelOf({ ...gouda, gtin: code }, value, unit);
          const elements = labelElements(label, { siteName: "Spandau", paperMm });
          expect(printElementsSchema.safeParse(elements).error).toBeUndefined();
          const { bytes } = receiptOf([...elements], { encoding: "gb18030", paperMm });
          const ais = new Map(codeOn(paperOf(bytes, paperMm)));
          const exact = String(label.kilograms);
          if (ais.size === 0) {
            // Only where six digits, five of them behind the point, cannot say it.
            const [, fraction = ""] = exact.split(".");
            const digits = exact.replace(".", "").replace(/^0+/, "");
            expect(fraction.length > 5 || digits.length > 6).toBe(true);
            return;
          }
          expect(ais.get("01")).toBe(code);
          expect(ais.get("15")).toBe("260108");
          const [ai = "", digits = ""] = [...ais].find(([each]) => each.startsWith("310")) ?? [];
          const places = Number(ai.at(-1));
          const whole = BigInt(digits);
          const [left = "", right = ""] = exact.split(".");
          expect(whole).toBe(BigInt(left + right.padEnd(places, "0")));
          expect(right.length).toBeLessThanOrEqual(places);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("lines of a label", () => {
  it("hold all that was to be said, in order, and none is wider than the paper", () => {
    const words = fc.string({
      unit: fc.constantFrom(..."ab1 .,()高达奶酪é".split("")),
      minLength: 1,
      maxLength: 120,
    });
    fc.assert(
      fc.property(words, fc.constantFrom(58, 80), fc.boolean(), (content, paperMm, large) => {
        const lines = linesOf(content, { paperMm, ...(large && { large }) });
        const texts = lines.flatMap((line) => (line.kind === "text" ? [line] : []));
        for (const { content: text, size } of texts) {
          expect(columnsOf(text) * size).toBeLessThanOrEqual(paperMm === 58 ? 32 : 48);
        }
        const squeezed = (text: string): string => text.replaceAll(" ", "");
        expect(squeezed(texts.map(({ content: text }) => text).join(""))).toBe(squeezed(content));
      }),
    );
  });

  it("count what is not ASCII as two columns, as the printer's encoding has it", () => {
    for (const text of ["Gouda", "高达", "é"]) {
      expect(columnsOf(text)).toBe(iconv.encode(text, "gb18030").length);
    }
  });
});
