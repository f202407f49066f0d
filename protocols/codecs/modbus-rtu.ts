import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromHex, join, toHex } from "../stream/bytes.ts";
import type { Probe } from "../stream/cut.ts";
import { modbusCrcOf } from "./modbus/crc.ts";

/*
 * Address | Function | Data | CRC (2, low byte first); numbers in the data with the high byte first.
 * Both directions of the functions 03, 06 and 10 (application protocol V1.1b3, 6.3, 6.6 and 6.12).
 */
export type ModbusFrame = { readonly address: number } & (
  | { readonly kind: "read"; readonly start: number; readonly count: number }
  /** The answer: two bytes a register, as hex. */
  | { readonly kind: "registers"; readonly data: string }
  /** One register; the answer is the same frame. */
  | { readonly kind: "write-one"; readonly register: number; readonly value: number }
  | { readonly kind: "write"; readonly start: number; readonly data: string }
  /** The answer to it. */
  | { readonly kind: "written"; readonly start: number; readonly count: number }
  /** An exception: which function was refused, and why. */
  | { readonly kind: "refused"; readonly function: number; readonly code: number }
);

export const modbusFunction = { read: 0x03, writeOne: 0x06, write: 0x10 } as const;
const exceptionBit = 0x80;
const functions: readonly number[] = Object.values(modbusFunction);

/** 0 is everybody's; beyond are reserved ones. */
const addressMax = 247;
/** Serial line guide V1.02, 2.3.2: as long as the longest frame may be. */
const frameBytesMax = 256;
/** What the length fields of reading and writing can say at the most. */
const readRegistersMax = 125;
const writeRegistersMax = 123;
const exceptionBytes = 5;
/** All frames with two numbers in them. */
const pairBytes = 8;
const readHeadBytes = 3;
const writeHeadBytes = 7;
const crcBytes = 2;

const wordAt = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
const word = (value: number): readonly [number, number] => [value >> 8, value & 0xff];

/** The length of a `registers` or `write` frame by the byte count in it; undefined where it is none. */
function countedBytes(headBytes: number, byteCount: number, registersMax: number): number | undefined {
  const isWhole = byteCount % 2 === 0 && byteCount >= 2 && byteCount <= 2 * registersMax;
  return isWhole ? headBytes + byteCount + crcBytes : undefined;
}

/** How long a frame of a function may be; undefined where more has to come to tell. */
const lengthsOfFunction: Readonly<
  Record<number, (bytes: Uint8Array) => readonly (number | undefined)[] | undefined>
> = {
  [modbusFunction.read]: ({ 2: byteCount }) =>
    byteCount === undefined
      ? undefined
      : [countedBytes(readHeadBytes, byteCount, readRegistersMax), pairBytes],
  [modbusFunction.writeOne]: () => [pairBytes],
  [modbusFunction.write](bytes) {
    const byteCount = bytes[writeHeadBytes - 1];
    if (byteCount === undefined) return undefined;
    const isCounted = byteCount === 2 * wordAt(bytes, 4);
    return [pairBytes, isCounted ? countedBytes(writeHeadBytes, byteCount, writeRegistersMax) : undefined];
  },
};

/**
 * How long a frame that begins so may be, the shortest first: a question and its answer begin alike. Undefined
 * where more has to come to tell, none where no frame begins so.
 */
function lengthsOf(bytes: Uint8Array): readonly number[] | undefined {
  const [address = 0, code] = bytes;
  if (address > addressMax) return [];
  if (code === undefined) return undefined;
  if (functions.includes(code ^ exceptionBit)) return [exceptionBytes];
  const lengths = lengthsOfFunction[code];
  if (lengths === undefined) return [];
  const known = lengths(bytes);
  return known && inOrder(known);
}

const inOrder = (lengths: readonly (number | undefined)[]): readonly number[] =>
  lengths.filter((length) => length !== undefined).toSorted((left, right) => left - right);

function isProven(bytes: Uint8Array): boolean {
  const [low = 0, high = 0] = bytes.subarray(-crcBytes);
  return modbusCrcOf(bytes.subarray(0, -crcBytes)) === high * 256 + low;
}

/** Nothing but silence marks a start on the wire, and USB adapters swallow it: the CRC decides. */
const probe: Probe = (bytes) => {
  const lengths = lengthsOf(bytes);
  if (lengths === undefined) return "more";
  for (const length of lengths) {
    if (bytes.length < length) return "more";
    if (isProven(bytes.subarray(0, length))) return { kind: "frame", length };
  }
  return { kind: "noise", length: 1 };
};

function contentOf(bytes: Uint8Array): ModbusFrame {
  const [address = 0, code = 0, third = 0] = bytes;
  const [start, count] = [wordAt(bytes, 2), wordAt(bytes, 4)];
  if (code >= exceptionBit) return { address, kind: "refused", function: code ^ exceptionBit, code: third };
  const isPair = bytes.length === pairBytes;
  if (code === modbusFunction.writeOne) return { address, kind: "write-one", register: start, value: count };
  if (code === modbusFunction.read && isPair) return { address, kind: "read", start, count };
  if (code === modbusFunction.read)
    return { address, kind: "registers", data: toHex(bytes.subarray(readHeadBytes, -crcBytes)) };
  if (isPair) return { address, kind: "written", start, count };
  return { address, kind: "write", start, data: toHex(bytes.subarray(writeHeadBytes, -crcBytes)) };
}

/** Registers' hex as bytes; a broken invariant where it is none, or more than a frame holds. */
function registersOf(data: string, registersMax: number): Uint8Array {
  const bytes = fromHex(data);
  if (bytes === undefined || countedBytes(0, bytes.length, registersMax) === undefined)
    throw new Error(`no registers of a frame: ${data}`);
  return bytes;
}

function bodyOf(frame: ModbusFrame): Uint8Array {
  switch (frame.kind) {
    case "read":
      return Uint8Array.of(modbusFunction.read, ...word(frame.start), ...word(frame.count));
    case "registers": {
      const data = registersOf(frame.data, readRegistersMax);
      return Uint8Array.of(modbusFunction.read, data.length, ...data);
    }
    case "write-one":
      return Uint8Array.of(modbusFunction.writeOne, ...word(frame.register), ...word(frame.value));
    case "write": {
      const data = registersOf(frame.data, writeRegistersMax);
      const head = [...word(frame.start), ...word(data.length / 2), data.length];
      return Uint8Array.of(modbusFunction.write, ...head, ...data);
    }
    case "written":
      return Uint8Array.of(modbusFunction.write, ...word(frame.start), ...word(frame.count));
    case "refused":
      return Uint8Array.of(frame.function | exceptionBit, frame.code);
  }
}

/** Modbus RTU, as both ends of a line hear it. */
export const modbusRtu: StreamCodec<ModbusFrame> = {
  name: "modbus-rtu",
  frameBytesMax,
  probe,
  decode(bytes): Decoded<ModbusFrame> {
    if (bytes.length === 0) return refused("empty", "no bytes");
    const lengths = lengthsOf(bytes);
    if (lengths?.length === 0) return refused("field", "no address or function of Modbus begins so");
    if (lengths?.includes(bytes.length) !== true)
      return refused("length", `no such frame has ${bytes.length} bytes`);
    return isProven(bytes) ? decoded(contentOf(bytes)) : refused("checksum", "the CRC is another");
  },
  encode(frame): Uint8Array {
    const body = join(Uint8Array.of(frame.address), bodyOf(frame));
    const crc = modbusCrcOf(body);
    return join(body, Uint8Array.of(crc & 0xff, crc >> 8));
  },
};
