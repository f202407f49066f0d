import type { Decoded } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromLatin1, join, toLatin1 } from "../stream/bytes.ts";
import { aimLength, isAim, isCommandReplyAim, symbologyOf } from "./scanner/aim.ts";
import { readHidScannerRequest } from "./scanner/hid-requests.ts";
import type { CommandReply, Scan } from "./scanner/scan.ts";
import { readCommandReply, scanBytesMax, scanOf, scanText } from "./scanner/scan.ts";

/*
 * USB HID point-of-sale scanner, usage page 8C, input report 2:
 *
 *   02 | length | AIM id (3) | data (56, padded with zeroes) | symbology code | 0 | more
 *        counts the data alone                                                    1: goes on in the next report
 *
 * Zebra and Datalogic put one byte before the AIM id; Newland sends no AIM id at all.
 */
const reportId = 0x02;
export const hidReportBytes = 64;
const dataBytesMax = 56;
const moreIndex = 63;
const codeIndex = 61;
const carriageReturn = 0x0d;

export type HidScannerMessage =
  | (Scan & { readonly kind: "scan"; readonly suffix?: "CR"; readonly origin: ReportOrigin })
  /** The end of an answer to a command of ours. */
  | (CommandReply & { readonly kind: "command-reply"; readonly aim: string; readonly origin: ReportOrigin })
  /** What a scanner says of itself in answer to a command: looks like a scan, but is none. */
  | {
      readonly kind: "device-text";
      readonly aim: string;
      readonly text: string;
      readonly origin: ReportOrigin;
    };

/** Where a message came from. */
export interface ReportOrigin {
  readonly moreFlags: readonly number[];
  /** Index of the AIM id in the first report. */
  readonly aimOffset?: number;
}

interface Report {
  readonly aim?: string;
  readonly aimOffset?: number;
  readonly data: Uint8Array;
  readonly more: number;
  readonly symbologyCode: number;
}

/** Reports of a message whose last one has not come yet. */
export interface HidScannerState {
  readonly reports: readonly Report[];
}
export const hidScannerInitial: HidScannerState = { reports: [] };

export interface HidScannerStep {
  readonly state: HidScannerState;
  /** Messages that this report finished, and whatever had to be refused. */
  readonly outcomes: readonly Decoded<HidScannerMessage>[];
}

/** The AIM id starts at the third byte, with some makers at the fourth. */
const aimOffsets = [2, 3] as const;

function readReport(bytes: Uint8Array): Decoded<Report> {
  if (bytes.length !== hidReportBytes) {
    return refused("length", `a report has ${hidReportBytes} bytes, got ${bytes.length}`);
  }
  if (bytes[0] !== reportId) return refused("start", `report ${bytes[0]}, not report 2`);
  const length = bytes[1] ?? 0;
  if (length > dataBytesMax)
    return refused("length", `${length} bytes of data in a field of ${dataBytesMax}`);
  const aimOffset = aimOffsets.find((at) => isAim(toLatin1(bytes.subarray(at, at + aimLength))));
  const start = aimOffset === undefined ? 2 : aimOffset + aimLength;
  return decoded({
    ...(aimOffset === undefined
      ? {}
      : { aim: toLatin1(bytes.subarray(aimOffset, aimOffset + aimLength)), aimOffset }),
    data: bytes.subarray(start, start + length),
    more: bytes[moreIndex] ?? 0,
    symbologyCode: bytes[codeIndex] ?? 0,
  });
}

/** Honeywell's code for "no symbology": the AIM id `]X0` alone is also that of postal codes. */
const noSymbology = "?".charCodeAt(0);

/** Exactly one suffix is taken off: what else looks like an end may belong to the code. */
function readScan(
  aim: string | undefined,
  bytes: Uint8Array,
  origin: ReportOrigin,
): Decoded<HidScannerMessage> {
  const suffixed = bytes.at(-1) === carriageReturn;
  const scan = scanOf(aim, suffixed ? bytes.subarray(0, -1) : bytes);
  if (scan.bytes.length === 0) return refused("empty", "a report without a code");
  return decoded({ kind: "scan", ...scan, ...(suffixed ? { suffix: "CR" as const } : {}), origin });
}

