import { describe, expect, it } from "vitest";
import type { AiRule } from "../../../protocols/gs1/ai-rule.ts";
import type { Component } from "../../../protocols/gs1/component.ts";
import * as coupons from "../../../protocols/gs1/coupon.ts";
import { dictionary } from "../../../protocols/gs1/dictionary.ts";
import type { Linter } from "../../../protocols/gs1/linters.ts";
import * as linters from "../../../protocols/gs1/linters.ts";
import { areShared, sharedText } from "./shared-files.ts";

const path = "conformance/gs1-syntax-dictionary.txt";
const present = areShared(path);

/** The dictionary's word for each of our linters. */
const names: Readonly<Record<string, string>> = {
  checked: "csum",
  prefixAt1: "gcppos1",
  prefixAt2: "gcppos2",
  dateOrMonth: "yymmd0",
  date6: "yymmdd",
  date8: "yyyymmdd",
  hourMinute: "hhmi",
  hour: "hh",
  minute: "mi",
  second: "ss",
  currency: "iso4217",
  country: "iso3166",
  countryOr999: "iso3166999",
  countryCode: "iso3166alpha2",
  percentEncoded: "pcenc",
  yesOrNo: "yesno",
  hyphens: "hyphen",
  importerIndex: "importeridx",
  packageType: "packagetype",
  mediaType: "mediatype",
  sex: "iso5218",
  positionInSequence: "posinseqslash",
  pieceOfTotal: "pieceoftotal",
  noLeadingZero: "nozeroprefix",
  checkCharacters: "csumalpha",
  hasNonDigit: "hasnondigit",
  couponCode: "couponcode",
  couponOffer: "couponposoffer",
};
const nameOf = new Map<Linter, string>(
  Object.entries({ ...linters, ...coupons }).map(([name, linter]) => [linter, names[name] ?? name]),
);

/** A rule in the dictionary's own notation. */
function written(rule: AiRule): string {
  const { excludes, requires = [], key } = rule;
  return [
    `${rule.fixed ? "*" : ""}${rule.attribute ? "?" : ""}`,
    rule.components.map(writtenComponent).join(" "),
    ...requires.map((alternatives) => `req=${alternatives}`),
    ...(excludes === undefined ? [] : [`ex=${excludes}`]),
    ...(key === undefined ? [] : [key.length === 0 ? "dlpkey" : `dlpkey=${key.join("|")}`]),
  ].join(" ");
}

function writtenComponent({ set, lengthMin, lengthMax, optional, linters: checks }: Component): string {
  const length = `${set}${lengthMin === lengthMax ? "" : ".."}${lengthMax}`;
  return [optional ? `[${length}]` : length, ...checks.map((check) => nameOf.get(check) ?? "?")].join(",");
}

/** The dictionary's lines, one per AI, in the same order of attributes as above. */
function published(): Map<string, string> {
  const lines = sharedText(path).matchAll(/^(\d+)(?:-(\d+))?\s+([^#\n]*)/gm);
  const rules = new Map<string, string>();
  for (const [, from = "", to = from, rest = ""] of lines) {
    for (let ai = Number(from); ai <= Number(to); ai++)
      rules.set(String(ai).padStart(from.length, "0"), inOrder(rest.trim().split(/\s+/)));
  }
  return rules;
}

function inOrder(words: readonly string[]): string {
  const flags = words.find((word) => /^[*?]+$/.test(word)) ?? "";
  const components = words.filter((word) => /^\[?[NXYZ](\.\.)?\d/.test(word)).join(" ");
  const attributes = ["req=", "ex=", "dlpkey"].flatMap((kind) =>
    words.filter((word) => word.startsWith(kind)),
  );
  return [flags, components, ...attributes].join(" ");
}

describe.skipIf(!present)("our table of AIs", () => {
  it("is the GS1 Syntax Dictionary, rule for rule", () => {
    const ours = new Map(Array.from(dictionary, ([ai, rule]) => [ai, written(rule)]));
    const theirs = published();
    expect(theirs.size).toBeGreaterThan(500);
    expect(ours).toEqual(theirs);
  });
});

describe("AIs with the same first two digits", () => {
  it("are equally long, and all or none of predefined length: the reader relies on it", () => {
    const families = new Map<string, Set<string>>();
    for (const [ai, rule] of dictionary) {
      const family = families.get(ai.slice(0, 2)) ?? new Set();
      families.set(ai.slice(0, 2), family.add(`${ai.length} digits, fixed ${rule.fixed}`));
    }
    expect([...families].filter(([, kinds]) => kinds.size > 1)).toEqual([]);
  });
});
