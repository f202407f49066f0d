import type { Decoded } from "../codec.ts";
import { decoded, refused } from "../codec.ts";

/*
 * USB HID scale, usage page 8D, input report 3:
 *
 *   03 | status | unit | exponent (signed) | weight (2, low byte first)      weight x 10^exponent
 *
 * The first report after opening may be old: drivers drop it.
 */
export type HidScaleStatus = (typeof statuses)[number];
const statuses = [
  "fault",
  "stable-zero",
  "in-motion",
  "stable",
  "under-zero",
  "over-limit",
  "calibrate",
  "re-zero",
] as const;

/** By number, from 1; 0 is no unit. */
const units = ["mg", "g", "kg", "ct", "tael", "grain", "dwt", "t", "tn", "ozt", "oz", "lb"] as const;

export interface HidScaleReport {
  readonly status: HidScaleStatus;
  readonly unit: (typeof units)[number] | null;
  readonly exponent: number;
  /** 0 to 65535; negative in truth when the status is `under-zero`. */
  readonly magnitude: number;
}

export const hidScaleReportBytes = 6;
const reportId = 0x03;
/** No scale shows more digits; an exponent beyond is a broken report, not a weight of a hundred digits. */
const exponentMax = 9;

/** Output report 2: tare the scale. */
export const hidScaleTare = Uint8Array.of(0x02, 0x02);

export const hid8d = {
  name: "hid-8d",
  decode(bytes: Uint8Array): Decoded<HidScaleReport> {
    if (bytes.length === 0) return refused("empty", "no bytes");
    if (bytes[0] !== reportId) return refused("start", `report ${bytes[0]}, not report 3`);
    if (bytes.length !== hidScaleReportBytes) return refused("length", "a weight report has 6 bytes");
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const status = statuses[view.getUint8(1) - 1];
    const unitNumber = view.getUint8(2);
    const unit = unitNumber === 0 ? null : units[unitNumber - 1];
    const exponent = view.getInt8(3);
    if (status === undefined) return refused("field", `no status ${view.getUint8(1)}`);
    if (unit === undefined) return refused("field", `no unit ${unitNumber}`);
    if (Math.abs(exponent) > exponentMax) return refused("field", `an exponent of ${exponent}`);
    return decoded({ status, unit, exponent, magnitude: view.getUint16(4, true) });
  },
  encode({ status, unit, exponent, magnitude }: HidScaleReport): Uint8Array {
    const unitNumber = unit === null ? 0 : units.indexOf(unit) + 1;
    const weight = [magnitude & 0xff, magnitude >> 8];
    return Uint8Array.of(reportId, statuses.indexOf(status) + 1, unitNumber, exponent & 0xff, ...weight);
  },
} as const;

export const hidScaleStable = ({ status }: HidScaleReport): boolean =>
  status === "stable" || status === "stable-zero";

/** The exact decimal: digits are moved, never computed. */
export function hidScaleValue({ status, exponent, magnitude }: HidScaleReport): string {
  const sign = status === "under-zero" && magnitude > 0 ? "-" : "";
  if (exponent >= 0) return magnitude === 0 ? "0" : `${sign}${magnitude}${"0".repeat(exponent)}`;
  const digits = String(magnitude).padStart(1 - exponent, "0");
  return `${sign}${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
}

export function describeHid8d(report: HidScaleReport): Record<string, unknown> {
  const { status, unit, exponent } = report;
  return { status, value: hidScaleValue(report), unit, exponent, stable: hidScaleStable(report) };
}
