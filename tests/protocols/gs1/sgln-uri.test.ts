import { describe, expect, it } from "vitest";
import { sglnUri } from "../../../protocols/gs1/sgln-uri.ts";

describe("sglnUri", () => {
  it.each([
    ["9521321000018", 7, "DESK1", "urn:epc:id:sgln:9521321.00001.DESK1"],
    ["9521321000018", 7, "0", "urn:epc:id:sgln:9521321.00001.0"],
    ["9521321000018", 12, "A/1%", "urn:epc:id:sgln:952132100001..A%2F1%25"],
    ["9521321000018", 6, 'a"b<c>d?e&f', "urn:epc:id:sgln:952132.100001.a%22b%3Cc%3Ed%3Fe%26f"],
  ])("%s with %s digits, %s is %s", (gln, companyPrefixDigits, extension, uri) => {
    expect(sglnUri(gln, companyPrefixDigits, extension)).toBe(uri);
  });

  it.each([
    ["952132100001", 7, "A"],
    ["9521321000018", 5, "A"],
    ["9521321000018", 13, "A"],
    ["9521321000018", 7, ""],
    ["9521321000018", 7, "123456789012345678901"],
    ["9521321000018", 7, "é"],
  ])("%s, %s, %s is a broken invariant", (gln, companyPrefixDigits, extension) => {
    expect(() => sglnUri(gln, companyPrefixDigits, extension)).toThrow();
  });
});
