import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { equalBytes } from "../stream/bytes.ts";
import type { ScaleWeight } from "./scale/weight.ts";

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

/** What goes up, and the one thing that goes down. */
export type HidScaleFrame = HidScaleReport | { readonly status: "tare-command" };

/** As long as a report of a full-speed device can be. */
const reportBytesMax = 64;

/** Each chunk is one report: nothing is cut, and nothing is waited for. */
export const hid8d: StreamCodec<HidScaleFrame> = {
  name: "hid-8d",
  frameBytesMax: reportBytesMax,
  probe: (bytes) => ({ kind: hid8d.decode(bytes).ok ? "frame" : "noise", length: bytes.length }),
  decode(bytes): Decoded<HidScaleFrame> {
    if (bytes.length === 0) return refused("empty", "no bytes");
    if (equalBytes(bytes, hidScaleTare)) return decoded({ status: "tare-command" });
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
  encode(frame): Uint8Array {
    if (frame.status === "tare-command") return hidScaleTare.slice();
    const { status, unit, exponent, magnitude } = frame;
    const unitNumber = unit === null ? 0 : units.indexOf(unit) + 1;
    const weight = [magnitude & 0xff, magnitude >> 8];
    return Uint8Array.of(reportId, statuses.indexOf(status) + 1, unitNumber, exponent & 0xff, ...weight);
  },
};

export const hidScaleStable = ({ status }: HidScaleReport): boolean =>
  status === "stable" || status === "stable-zero";

/** The exact decimal: digits are moved, never computed. */
export function hidScaleValue({ status, exponent, magnitude }: HidScaleReport): string {
  const sign = status === "under-zero" && magnitude > 0 ? "-" : "";
  if (exponent >= 0) return magnitude === 0 ? "0" : `${sign}${magnitude}${"0".repeat(exponent)}`;
  const digits = String(magnitude).padStart(1 - exponent, "0");
  return `${sign}${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
}

/** Undefined when no weight is shown. Whether a load under zero is at rest, its status cannot say. */
export function hidScaleWeight(report: HidScaleReport): ScaleWeight | undefined {
  if (!weighing.includes(report.status)) return undefined;
  const stable = report.status === "under-zero" ? null : hidScaleStable(report);
  return { value: hidScaleValue(report), unit: report.unit, stable };
}

const weighing: readonly HidScaleStatus[] = ["stable-zero", "in-motion", "stable", "under-zero"];

export function describeHid8d(report: HidScaleFrame): Record<string, unknown> {
  if (report.status === "tare-command") return { command: "tare" };
  const { status, unit, exponent } = report;
  return { status, value: hidScaleValue(report), unit, exponent, stable: hidScaleStable(report) };
}
