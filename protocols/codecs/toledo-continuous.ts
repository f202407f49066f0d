import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromLatin1, join, toLatin1 } from "../stream/bytes.ts";
import type { Probe } from "../stream/cut.ts";
import { shiftedDecimal, signedDecimal } from "./scale/decimal.ts";
import { isSet } from "./scale/status-bits.ts";
import type { ScaleWeight } from "./scale/weight.ts";

/*
 * Toledo continuous output, 7 to 20 weights a second.
 *
 *   STX | status A | status B | status C | weight (6) | tare (6) | CR | check
 *
 * Status bytes have bit 5 set and so are never STX. The check, minus the sum of all bytes before it in
 * seven bits, is switched on at the scale, and may then be any byte, STX included.
 */
export interface ToledoContinuousFrame {
  /** Where the point is (bits 0 to 2), increment (bits 3 and 4). */
  readonly statusA: number;
  /** The bits of `bitsB`. */
  readonly statusB: number;
  /** Unit (bits 0 to 2), the bits of `bitsC`. */
  readonly statusC: number;
  /** Six characters as sent, blank where zeroes lead. */
  readonly weight: string;
  readonly tare: string;
  readonly checked: boolean;
}

const bitsB = { net: 0, negative: 1, outOfRange: 2, motion: 3, kilograms: 4, zeroNotCaptured: 6 } as const;
const bitsC = { printRequest: 3, expanded: 4 } as const;
const lowBits = 0b111;
/** By bits 0 to 2 of status C; 0 leaves it to status B, 7 is a unit of the customer's own. */
const units = [undefined, "g", "t", "oz", "ozt", "dwt", "tn", null] as const;
/** Bits 0 to 2 of status A are this number more than the count of decimals: 0 is a dummy zero twice. */
const decimalsOffset = 2;

const stx = 0x02;
const carriageReturn = 0x0d;
const uncheckedBytes = 17;
const checkedBytes = 18;
const field = /^ *\d+$/;

const checkOf = (bytes: Uint8Array): number => -bytes.reduce((sum, byte) => sum + byte, 0) & 0x7f;
const isStatus = (byte: number | undefined): byte is number => byte !== undefined && (byte & 0xa0) === 0x20;
/** Status A has bit 6 clear besides. */
const isStatusA = (byte: number | undefined): byte is number => isStatus(byte) && !isSet(byte, 6);

function read(bytes: Uint8Array): ToledoContinuousFrame | undefined {
  const [, statusA, statusB, statusC] = bytes;
  if (!isStatusA(statusA) || !isStatus(statusB) || !isStatus(statusC)) return undefined;
  const text = toLatin1(bytes);
  const weight = text.slice(4, 10);
  const tare = text.slice(10, 16);
  if (!field.test(weight) || !field.test(tare)) return undefined;
  return { statusA, statusB, statusC, weight, tare, checked: bytes.length === checkedBytes };
}

const noiseByte = { kind: "noise", length: 1 } as const;

/** One byte more than a frame is looked at: what follows tells whether it ends with a check. */
const probe: Probe = (bytes, idle = false) => {
  if (bytes[0] !== stx) return noiseByte;
  if (bytes.length < uncheckedBytes) return "more";
  if (bytes[uncheckedBytes - 1] !== carriageReturn || read(bytes.subarray(0, uncheckedBytes)) === undefined) {
    return noiseByte;
  }
  const length = lengthOf(bytes.subarray(0, checkedBytes + 1), idle);
  return typeof length === "number" ? { kind: "frame", length } : (length ?? noiseByte);
};

function lengthOf(bytes: Uint8Array, idle: boolean): number | "more" | undefined {
  const [check, next] = bytes.subarray(uncheckedBytes);
  if (check === undefined) return idle ? uncheckedBytes : "more";
  if (check !== checkOf(bytes.subarray(0, uncheckedBytes))) return check === stx ? uncheckedBytes : undefined;
  if (check !== stx || idle) return checkedBytes;
  // The check is STX, or there is none and this STX begins the next frame: then a status follows.
  if (next === undefined) return "more";
  return isStatusA(next) ? uncheckedBytes : checkedBytes;
}

