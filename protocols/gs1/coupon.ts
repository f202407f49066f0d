import type { Linter } from "./linters.ts";
import { date6 } from "./linters.ts";

/**
 * A part of a coupon code (GS1 North American coupon application guideline): digits whose number stands in the
 * digit before them, a single digit out of a few, or a fixed number of digits.
 */
type Part =
  | { readonly kind: "counted"; readonly allowed: string; readonly extra: number; readonly none?: string }
  | { readonly kind: "one"; readonly allowed: string }
  | { readonly kind: "digits"; readonly count: number };

const counted = (allowed: string, extra: number, none?: string): Part => ({
  kind: "counted",
  allowed,
  extra,
  ...(none !== undefined && { none }),
});
const one = (allowed: string): Part => ({ kind: "one", allowed });
const digits = (count: number): Part => ({ kind: "digits", count });

const anyDigit = "0123456789";
const companyPrefix = counted("0123456", 6);
const purchasePrefix = counted("01234569", 6, "9");
const purchase = [counted("12345", 0), one("012349"), digits(3)];
const serialNumber = counted(anyDigit, 6);

const head: readonly Part[] = [companyPrefix, digits(6), counted("12345", 0), ...purchase];
/** Optional parts, each behind its own number, in rising order. */
const fields: ReadonlyMap<string, readonly Part[]> = new Map([
  ["1", [one("0123"), ...purchase, purchasePrefix]],
  ["2", [...purchase, purchasePrefix]],
  ["3", [digits(6)]],
  ["4", [digits(6)]],
  ["5", [serialNumber]],
  ["6", [counted("1234567", 6)]],
  ["9", [one("01256"), one("012"), one(anyDigit), one("01")]],
]);
const offer: readonly Part[] = [one("01"), companyPrefix, digits(6), serialNumber];

/** AI 8112. */
export const couponOffer: Linter = (text) => (readParts(text, offer) === "" ? undefined : wrongCoupon);

/** AI 8110. */
export const couponCode: Linter = (text) => {
  let rest = readParts(text, head);
  const dates = new Map<string, string>();
  let last = "0";
  while (rest !== undefined && rest !== "") {
    const name = rest.charAt(0);
    const parts = name > last ? fields.get(name) : undefined;
    if (name === "3" || name === "4") dates.set(name, rest.slice(1, 7));
    rest = parts && readParts(rest.slice(1), parts);
    last = name;
  }
  return rest === "" && areDatesInOrder(dates.get("4"), dates.get("3")) ? undefined : wrongCoupon;
};

const wrongCoupon = "it is no coupon";

function areDatesInOrder(start: string | undefined, end: string | undefined): boolean {
  const fits = (text: string | undefined): boolean => text === undefined || date6(text) === undefined;
  return fits(start) && fits(end) && (start === undefined || end === undefined || start <= end);
}

/** What is left behind the parts; undefined when they do not stand there. */
function readParts(text: string, parts: readonly Part[]): string | undefined {
  let rest = text;
  for (const part of parts) {
    const length = lengthOf(part, rest.charAt(0));
    if (length === undefined || rest.length < length || !/^\d*$/.test(rest.slice(0, length)))
      return undefined;
    rest = rest.slice(length);
  }
  return rest;
}

function lengthOf(part: Part, first: string): number | undefined {
  if (part.kind === "digits") return part.count;
  if (first === "" || !part.allowed.includes(first)) return undefined;
  return part.kind === "one" || first === part.none ? 1 : 1 + Number(first) + part.extra;
}
