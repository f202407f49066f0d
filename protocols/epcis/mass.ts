import type { EpcisSensorReport } from "./event.ts";

/** Units as scales write them, and their codes in UN/ECE Recommendation 20. */
const unitCodes: Readonly<Record<string, string>> = {
  kg: "KGM",
  g: "GRM",
  mg: "MGM",
  t: "TNE",
  lb: "LBR",
  oz: "ONZ",
  ozt: "APZ",
  ct: "CTM",
};

/** A weight as the scale sent it: an exact decimal and the scale's own word for the unit. */
export interface Weight {
  readonly value: string;
  readonly unit: string;
}

/**
 * The weight as a sensor report. What a JSON number cannot hold exactly, or a unit that has no code,
 * goes out as text instead of slightly wrong.
 */
export function massReport({ value, unit }: Weight): EpcisSensorReport {
  const uom = unitCodes[unit.toLowerCase()];
  if (uom === undefined) return { type: "Mass", stringValue: `${value} ${unit}` };
  const number = Number(value) || 0; // A scale's "-0.0" is 0.
  return String(number) === withoutIdleZeros(value)
    ? { type: "Mass", value: number, uom }
    : { type: "Mass", stringValue: value, uom };
}

/** "-01.250" to "-1.25"; "-0.0" to "0", as JavaScript prints it. */
function withoutIdleZeros(decimal: string): string {
  const [, sign = "", whole = "", fraction = ""] = /^(-?)0*(\d+?)(?:\.(\d*?)0*)?$/.exec(decimal) ?? [];
  const plain = fraction === "" ? whole : `${whole}.${fraction}`;
  return plain === "0" ? plain : sign + plain;
}