/** The message of a whole run of reports. */
function readMessage(reports: readonly Report[]): Decoded<HidScannerMessage> {
  const [first] = reports;
  const bytes = join(...reports.map((report) => report.data));
  const { aim, aimOffset } = first ?? {};
  const origin: ReportOrigin = {
    moreFlags: reports.map((report) => report.more),
    ...(aimOffset === undefined ? {} : { aimOffset }),
  };
  if (aim !== undefined && isCommandReplyAim(aim)) {
    const reply = readCommandReply(toLatin1(bytes));
    return reply === undefined
      ? refused("field", "a command reply without its status")
      : decoded({ kind: "command-reply", aim, ...reply, origin });
  }
  if (aim === "]X0" && first?.symbologyCode === noSymbology) {
    return decoded({ kind: "device-text", aim, text: scanText(bytes), origin });
  }
  return readScan(aim, bytes, origin);
}

const reportsMax = Math.ceil(scanBytesMax / dataBytesMax);

/** Takes one report in, as it comes from the device, and joins it with those before. */
export function hidScannerStep(state: HidScannerState, bytes: Uint8Array): HidScannerStep {
  const report = readReport(bytes);
  if (!report.ok) return { state, outcomes: [report] };
  const outcomes: Decoded<HidScannerMessage>[] = [];
  let before = state.reports;
  if (before.length > 0 && before[0]?.aim !== report.value.aim) {
    outcomes.push(refused("end", `the last report of a message in ${before.length} reports is missing`));
    before = [];
  }
  const reports = [...before, report.value];
  if (report.value.more === 0)
    return { state: hidScannerInitial, outcomes: [...outcomes, readMessage(reports)] };
  if (reports.length < reportsMax) return { state: { reports }, outcomes };
  return {
    state: hidScannerInitial,
    outcomes: [...outcomes, refused("length", `a message of more than ${scanBytesMax} bytes`)],
  };
}

/** The reports that carry `bytes`: what a scanner (Honeywell's layout) sends, for simulators. */
export function encodeHidReports(aim: string, bytes: Uint8Array, symbologyCode = 0): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / dataBytesMax));
  return Array.from({ length: count }, (_, index) => {
    const data = bytes.subarray(index * dataBytesMax, (index + 1) * dataBytesMax);
    const report = new Uint8Array(hidReportBytes);
    report.set([reportId, data.length]);
    report.set(fromLatin1(aim), 2);
    report.set(data, 2 + aimLength);
    report[codeIndex] = symbologyCode;
    report[moreIndex] = index < count - 1 ? 1 : 0;
    return report;
  });
}

/** The message under the names of the published vectors. */
export function describeHidScanner(message: HidScannerMessage): Record<string, unknown> {
  const { aim, origin } = message;
  return {
    ...(aim === undefined ? {} : { aim }),
    ...origin,
    reports: origin.moreFlags.length,
    ...describeContent(message),
  };
}

const statusBytes = { ACK: "06", NAK: "15", ENQ: "05" } as const;

function describeContent(message: HidScannerMessage): Record<string, unknown> {
  switch (message.kind) {
    case "device-text":
      return { text: message.text };
    case "command-reply": {
      const { command, status, terminator } = message;
      return { command, status, statusByte: statusBytes[status], terminator };
    }
    case "scan": {
      const symbology = symbologyOf(message.aim ?? "");
      return {
        ...(symbology === undefined ? {} : { symbology }),
        data: message.text,
        length: message.bytes.length,
        ...(message.suffix === undefined ? {} : { suffix: message.suffix }),
      };
    }
  }
}

/** Several reports one after the other, as on a line of `storewire decode`: they must make up one message. */
export function decodeHidScannerLine(bytes: Uint8Array): Decoded<Record<string, unknown>> {
  if (bytes.length === 0) return refused("empty", "no bytes");
  if (bytes[0] !== reportId) return readHidScannerRequest(bytes);
  let state = hidScannerInitial;
  const outcomes: Decoded<HidScannerMessage>[] = [];
  for (let start = 0; start < bytes.length; start += hidReportBytes) {
    const step = hidScannerStep(state, bytes.subarray(start, start + hidReportBytes));
    state = step.state;
    outcomes.push(...step.outcomes);
  }
  const [only] = outcomes;
  if (only === undefined) return refused("end", "the last report says that more follow");
  if (outcomes.length > 1 || state.reports.length > 0) {
    return only.ok ? refused("field", "more than one message; give each its own line") : only;
  }
  return only.ok ? decoded(describeHidScanner(only.value)) : only;
}
