import { shiftedDecimal, signedDecimal } from "./decimal.ts";

/* What the modes of a Yaohua indicator have in common: a number of eight characters and a check of two. */

/** Sign, six digits, number of decimals. */
export interface YaohuaNumber {
  readonly negative: boolean;
  readonly digits: string;
  readonly decimals: number;
}

const number = /^(?<sign>[+-])(?<digits>\d{6})(?<decimals>[0-4])$/;

export function readYaohuaNumber(text: string): YaohuaNumber | undefined {
  const groups = number.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { sign, digits = "", decimals } = groups;
  return { negative: sign === "-", digits, decimals: Number(decimals) };
}

export const writeYaohuaNumber = ({ negative, digits, decimals }: YaohuaNumber): string =>
  `${negative ? "-" : "+"}${digits}${decimals}`;

/** Some indicators send a place of the point that is not the one they show: then `decimals` is configured. */
export const yaohuaValue = (
  { negative, digits, decimals: sent }: YaohuaNumber,
  decimals: number = sent,
): string => signedDecimal(negative, shiftedDecimal(digits, decimals));

const hexDigits = "0123456789ABCDEF";

/** XOR of the characters as two digits of hex. It does not see digits that changed places: 1560 and 1650 agree. */
export function yaohuaCheck(text: string): string {
  let xor = 0;
  for (let index = 0; index < text.length; index += 1) xor ^= text.charCodeAt(index);
  return `${hexDigits.charAt(xor >> 4)}${hexDigits.charAt(xor & 0x0f)}`;
}
