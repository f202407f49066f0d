import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromLatin1, toLatin1 } from "../stream/bytes.ts";
import type { Probe } from "../stream/cut.ts";

/*
 * Toledo 8217, the scale under a checkout's scanner; 9600 baud, 7 data bits, even parity.
 *
 *   to the scale     one letter, nothing after it: W weight, Z zero, T tare, C clear, H high resolution
 *   from the scale   STX | weight, such as 01.235 | N if net | CR      or      STX | ? | status | CR
 */
export type Toledo8217Frame =
  | { readonly kind: "command"; readonly command: string }
  /** `field` as sent, with its leading zeroes; which unit is nowhere said. */
  | { readonly kind: "weight"; readonly field: string; readonly net: boolean }
  /** Why there is no weight. A status may look like a digit, so `?` decides. */
  | { readonly kind: "status"; readonly status: number };

const stx = 0x02;
const carriageReturn = 0x0d;
/** STX, seven characters of a high-resolution weight, N, CR. */
const frameBytesMax = 10;
const command = /^[WZTCH]$/;
const weight = /^(?<field>\d{1,4}\.\d{1,4}|\d{1,6})(?<net>N?)$/;
/** Bit 6 of a status is always set; bit 7 was the parity's and is gone. */
const isStatus = (byte: number): boolean => byte >= 0x40 && byte < 0x80;

function read(text: string): Toledo8217Frame | undefined {
  if (command.test(text)) return { kind: "command", command: text };
  if (!text.startsWith("\x02") || !text.endsWith("\r")) return undefined;
  const body = text.slice(1, -1);
  const status = body.charCodeAt(1);
  if (body.length === 2 && body.startsWith("?") && isStatus(status)) return { kind: "status", status };
  const groups = weight.exec(body)?.groups;
  return groups && { kind: "weight", field: groups["field"] ?? "", net: groups["net"] === "N" };
}

const noiseByte = { kind: "noise", length: 1 } as const;

const probe: Probe = (bytes) => {
  if (command.test(toLatin1(bytes.subarray(0, 1)))) return { kind: "frame", length: 1 };
  if (bytes[0] !== stx) return noiseByte;
  const window = bytes.subarray(0, frameBytesMax);
  const end = window.indexOf(carriageReturn);
  if (end < 0) return window.length < frameBytesMax ? "more" : noiseByte;
  const readable = read(toLatin1(window.subarray(0, end + 1))) !== undefined;
  return readable ? { kind: "frame", length: end + 1 } : noiseByte;
};

export const toledo8217: StreamCodec<Toledo8217Frame> = {
  name: "toledo-8217",
  frameBytesMax,
  probe,
  decode(bytes): Decoded<Toledo8217Frame> {
    if (bytes.length === 0) return refused("empty", "no bytes");
    const frame = read(toLatin1(bytes));
    if (frame !== undefined) return decoded(frame);
    if (bytes[0] !== stx) return refused("start", "neither STX nor a command");
    if (bytes.at(-1) !== carriageReturn) return refused("end", "no CR at the end");
    return refused("field", "neither a weight nor a status");
  },
  encode(frame): Uint8Array {
    if (frame.kind === "command") return fromLatin1(frame.command);
    if (frame.kind === "status") return Uint8Array.of(stx, "?".charCodeAt(0), frame.status, carriageReturn);
    return fromLatin1(`\x02${frame.field}${frame.net ? "N" : ""}\r`);
  },
};

/** The status bits under the names of the published vectors, lowest first. */
const statusBits = [
  "motion",
  "overCapacity",
  "underZero",
  "outsideZeroCapture",
  "centerOfZero",
  "net",
] as const;

export function toledo8217Status(status: number): Readonly<Record<string, boolean>> {
  return Object.fromEntries(statusBits.map((name, bit) => [name, (status & (1 << bit)) !== 0]));
}

/** The weight without the zeroes that fill its field. */
export const toledo8217Value = (field: string): string => field.replace(/^0+(?=\d)/, "");

export function describeToledo8217(frame: Toledo8217Frame): Record<string, unknown> {
  if (frame.kind === "command") return { command: frame.command };
  if (frame.kind === "status") {
    return { statusByte: frame.status.toString(16), ...toledo8217Status(frame.status) };
  }
  return { value: toledo8217Value(frame.field), stable: true, ...(frame.net ? { net: true } : {}) };
}
