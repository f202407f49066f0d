/**
 * The GS1 check digit (General Specifications section 7.9.1): from the right, digits weigh 3, 1, 3, ...
 * `digits` stand without it.
 */
export function checkDigit(digits: string): string {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const weight = (digits.length - index) % 2 === 1 ? 3 : 1;
    sum += weight * (digits.charCodeAt(index) - 48);
  }
  return String((10 - (sum % 10)) % 10);
}

export const withCheckDigit = (digits: string): string => digits + checkDigit(digits);

/** Whether the last of `digits` is the check digit of those before it. */
export const hasValidCheckDigit = (digits: string): boolean =>
  /^\d{2,}$/.test(digits) && checkDigit(digits.slice(0, -1)) === digits.slice(-1);

/** GTIN-8, -12 and -13 are a GTIN-14 with leading zeros. */
export const gtin14 = (gtin: string): string => gtin.padStart(14, "0");
