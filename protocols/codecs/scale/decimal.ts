/** A weight in a field of text: fill, sign, fill, digits; never an exponent. */
export const decimalPattern = String.raw`[ ]*[-+]?[ ]*\d{1,12}(?:\.\d{1,9})?`;

const withoutLeadingZeros = (digits: string): string => digits.replace(/^0+(?=\d)/, "");

/** Nothing is not less than nothing: a sign before zeroes only says which way the scale rounded. */
export const signedDecimal = (negative: boolean, magnitude: string): string =>
  negative && /[1-9]/.test(magnitude) ? `-${magnitude}` : magnitude;

/** The exact decimal in a field that fits `decimalPattern`. */
export const fieldDecimal = (field: string): string =>
  signedDecimal(field.includes("-"), withoutLeadingZeros(field.replace(/[ +-]/g, "")));

/** Places the decimal point: digits are moved, never computed. Fewer than no decimals are zeroes to append. */
export function shiftedDecimal(digits: string, decimals: number): string {
  const whole = withoutLeadingZeros(digits.trim());
  if (decimals <= 0) return whole === "0" ? whole : `${whole}${"0".repeat(-decimals)}`;
  const padded = whole.padStart(decimals + 1, "0");
  return `${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`;
}

/** Whether an exact decimal is more than another, by digits alone. */
export function isMoreThan(value: string, limit: string): boolean {
  const decimals = Math.max(decimalsOf(value), decimalsOf(limit));
  return digitsAt(value, decimals) > digitsAt(limit, decimals);
}

const decimalsOf = (value: string): number => value.split(".")[1]?.length ?? 0;
const digitsAt = (value: string, decimals: number): bigint =>
  BigInt(value.replace(".", "") + "0".repeat(decimals - decimalsOf(value)));
