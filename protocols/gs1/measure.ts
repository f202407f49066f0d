import type { ElementString } from "./digital-link-uri.ts";

/** How far the point moves from a scale's unit to kilograms. */
const kilogramShifts: Readonly<Record<string, number>> = { kg: 0, g: -3, mg: -6, t: 3 };

const decimal = /^(-?)(\d+)(?:\.(\d+))?$/;

/** An empty scale, or one that something was lifted off, weighs nothing. */
export const isLoad = (value: string): boolean => !value.startsWith("-") && /[1-9]/.test(value);

/** An exact decimal in units of 10^-9: what a scale sends fits, and differences stay exact. */
const scaleDigits = 9;

/** What events and readings take for a weight (`decimalSchema`). */
const sayable = /^-?\d{1,12}(?:\.\d{1,9})?$/;

/**
 * `1250`, `g` as `1.25`: exact, without idle zeros; undefined for a unit that is none of the metric ones, and for
 * fractions of a milligram that kilograms of nine decimals cannot say.
 */
export function kilograms({
  value,
  unit,
}: {
  readonly value: string;
  readonly unit: string;
}): string | undefined {
  const shift = kilogramShifts[unit.toLowerCase()];
  const parts = decimal.exec(value);
  if (shift === undefined || parts === null) return undefined;
  const [, sign = "", whole = "", fraction = ""] = parts;
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = digits.padStart(digits.length + Math.max(0, 1 - point), "0").padEnd(Math.max(point, 0), "0");
  const at = Math.max(point, 1);
  const exact = tidied(sign, padded.slice(0, at), padded.slice(at));
  return sayable.test(exact) ? exact : undefined;
}

function tidied(sign: string, whole: string, fraction: string): string {
  const left = whole.replace(/^0+(?=\d)/, "");
  const right = fraction.replace(/0+$/, "");
  const text = right === "" ? left : `${left}.${right}`;
  return text === "0" ? text : sign + text;
}

const scaled = (text: string): bigint => {
  const [, sign = "", whole = "0", fraction = ""] = decimal.exec(text) ?? [];
  const size = BigInt(whole + fraction.padEnd(scaleDigits, "0").slice(0, scaleDigits));
  return sign === "-" ? -size : size;
};

function unscaled(size: bigint): string {
  const digits = (size < 0n ? -size : size).toString().padStart(scaleDigits + 1, "0");
  return tidied(size < 0n ? "-" : "", digits.slice(0, -scaleDigits), digits.slice(-scaleDigits));
}

/** `left - right` of two decimals, exact. */
export const difference = (left: string, right: string): string => unscaled(scaled(left) - scaled(right));

/** Whether a difference is at most so many grams, or so many hundredths of the whole where that is more. */
export function isWithin(
  off: string,
  whole: string,
  { grams, percent }: { readonly grams: string; readonly percent: string },
): boolean {
  const size = scaled(off) < 0n ? -scaled(off) : scaled(off);
  const byGrams = scaled(grams) / 1000n;
  const byShare = (scaled(whole) * scaled(percent)) / (100n * 10n ** BigInt(scaleDigits));
  return size <= (byGrams > byShare ? byGrams : byShare);
}

/** Net weight in kilograms of a trade item (310n) or gross of a parcel (330n): six digits, n of them behind the point. */
const weightDigits = 6;
const decimalsMost = 5;

/** `1.25` as AI 3102, `000125`; undefined where six digits cannot say it exactly. */
export function netWeightElement(weight: string): ElementString | undefined {
  const [, sign = "", whole = "", fraction = ""] = decimal.exec(weight) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  if (sign !== "" || whole === "" || fraction.length > decimalsMost || digits.length > weightDigits)
    return undefined;
  return [`310${fraction.length}`, digits.padStart(weightDigits, "0")];
}

/** The gross weight in kilograms that a parcel's label announces. */
export function announcedWeight(elements: readonly ElementString[]): string | undefined {
  const [ai = "", value = ""] = elements.find(([each]) => /^330[0-5]$/.test(each)) ?? [];
  const decimals = Number(ai.at(-1));
  if (!/^\d{6}$/.test(value)) return undefined;
  return tidied("", value.slice(0, weightDigits - decimals), value.slice(weightDigits - decimals));
}