/** Takes frames with and without check, each as it comes. */
export const toledoContinuous: StreamCodec<ToledoContinuousFrame> = {
  name: "toledo-continuous",
  frameBytesMax: checkedBytes + 1,
  probe,
  decode(bytes): Decoded<ToledoContinuousFrame> {
    if (bytes.length === 0) return refused("empty", "no bytes");
    if (bytes[0] !== stx) return refused("start", "no STX at the start");
    if (bytes.length !== uncheckedBytes && bytes.length !== checkedBytes) {
      return refused("length", `a weight has ${uncheckedBytes} bytes, or ${checkedBytes} with a check`);
    }
    if (bytes[uncheckedBytes - 1] !== carriageReturn) return refused("end", "no CR behind the tare");
    const check = bytes[uncheckedBytes];
    if (check !== undefined && check !== checkOf(bytes.subarray(0, uncheckedBytes))) {
      return refused("checksum", "the sum is another");
    }
    const frame = read(bytes);
    return frame === undefined ? refused("field", "no status, weight or tare") : decoded(frame);
  },
  encode({ statusA, statusB, statusC, weight, tare, checked }): Uint8Array {
    const bytes = join(Uint8Array.of(stx, statusA, statusB, statusC), fromLatin1(`${weight}${tare}\r`));
    if (bytes.length !== uncheckedBytes) throw new Error("weight and tare have six characters each");
    return checked ? join(bytes, Uint8Array.of(checkOf(bytes))) : bytes;
  },
};

const decimalOf = ({ statusA }: ToledoContinuousFrame, digits: string): string =>
  shiftedDecimal(digits, (statusA & lowBits) - decimalsOffset);

function unitOf({ statusB, statusC }: ToledoContinuousFrame): string | null {
  const unit = units[statusC & lowBits];
  return unit === undefined ? (isSet(statusB, bitsB.kilograms) ? "kg" : "lb") : unit;
}

const valueOf = (frame: ToledoContinuousFrame): string =>
  signedDecimal(isSet(frame.statusB, bitsB.negative), decimalOf(frame, frame.weight));

/** Why what is shown is no weight: out of range, or without a zero since power-up. */
export function toledoContinuousObstacle({
  statusB,
}: ToledoContinuousFrame): "overload" | "underload" | "no-zero" | undefined {
  if (isSet(statusB, bitsB.outOfRange)) return isSet(statusB, bitsB.negative) ? "underload" : "overload";
  return isSet(statusB, bitsB.zeroNotCaptured) ? "no-zero" : undefined;
}

export function toledoContinuousWeight(frame: ToledoContinuousFrame): ScaleWeight | undefined {
  const { statusB } = frame;
  if (toledoContinuousObstacle(frame) !== undefined) return undefined;
  const mode = isSet(statusB, bitsB.net) ? "net" : "gross";
  return { value: valueOf(frame), unit: unitOf(frame), stable: !isSet(statusB, bitsB.motion), mode };
}

export function describeToledoContinuous(frame: ToledoContinuousFrame): Record<string, unknown> {
  const { statusB, statusC, tare } = frame;
  return {
    value: valueOf(frame),
    tare: decimalOf(frame, tare),
    unit: unitOf(frame),
    net: isSet(statusB, bitsB.net),
    outOfRange: isSet(statusB, bitsB.outOfRange),
    stable: !isSet(statusB, bitsB.motion),
    printRequest: isSet(statusC, bitsC.printRequest),
    powerUpZeroNotCaptured: isSet(statusB, bitsB.zeroNotCaptured),
    expandedX10: isSet(statusC, bitsC.expanded),
  };
}
