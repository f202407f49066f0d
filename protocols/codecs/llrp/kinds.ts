import { fromHex, fromLatin1, toLatin1 } from "../../stream/bytes.ts";
import type { Reader, Writer } from "./octets.ts";
import { numberOf2, numberOf4, take, takeBits, takeHex, writeBits, writeWhole } from "./octets.ts";

/** A run of bits that need not fill its last byte. */
export interface LlrpBits {
  readonly bits: number;
  readonly hex: string;
}

/** A 64-bit number is a bigint only where a number would not hold it; text has one character per byte. */
export type LlrpValue = number | bigint | boolean | string | readonly number[] | LlrpBits;

/** How a field is laid out (LLRP 1.1, section 17.1.1). */
export interface Kind {
  /** Bits of a field that does not end at a byte's end; the fields of a table row add up to bytes. */
  readonly bits?: number;
  read(reader: Reader): LlrpValue;
  write(writer: Writer, value: LlrpValue): void;
}

const broken = (value: LlrpValue, wanted: string): Error =>
  new Error(`this ${typeof value} is not ${wanted}`);

const numberOf = (value: LlrpValue): number => {
  if (typeof value === "number") return value;
  throw broken(value, "a number");
};

function hexBytesOf(value: LlrpValue): Uint8Array {
  const bytes = typeof value === "string" ? fromHex(value) : undefined;
  if (bytes === undefined) throw broken(value, "hex");
  return bytes;
}

type Width = 1 | 2 | 4;

/** One function for each width rather than a loop: reports of tags are read by the thousand. */
const numberAt: Readonly<Record<Width, (bytes: Uint8Array, at: number) => number>> = {
  1: (bytes, at) => bytes[at] ?? 0,
  2: numberOf2,
  4: numberOf4,
};

function unsigned(bytes: Width): Kind {
  const read = numberAt[bytes];
  return {
    read: (reader) => read(reader.bytes, take(reader, bytes)),
    write: (writer, value) => writeWhole(writer, numberOf(value), bytes),
  };
}

function signed(bytes: Width): Kind {
  const span = 256 ** bytes;
  const readUnsigned = numberAt[bytes];
  return {
    read(reader) {
      const value = readUnsigned(reader.bytes, take(reader, bytes));
      return value < span / 2 ? value : value - span;
    },
    write(writer, value) {
      const number = numberOf(value);
      if (number < -span / 2 || number >= span / 2) throw broken(value, `in ${bytes} bytes`);
      writeWhole(writer, number < 0 ? number + span : number, bytes);
    },
  };
}

const high = 2 ** 32;
const long: Kind = {
  read(reader) {
    const at = take(reader, 8);
    const upper = numberOf4(reader.bytes, at);
    const lower = numberOf4(reader.bytes, at + 4);
    const value = upper * high + lower;
    return Number.isSafeInteger(value) ? value : BigInt(upper) * BigInt(high) + BigInt(lower);
  },
  write(writer, value) {
    const whole = BigInt(typeof value === "bigint" ? value : numberOf(value));
    writeWhole(writer, Number(whole / BigInt(high)), 4);
    writeWhole(writer, Number(whole % BigInt(high)), 4);
  },
};

const fixedHex = (bytes: number): Kind => ({
  read: (reader) => takeHex(reader, bytes),
  write(writer, value) {
    const content = hexBytesOf(value);
    if (content.length !== bytes) throw broken(value, `${bytes} bytes`);
    writer.octets.push(...content);
  },
});

const flag: Kind = {
  bits: 1,
  read: (reader) => takeBits(reader, 1) === 1,
  write: (writer, value) => writeBits(writer, value === true ? 1 : 0, 1),
};

const bitPair: Kind = {
  bits: 2,
  read: (reader) => takeBits(reader, 2),
  write: (writer, value) => writeBits(writer, numberOf(value), 2),
};

/** A list begins with its count in two bytes. */
const counted = (reader: Reader): number => numberOf2(reader.bytes, take(reader, 2));

const numbers = (bytes: Width): Kind => ({
  read(reader) {
    const count = counted(reader);
    const start = take(reader, count * bytes);
    if (reader.fault !== undefined) return [];
    return Array.from({ length: count }, (_, index) => numberAt[bytes](reader.bytes, start + index * bytes));
  },
  write(writer, value) {
    if (!Array.isArray(value)) throw broken(value, "a list");
    writeWhole(writer, value.length, 2);
    for (const number of value) writeWhole(writer, numberOf(number), bytes);
  },
});

const pair: Kind = {
  read(reader) {
    const at = take(reader, 4);
    return [numberOf2(reader.bytes, at), numberOf2(reader.bytes, at + 2)];
  },
  write(writer, value) {
    if (!Array.isArray(value) || value.length !== 2) throw broken(value, "a pair");
    for (const number of value) writeWhole(writer, numberOf(number), 2);
  },
};

/** Hex of as many units as are counted before them. */
const countedHex = (unitBytes: number): Kind => ({
  read: (reader) => takeHex(reader, counted(reader) * unitBytes),
  write(writer, value) {
    const content = hexBytesOf(value);
    writeWhole(writer, content.length / unitBytes, 2);
    writer.octets.push(...content);
  },
});

const text: Kind = {
  read(reader) {
    const count = counted(reader);
    const at = take(reader, count);
    return reader.fault === undefined ? toLatin1(reader.bytes.subarray(at, at + count)) : "";
  },
  write(writer, value) {
    if (typeof value !== "string") throw broken(value, "text");
    const content = fromLatin1(value);
    writeWhole(writer, content.length, 2);
    writer.octets.push(...content);
  },
};

const bitRun: Kind = {
  read(reader) {
    const bits = counted(reader);
    return { bits, hex: takeHex(reader, Math.ceil(bits / 8)) };
  },
  write(writer, value) {
    if (typeof value !== "object" || !("bits" in value)) throw broken(value, "a run of bits");
    const content = hexBytesOf(value.hex);
    if (content.length !== Math.ceil(value.bits / 8)) throw broken(value.hex, `${value.bits} bits`);
    writeWhole(writer, value.bits, 2);
    writer.octets.push(...content);
  },
};

const restHex: Kind = {
  read: (reader) => takeHex(reader, reader.end - reader.at),
  write: (writer, value) => {
    for (const octet of hexBytesOf(value)) writer.octets.push(octet);
  },
};

/** The kinds by the words that the tables use for them. */
export const kinds: Readonly<Record<string, Kind>> = {
  u8: unsigned(1),
  u16: unsigned(2),
  u32: unsigned(4),
  u64: long,
  s8: signed(1),
  s16: signed(2),
  hex12: fixedHex(12),
  flag,
  "2bits": bitPair,
  "u16-pair": pair,
  "u8[]": numbers(1),
  "u16[]": numbers(2),
  "u32[]": numbers(4),
  "bytes[]": countedHex(1),
  "words[]": countedHex(2),
  text,
  "bits[]": bitRun,
  rest: restHex,
};
