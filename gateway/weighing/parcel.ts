import type { WeighingConfiguration } from "../../protocols/config/weighing.ts";
import { difference, isWithin } from "../../protocols/gs1/measure.ts";

/** A parcel whose code was scanned at a terminal. */
export interface Parcel {
  readonly sscc: string;
  /** Kilograms by AI 330n of its own label. */
  readonly onLabel?: string;
}

export interface ParcelFinding {
  readonly announced?: string;
  readonly announcedBy?: "label" | "configuration";
  /** Weighed less announced, in kilograms. */
  readonly difference?: string;
  readonly outcome: "right" | "different" | "unannounced" | "not-comparable";
}

/** What the scale says against what was announced; a unit that is none of the metric ones cannot be compared. */
export function compareParcel(
  { sscc, onLabel }: Parcel,
  kilograms: string | undefined,
  rules: WeighingConfiguration,
): ParcelFinding {
  const announced = onLabel ?? rules.parcels.find((each) => each.sscc === sscc)?.kilograms;
  if (announced === undefined) return { outcome: "unannounced" };
  const known = { announced, announcedBy: onLabel === undefined ? "configuration" : "label" } as const;
  if (kilograms === undefined) return { ...known, outcome: "not-comparable" };
  const off = difference(kilograms, announced);
  const tolerance = { grams: rules.toleranceGrams, percent: rules.tolerancePercent };
  const outcome = isWithin(off, announced, tolerance) ? "right" : "different";
  return { ...known, difference: off, outcome };
}
