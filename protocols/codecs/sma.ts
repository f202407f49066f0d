import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromLatin1, toLatin1 } from "../stream/bytes.ts";
import { decimalPattern, fieldDecimal } from "./scale/decimal.ts";
import { fieldsOf } from "./scale/fields.ts";
import { lengthUntil, readableProbe } from "./scale/readable-probe.ts";
import type { ScaleWeight } from "./scale/weight.ts";

/*
 * Scale Manufacturers Association, SCP-0499.
 *
 *   to the scale     LF | letter | CR                 W weight, Z zero, T tare, ...
 *   from the scale   LF | status | range | mode | motion | later use | weight (10) | unit (3) | CR
 *                    LF | ? | CR   command not known        LF | ! | CR   garbled on the way
 */
export type SmaFrame =
  | { readonly kind: "command"; readonly command: string }
  | { readonly kind: "unknown-command" | "garbled" }
  | {
      readonly kind: "weight";
      /** A key of `statuses`. */
      readonly status: string;
      /** A space stands between status and range, at the cost of the weight's width. */
      readonly shifted?: true;
      readonly range: string;
      /** G gross, N net, T tare; small letters in high resolution. */
      readonly mode: string;
      readonly motion: boolean;
      /** The character that the standard keeps for later use. */
      readonly reserved: string;
      /** As sent, with its fill; dashes or blanks where there is no weight. */
      readonly field: string;
      readonly unit: string;
    };

/** What each status adds to the description; with `weight: false` the field holds none. */
const statuses: Readonly<
  Record<string, { readonly weight: boolean; readonly says: Record<string, unknown> }>
> = {
  " ": { weight: true, says: {} },
  Z: { weight: true, says: { atZero: true } },
  O: { weight: false, says: { overload: true } },
  U: { weight: false, says: { underload: true } },
  E: { weight: false, says: { error: "zero" } },
  I: { weight: false, says: { error: "zero" } },
  T: { weight: false, says: { error: "tare" } },
};

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** LF, five flags, ten characters of weight, three of unit, CR; and one for a shifted range. */
const frameBytesMax = 21;

const command = /^[A-Z]$/;
const body = new RegExp(
  `^(?<status>[ ZOUEIT])(?<shift> ?)(?<range>[ 1-9])(?<mode>[GNTgnt])(?<motion>[ M])(?<reserved>[ -~])` +
    `(?<field>${decimalPattern}|[-^_. ]{6,10})(?<unit>[A-Za-z%][A-Za-z ]{2})$`,
);

type Weight = Extract<SmaFrame, { kind: "weight" }>;

function readWeight(text: string): Weight | undefined {
  const fields = fieldsOf(body, text);
  if (fields === undefined) return undefined;
  const status = fields("status");
  const field = fields("field");
  if (statuses[status]?.weight && !/\d/.test(field)) return undefined;
  return {
    kind: "weight",
    status,
    ...(fields("shift") === "" ? {} : { shifted: true }),
    range: fields("range"),
    mode: fields("mode"),
    motion: fields("motion") === "M",
    reserved: fields("reserved"),
    field,
    unit: fields("unit"),
  };
}

function read(bytes: Uint8Array): SmaFrame | undefined {
  if (bytes[0] !== lineFeed || bytes.at(-1) !== carriageReturn || bytes.length > frameBytesMax)
    return undefined;
  const text = toLatin1(bytes.subarray(1, -1));
  if (command.test(text)) return { kind: "command", command: text };
  if (text === "?") return { kind: "unknown-command" };
  if (text === "!") return { kind: "garbled" };
  return readWeight(text);
}

export const sma: StreamCodec<SmaFrame> = {
  name: "sma",
  frameBytesMax,
  probe: readableProbe({
    frameBytesMax,
    mayStart: (byte) => byte === lineFeed,
    lengthOf: lengthUntil(carriageReturn),
    reads: (bytes) => read(bytes) !== undefined,
  }),
  decode(bytes): Decoded<SmaFrame> {
    if (bytes.length === 0) return refused("empty", "no bytes");
    const frame = read(bytes);
    if (frame !== undefined) return decoded(frame);
    if (bytes[0] !== lineFeed) return refused("start", "no LF at the start");
    if (bytes.at(-1) !== carriageReturn) return refused("end", "no CR at the end");
    return refused("field", "neither a weight nor a command");
  },
  encode: (frame) => fromLatin1(`\n${frame.kind === "weight" ? writeWeight(frame) : writeLetter(frame)}\r`),
};

const writeWeight = ({ status, shifted, range, mode, motion, reserved, field, unit }: Weight): string =>
  `${status}${shifted ? " " : ""}${range}${mode}${motion ? "M" : " "}${reserved}${field}${unit}`;

function writeLetter(frame: Exclude<SmaFrame, Weight>): string {
  if (frame.kind === "command") return frame.command;
  return frame.kind === "garbled" ? "!" : "?";
}

const obstacles: Readonly<Record<string, "overload" | "underload" | "no-zero" | "error">> = {
  O: "overload",
  U: "underload",
  E: "no-zero",
  I: "no-zero",
  T: "error",
};

/** Why a frame holds no weight. */
export const smaObstacle = (frame: SmaFrame): (typeof obstacles)[string] | undefined =>
  frame.kind === "weight" ? obstacles[frame.status] : undefined;

/** Undefined for what is no weight, a tare included. */
export function smaWeight(frame: SmaFrame): ScaleWeight | undefined {
  if (frame.kind !== "weight" || !statuses[frame.status]?.weight) return undefined;
  const { mode, motion, field, unit } = frame;
  if (mode.toUpperCase() === "T") return undefined;
  const weighed = { value: fieldDecimal(field), unit: unit.trim(), stable: !motion };
  return { ...weighed, mode: mode.toUpperCase() === "G" ? "gross" : "net" };
}

export function describeSma(frame: SmaFrame): Record<string, unknown> {
  if (frame.kind === "command") return { command: frame.command };
  if (frame.kind !== "weight") return {};
  const { weight, says } = statuses[frame.status] ?? { weight: false, says: {} };
  if (!weight) return says;
  const weighed = smaWeight(frame);
  if (weighed === undefined) return { tare: fieldDecimal(frame.field), unit: frame.unit.trim(), ...says };
  const { mode, ...described } = weighed;
  return { ...described, gross: mode === "gross", ...says };
}
