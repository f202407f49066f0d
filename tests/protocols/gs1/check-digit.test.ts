import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasValidCheckCharacters, hasValidIbanCheck } from "../../../protocols/gs1/check-characters.ts";
import { checkDigit, hasValidCheckDigit, withCheckDigit } from "../../../protocols/gs1/check-digit.ts";

describe("the check digit", () => {
  // GS1 General Specifications, examples of GTIN-13, GTIN-8, GTIN-12 and SSCC.
  it.each(["4006381333931", "96385074", "036000291452", "106141412345678908", "0614141123452"])(
    "of %s",
    (key) => {
      expect(checkDigit(key.slice(0, -1))).toBe(key.slice(-1));
      expect(hasValidCheckDigit(key)).toBe(true);
    },
  );

  it("finds every wrong digit and every swap of neighbours that differ by other than 5", () => {
    const digits = fc.string({
      unit: fc.constantFrom("0", "1", "2", "5", "6", "9"),
      minLength: 7,
      maxLength: 17,
    });
    fc.assert(
      fc.property(digits, fc.nat(16), fc.integer({ min: 1, max: 9 }), (body, at, change) => {
        const key = withCheckDigit(body);
        const place = at % key.length;
        const other = (Number(key[place]) + change) % 10;
        expect(hasValidCheckDigit(key.slice(0, place) + other + key.slice(place + 1))).toBe(false);
        const [left = "", right = ""] = [key[place], key[place + 1]];
        if (right === "" || (Number(left) - Number(right)) % 5 === 0) return;
        expect(hasValidCheckDigit(key.slice(0, place) + right + left + key.slice(place + 2))).toBe(false);
      }),
    );
  });

  it.each(["", "1", "40063813339A1", "4006381333932"])("%s has none", (text) => {
    expect(hasValidCheckDigit(text)).toBe(false);
  });
});

describe("the check-character pair", () => {
  // GS1 General Specifications section 7.9.5 and the GMN guideline.
  it.each([
    ["1987654Ad4X4bL5ttr2310c2K", true],
    ["1987654Ad4X4bL5ttr2310c2L", false],
    ["1987654Ad4X4bL5ttr2310cK2", false],
  ])("of %s is right: %s", (text, right) => {
    expect(hasValidCheckCharacters(text)).toBe(right);
  });
});

describe("an IBAN", () => {
  it.each([
    ["DE89370400440532013000", true],
    ["GB82WEST12345698765432", true],
    ["DE89370400440532013001", false],
  ])("%s is right: %s", (iban, right) => {
    expect(hasValidIbanCheck(iban)).toBe(right);
  });
});
