import type { Decoded, StreamCodec } from "../../codec.ts";
import { decoded, refused } from "../../codec.ts";
import { join } from "../../stream/bytes.ts";
import type { Probe } from "../../stream/cut.ts";
import type { MagicrfContent, MagicrfType } from "./content.ts";
import { magicrfTypes, readContent, writeContent } from "./content.ts";

/*
 * Magicrf M100/QM100 (BB..7E) and R200 (AA..DD) readers:
 *
 *   Head | Type | Command | Length (2) | Parameter | Check | End
 *                           of the parameter         low byte of the sum from Type on
 */
export interface MagicrfFrame {
  readonly type: MagicrfType;
  readonly command: number;
  readonly content: MagicrfContent;
}

const headBytes = 5;
const bytesBeyondParameter = 7;
/** Twice the 256 bytes that the largest read of a tag's memory brings. */
const parameterBytesMax = 512;

const sum = (bytes: Uint8Array): number => bytes.reduce((total, byte) => total + byte, 0) & 0xff;

interface Marks {
  readonly head: number;
  readonly end: number;
}

const noiseByte = { kind: "noise", length: 1 } as const;

/** What is wrong with a frame, in the order in which it is read. */
function faultOf(bytes: Uint8Array, { head, end }: Marks): Decoded<never> | undefined {
  if (bytes.length === 0) return refused("empty", "no bytes");
  if (bytes[0] !== head) return refused("start", "another first byte than the protocol's head");
  if (bytes.length < bytesBeyondParameter) return refused("length", "shorter than a frame without parameter");
  const announced = (bytes[3] ?? 0) * 256 + (bytes[4] ?? 0) + bytesBeyondParameter;
  if (announced !== bytes.length) {
    return refused("length", `the length announces ${announced} bytes, got ${bytes.length}`);
  }
  if (bytes.at(-1) !== end) return refused("end", "another last byte than the protocol's end");
  if (sum(bytes.subarray(1, -2)) !== bytes.at(-2)) return refused("checksum", "the sum is another");
  return undefined;
}

/** How many bytes the frame at the start has; undefined when they cannot be those of a frame. */
function announcedBytes(bytes: Uint8Array): number | "more" | undefined {
  const [, type = 0, , high = 0, low] = bytes;
  if (type >= magicrfTypes.length || high * 256 > parameterBytesMax) return undefined;
  if (low === undefined) return "more";
  const length = high * 256 + low;
  return length > parameterBytesMax ? undefined : length + bytesBeyondParameter;
}

/** The R200's head is also its command "get channel", and an EPC may hold any byte: length, check and end decide. */
function probeFor(marks: Marks): Probe {
  return (bytes) => {
    if (bytes[0] !== marks.head) {
      const next = bytes.indexOf(marks.head);
      return { kind: "noise", length: next < 0 ? bytes.length : next };
    }
    const total = announcedBytes(bytes);
    if (total === undefined) return noiseByte;
    if (total === "more" || bytes.length < total) return "more";
    const proven = faultOf(bytes.subarray(0, total), marks) === undefined;
    return proven ? { kind: "frame", length: total } : noiseByte;
  };
}

/** The codec of one of the two families, which differ in their marks alone. */
export function magicrfCodec(name: string, marks: Marks): StreamCodec<MagicrfFrame> {
  return {
    name,
    frameBytesMax: parameterBytesMax + bytesBeyondParameter,
    probe: probeFor(marks),
    decode(bytes): Decoded<MagicrfFrame> {
      const fault = faultOf(bytes, marks);
      if (fault !== undefined) return fault;
      const type = magicrfTypes[bytes[1] ?? 0];
      const command = bytes[2] ?? 0;
      if (type === undefined) return refused("field", "neither command, response nor notification");
      const parameter = bytes.subarray(headBytes, -2);
      return decoded({ type, command, content: readContent(type, command, parameter) });
    },
    encode({ type, command, content }): Uint8Array {
      const parameter = writeContent(content);
      if (parameter.length > parameterBytesMax) throw new Error(`${parameter.length} bytes are too many`);
      const length = [parameter.length >> 8, parameter.length & 0xff];
      const body = join(Uint8Array.from([magicrfTypes.indexOf(type), command, ...length]), parameter);
      return join(Uint8Array.of(marks.head), body, Uint8Array.of(sum(body), marks.end));
    },
  };
}
