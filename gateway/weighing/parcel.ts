import type { WeighingConfiguration } from "../../protocols/config/weighing.ts";
import { difference, isWithin } from "../../protocols/gs1/measure.ts";

/** A parcel whose code was scanned at a terminal. */
export interface Parcel {
  readonly sscc: string;
  /** Kilograms by AI 330n of its own label. */
  readonly onLabel?: string;
}

/** A parcel, and what HQ has announced of it in kilograms. */
interface KnownParcel extends Parcel {
  readonly byHeadquarters?: string;
}

export interface ParcelFinding {
  readonly announced?: string;
  readonly announcedBy?: "label" | "hq" | "configuration";
  /** Weighed less announced, in kilograms. */
  readonly difference?: string;
  readonly outcome: "right" | "different" | "unannounced" | "not-comparable";
}

/** What the scale says against what was announced; a unit that is none of the metric ones cannot be compared. */
export function compareParcel(
  parcel: KnownParcel,
  kilograms: string | undefined,
  rules: WeighingConfiguration,
): ParcelFinding {
  const known = announcementOf(parcel, rules);
  if (known === undefined) return { outcome: "unannounced" };
  if (kilograms === undefined) return { ...known, outcome: "not-comparable" };
  const { announced } = known;
  const off = difference(kilograms, announced);
  const tolerance = { grams: rules.toleranceGrams, percent: rules.tolerancePercent };
  const outcome = isWithin(off, announced, tolerance) ? "right" : "different";
  return { ...known, difference: off, outcome };
}

/** The label goes with the parcel, HQ knows of this one, and the configuration is the oldest word of the three. */
function announcementOf({ sscc, onLabel, byHeadquarters }: KnownParcel, { parcels }: WeighingConfiguration) {
  if (onLabel !== undefined) return { announced: onLabel, announcedBy: "label" } as const;
  if (byHeadquarters !== undefined) return { announced: byHeadquarters, announcedBy: "hq" } as const;
  const configured = parcels.find((each) => each.sscc === sscc);
  return configured && ({ announced: configured.kilograms, announcedBy: "configuration" } as const);
}
