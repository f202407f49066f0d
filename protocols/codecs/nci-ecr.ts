import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromLatin1, toLatin1 } from "../stream/bytes.ts";
import { decimalPattern, fieldDecimal } from "./scale/decimal.ts";
import type { Fields } from "./scale/fields.ts";
import { fieldsOf } from "./scale/fields.ts";
import { readableProbe } from "./scale/readable-probe.ts";
import { isSet } from "./scale/status-bits.ts";
import type { ScaleWeight } from "./scale/weight.ts";

/*
 * NCI and Weigh-Tronix, ECR protocol (SCP-01); 9600 baud, 7 data bits, even parity.
 *
 *   to the scale     letter | CR      W weight, H weight in high resolution, Z zero, S status
 *   from the scale   LF | weight, such as 0001.50 | unit (2) | CR | LF | status (2 or more) | CR | ETX
 *                    LF | status (2 or more) | CR | ETX          answer to Z and S
 *                    LF | ? | CR | ETX                           command not known
 */
export type NciEcrFrame =
  | { readonly kind: "command"; readonly command: string }
  | { readonly kind: "unknown-command" }
  | { readonly kind: "status"; readonly status: string }
  /** `field` as sent: a weight with its leading zeroes, or `^`, `_` or `-` all over where there is none. */
  | { readonly kind: "weight"; readonly field: string; readonly unit: string; readonly status: string };

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const etx = 0x03;
/** A field of twenty characters, far wider than any display, and four status bytes. */
const frameBytesMax = 32;
const command = /^[WHZS]\r$/;

/** Status bytes have bits 4 and 5 set; bit 6 says, from the second on, that another one follows. */
const statusPattern = String.raw`(?<status>[0-?][p-\x7f]{0,2}[0-?])`;
const fieldPattern = String.raw`(?<field>${decimalPattern}|\^{6,9}|_{6,9}|-{6,9})`;

/** All answers, without the LF before and the CR ETX behind them. */
const answers: readonly { readonly pattern: RegExp; readonly read: (fields: Fields) => NciEcrFrame }[] = [
  { pattern: /^\?$/, read: () => ({ kind: "unknown-command" }) },
  {
    pattern: new RegExp(`^${statusPattern}$`),
    read: (fields) => ({ kind: "status", status: fields("status") }),
  },
  {
    pattern: new RegExp(`^${fieldPattern}(?<unit>[A-Za-z ]{2})\\r\\n${statusPattern}$`),
    read: (fields) => ({
      kind: "weight",
      field: fields("field"),
      unit: fields("unit"),
      status: fields("status"),
    }),
  },
];

function read(text: string): NciEcrFrame | undefined {
  if (command.test(text)) return { kind: "command", command: text.charAt(0) };
  if (!text.startsWith("\n") || !text.endsWith("\r\x03") || text.length > frameBytesMax) return undefined;
  for (const answer of answers) {
    const fields = fieldsOf(answer.pattern, text.slice(1, -2));
    if (fields !== undefined) return answer.read(fields);
  }
  return undefined;
}

const commandLetters: ReadonlySet<number> = new Set(fromLatin1("WHZS"));

function lengthOf(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== lineFeed) return 2;
  const end = bytes.indexOf(etx);
  return end < 0 ? undefined : end + 1;
}

export const nciEcr: StreamCodec<NciEcrFrame> = {
  name: "nci-ecr",
  frameBytesMax,
  probe: readableProbe({
    frameBytesMax,
    mayStart: (byte) => byte === lineFeed || commandLetters.has(byte),
    lengthOf,
    reads: (bytes) => read(toLatin1(bytes)) !== undefined,
  }),
  decode(bytes): Decoded<NciEcrFrame> {
    const [first] = bytes;
    if (first === undefined) return refused("empty", "no bytes");
    const frame = read(toLatin1(bytes));
    if (frame !== undefined) return decoded(frame);
    if (first !== lineFeed && !commandLetters.has(first)) return refused("start", "neither LF nor a command");
    const end = first === lineFeed ? etx : carriageReturn;
    if (bytes.at(-1) !== end) return refused("end", "no ETX behind an answer, no CR behind a command");
    return refused("field", "neither a weight nor a status");
  },
  encode(frame): Uint8Array {
    if (frame.kind === "command") return fromLatin1(`${frame.command}\r`);
    if (frame.kind === "unknown-command") return fromLatin1("\n?\r\x03");
    const before = frame.kind === "weight" ? `\n${frame.field}${frame.unit}\r` : "";
    return fromLatin1(`${before}\n${frame.status}\r\x03`);
  },
};

export type NciEcrObstacle = (typeof obstacles)[number]["name"];
/** Why there is no weight: by the status byte (from 0) and its bit, worst first. */
const obstacles = [
  { name: "ram", byte: 0, bit: 2 },
  { name: "eeprom", byte: 0, bit: 3 },
  { name: "rom", byte: 1, bit: 2 },
  { name: "calibration", byte: 1, bit: 3 },
  { name: "zero", byte: 2, bit: 3 },
  { name: "overload", byte: 1, bit: 1 },
  { name: "underload", byte: 1, bit: 0 },
] as const;
/** What a field is filled with that holds no weight. */
const fills: Readonly<Record<string, NciEcrObstacle>> = { "^": "overload", _: "underload", "-": "zero" };

const statusBit = (text: string, byte: number, bit: number): boolean => isSet(text.charCodeAt(byte), bit);
const inMotion = (text: string): boolean => statusBit(text, 0, 0);
const atZero = (text: string): boolean => statusBit(text, 0, 1);

export function nciEcrObstacle(
  frame: Extract<NciEcrFrame, { kind: "weight" | "status" }>,
): NciEcrObstacle | undefined {
  const flagged = obstacles.find(({ byte, bit }) => statusBit(frame.status, byte, bit));
  if (flagged !== undefined || frame.kind === "status") return flagged?.name;
  return /\d/.test(frame.field) ? undefined : fills[frame.field.charAt(0)];
}

export function nciEcrWeight(frame: NciEcrFrame): ScaleWeight | undefined {
  if (frame.kind !== "weight" || nciEcrObstacle(frame) !== undefined) return undefined;
  const weighed = {
    value: fieldDecimal(frame.field),
    unit: frame.unit.trim(),
    stable: !inMotion(frame.status),
  };
  if (frame.status.length < 3) return weighed;
  return { ...weighed, mode: statusBit(frame.status, 2, 2) ? "net" : "gross" };
}

export function describeNciEcr(frame: NciEcrFrame): Record<string, unknown> {
  if (frame.kind === "command") return { command: frame.command };
  if (frame.kind === "unknown-command") return {};
  const obstacle = nciEcrObstacle(frame);
  if (obstacle === "overload" || obstacle === "underload") return { [obstacle]: true };
  if (obstacle !== undefined) return { error: obstacle };
  const { mode, ...weighed } = nciEcrWeight(frame) ?? { stable: !inMotion(frame.status) };
  return {
    ...weighed,
    ...(atZero(frame.status) ? { atZero: true } : {}),
    ...(mode === "net" ? { net: true } : {}),
  };
}
