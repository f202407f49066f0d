import type { DecodeErrorCode } from "../../codec.ts";
import { toHexBetween } from "../../stream/bytes.ts";

/**
 * Reads on after a fault, with zeros, so that only the end has to ask: the first fault is kept and no loop
 * goes beyond `end`.
 */
export interface Reader {
  readonly bytes: Uint8Array;
  at: number;
  end: number;
  /** Bits already taken of the byte at `at`. */
  bit: number;
  fault: { readonly code: DecodeErrorCode; readonly error: string } | undefined;
}

export interface Writer {
  readonly octets: number[];
  /** Bits already written into the last octet. */
  bit: number;
}

export function fail(reader: Reader, code: DecodeErrorCode, error: string): void {
  reader.fault ??= { code, error };
  reader.at = reader.end;
}

/** Where the next `count` bytes begin; a fault when there are fewer. */
export function take(reader: Reader, count: number): number {
  const { at } = reader;
  if (at + count > reader.end) fail(reader, "length", `a field of ${count} bytes goes beyond its parameter`);
  else reader.at = at + count;
  return at;
}

export function takeHex(reader: Reader, count: number): string {
  const at = take(reader, count);
  return reader.fault === undefined ? toHexBetween(reader.bytes, at, at + count) : "";
}

/** Big-endian, as all numbers of LLRP. */
export const numberOf2 = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) * 0x100 + (bytes[at + 1] ?? 0);

export const numberOf4 = (bytes: Uint8Array, at: number): number =>
  numberOf2(bytes, at) * 0x1_0000 + numberOf2(bytes, at + 2);

/** Of eight bits at most that lie in one byte. */
export function takeBits(reader: Reader, count: number): number {
  if (reader.at >= reader.end) {
    fail(reader, "length", "a flag goes beyond its parameter");
    return 0;
  }
  const octet = reader.bytes[reader.at] ?? 0;
  const value = (octet >> (8 - reader.bit - count)) & (2 ** count - 1);
  reader.bit = (reader.bit + count) % 8;
  if (reader.bit === 0) reader.at += 1;
  return value;
}

export function writeWhole(writer: Writer, value: number, count: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= 256 ** count) {
    throw new Error(`${value} does not fit into ${count} bytes`);
  }
  for (let shift = count - 1; shift >= 0; shift -= 1)
    writer.octets.push(Math.floor(value / 256 ** shift) % 256);
}

export function writeBits(writer: Writer, value: number, count: number): void {
  if (value < 0 || value >= 2 ** count) throw new Error(`${value} does not fit into ${count} bits`);
  if (writer.bit === 0) writer.octets.push(0);
  const last = writer.octets.length - 1;
  writer.octets[last] = (writer.octets[last] ?? 0) | (value << (8 - writer.bit - count));
  writer.bit = (writer.bit + count) % 8;
}
