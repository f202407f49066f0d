import { hasValidCheckCharacters, hasValidIbanCheck } from "./check-characters.ts";
import { hasValidCheckDigit } from "./check-digit.ts";
import { countryLetters, countryNumbers, currencyNumbers, packageTypes } from "./code-lists.ts";

/** Judges one component of an AI's value; words when it is wrong. */
export type Linter = (text: string) => string | undefined;

const when = (fits: (text: string) => boolean, wrong: string): Linter => {
  return (text) => (fits(text) ? undefined : wrong);
};
const inList = (list: ReadonlySet<string>, wrong: string): Linter => when((text) => list.has(text), wrong);
const upTo = (limit: bigint, wrong: string): Linter => when((text) => BigInt(text) <= limit, wrong);

export const checked = when(hasValidCheckDigit, "the check digit is wrong");

/** Company prefixes have at least 4 digits (GS1-8 prefixes count with them). */
export const prefixAt1 = when((text) => /^\d{4}/.test(text), "it does not begin with a company prefix");
export const prefixAt2 = when((text) => /^.\d{4}/.test(text), "no company prefix after the first digit");

const daysIn = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Only the month's length is looked at with the year: 29 February exists in leap years. */
function isDate(year: number, month: number, day: number, dayMin: number): boolean {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && !leap ? 28 : daysIn[month - 1];
  return days !== undefined && day >= dayMin && day <= days;
}
const date =
  (yearDigits: number, dayMin: number): ((text: string) => boolean) =>
  (text) => {
    const year = Number(text.slice(0, yearDigits));
    const month = Number(text.slice(yearDigits, yearDigits + 2));
    const day = Number(text.slice(yearDigits + 2));
    return isDate(yearDigits === 2 ? 2000 + year : year, month, day, dayMin);
  };
/** YYMMDD; day 00 leaves the day open. */
export const dateOrMonth = when(date(2, 0), "it is no date YYMMDD");
export const date6 = when(date(2, 1), "it is no date YYMMDD");
export const date8 = when(date(4, 1), "it is no date YYYYMMDD");
export const hour = when((text) => Number(text) < 24, "it is no hour");
export const minute = when((text) => Number(text) < 60, "it is no minute");
export const second = when((text) => Number(text) < 60, "it is no second");
export const hourMinute = when((text) => /^([01]\d|2[0-3])[0-5]\d$/.test(text), "it is no time HHMM");

export const currency = inList(currencyNumbers, "it is no ISO 4217 currency number");
export const country = inList(countryNumbers, "it is no ISO 3166 country number");
export const countryOr999 = when(
  (text) => text === "999" || countryNumbers.has(text),
  "it is no ISO 3166 country number, nor 999",
);
export const countryCode = inList(countryLetters, "it is no ISO 3166 country code");
export const packageType = inList(packageTypes, "it is no package type of UN/ECE Recommendation 21");
export const mediaType = when((text) => /^(0[1-9]|10|[89]\d)$/.test(text), "it is no AIDC media type");
export const sex = when((text) => /^[0129]$/.test(text), "it is no sex code of ISO/IEC 5218");

export const percentEncoded = when((text) => !/%(?![0-9A-Fa-f]{2})/.test(text), "a % without two hex digits");
export const yesOrNo = when((text) => /^[01]$/.test(text), "it is neither 0 nor 1");
export const hyphens = when((text) => /^-+$/.test(text), "it is not a hyphen");
export const latitude = upTo(1_800_000_000n, "the latitude is beyond 1800000000");
export const longitude = upTo(3_600_000_000n, "the longitude is beyond 3600000000");
export const importerIndex = when((text) => /^[-0-9A-Za-z_]$/.test(text), "it is no importer index");
export const nonzero = when((text) => /[^0]/.test(text), "it is zero");
export const zero = when((text) => /^0+$/.test(text), "it is not zero");
export const winding = when((text) => /^[019]$/.test(text), "it is no winding direction");
export const noLeadingZero = when((text) => !text.startsWith("0"), "it begins with 0");
export const hasNonDigit = when((text) => /\D/.test(text), "it has only digits");
export const checkCharacters = when(
  (text) => text.length > 2 && hasValidCheckCharacters(text),
  "the check-character pair is wrong",
);

export const pieceOfTotal = when((text) => {
  const piece = Number(text.slice(0, text.length / 2));
  return piece > 0 && piece <= Number(text.slice(text.length / 2));
}, "it is no piece of a total");
export const positionInSequence = when((text) => {
  const [, position, end] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(text) ?? [];
  return position !== undefined && Number(position) <= Number(end);
}, "it is not <position>/<end>");

export const iban: Linter = when(
  (text) =>
    /^[A-Z]{2}\d\d[0-9A-Z]+$/.test(text) && countryLetters.has(text.slice(0, 2)) && hasValidIbanCheck(text),
  "it is no IBAN",
);
