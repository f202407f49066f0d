import addFormats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDateTime, isUri } from "../../../protocols/epcis/schema/text-formats.ts";

/** The usual validator's opinion of a format. */
function usual(name: "date-time" | "uri"): (text: string) => boolean {
  const format = addFormats.default.get(name);
  if (typeof format === "function") return format;
  if (typeof format === "object" && "validate" in format) return format.validate as (text: string) => boolean;
  throw new Error(`no format ${name}`);
}

const piecesOf = (pieces: readonly string[]): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(""));

const uriPieces =
  `http: urn: a: A1+-.: 1a: : / // ? # @ [ ] :: [::1] [v1.a:b] a Z 0 12 255 256 1.2.3.4 abcd: ffff
 fffff % %4f %4 %zz é " < \\ ^ { | ~ ! $&'()*+,;= . - _ \u212a \u{1f600} \u00a0`.split(/ |\n/);
const ipv6Pieces = ":: : 0 1a ffff 12345 1.2.3.4 01.2.3.4 300.1.1.1 g".split(" ");
const timePieces =
  `2026 0000 1900 2000 - 01 02 12 13 00 28 29 30 31 32 T t \u00a0 23 24 46 : 59 60 61 . 5 999 Z z +
2026-02-29 2024-02-29 2026-01-05T 09:00:00 23:59:60 22:59:60 00:59:60 +01:00 -0100 +23 +24:00`.split(
    / |(?=\n)/,
  );

describe("formats of texts, as the usual validator has them", () => {
  it.each([
    ["uri", isUri, piecesOf(uriPieces), 20_000],
    ["uri", isUri, piecesOf(ipv6Pieces).map((host) => `a://[${host}]:1/b`), 20_000],
    ["uri", isUri, fc.string({ unit: "binary" }).map((text) => `a:${text}`), 2000],
    ["date-time", isDateTime, piecesOf(timePieces), 20_000],
    [
      "date-time",
      isDateTime,
      fc
        .tuple(...Array.from({ length: 9 }, () => fc.integer({ min: 0, max: 62 })), fc.constantFrom("+", "-"))
        .map(([, month, day, hour, minute, second, zoneHours, zoneMinutes, year, sign]) => {
          const [mm, dd, h, m, s, zh, zm, yy] = [
            month,
            day,
            hour,
            minute,
            second,
            zoneHours,
            zoneMinutes,
            year,
          ].map((part) => String(Number(part) % 62).padStart(2, "0"));
          return `20${yy}-${mm}-${dd}T${h}:${m}:${s}${String(sign)}${zh}:${zm}`;
        }),
      20_000,
    ],
  ] as const)("%s", (name, ours, texts, numRuns) => {
    const theirs = usual(name);
    fc.assert(
      fc.property(texts, (text) => {
        expect(`${text} ${ours(text)}`).toBe(`${text} ${theirs(text)}`);
      }),
      { numRuns },
    );
  });

  it.each([
    ["urn:epc:id:sgtin:0614141.107346.2017", true],
    ["https://id.gs1.org/01/09521141123454/21/a%2Fb?17=261129#x", true],
    ["geo:22.300,-118.44", true],
    ["http://[2001:db8::1.2.3.4]:80/", true],
    ["http://[2001:db8:::1]/", false],
    ["http://[1:2:3:4:5:6:7:8]", true],
    ["http://[1:2:3:4:5:6:7]", false],
    ["a:", false],
    ["assemble", false],
    ["a:b c", false],
  ])("%s is a URI: %s", (text, verdict) => {
    expect(isUri(text)).toBe(verdict);
  });

  it.each([
    ["2026-01-05T09:00:00Z", true],
    ["2026-01-05T09:00:00", false],
    ["2026-02-29T09:00:00Z", false],
    ["2016-12-31T23:59:60Z", true],
    ["2017-01-01T00:59:60+01:00", true],
    ["2016-12-31T12:00:60Z", false],
  ])("%s is a time: %s", (text, verdict) => {
    expect(isDateTime(text)).toBe(verdict);
  });

  it("answers for a very long text at once, whatever it holds", () => {
    const long = "a".repeat(1_000_000);
    expect(isUri(`a:${long}`)).toBe(true);
    expect(isUri(`a:${long}\u0000`)).toBe(false);
    expect(isUri(`a://[${":".repeat(1_000_000)}]`)).toBe(false);
    expect(isDateTime(`2026-01-05T09:00:00.${"0".repeat(1_000_000)}`)).toBe(false);
  });
});
