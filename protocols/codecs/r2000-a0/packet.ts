import type { Decoded } from "../../codec.ts";
import { decoded, refused } from "../../codec.ts";
import type { Probe } from "../../stream/cut.ts";

/*
 *   A0 | Length | Address | Command | Payload[0..252] | Check
 *        counts from Address to Check                   makes the sum of all bytes 0 (mod 256)
 */
const head = 0xa0;
const lengthMin = 3;
/** Address, command and check are counted by the length byte, head and length byte are not. */
const lengthBeyondPayload = 3;
const bytesBeyondLength = 2;
/** The length byte ends at 255. */
export const packetBytesMax = 255 + bytesBeyondLength;

/** A packet of either direction, its meaning not yet looked at: what a simulated reader takes commands from. */
export interface R2000Packet {
  readonly address: number;
  readonly command: number;
  readonly payload: Uint8Array;
}

const sum = (bytes: Uint8Array): number => bytes.reduce((total, byte) => total + byte, 0) & 0xff;

const noiseByte = { kind: "noise", length: 1 } as const;

/** Frames by length and proves by check: an EPC may legally hold A0, so the head alone means nothing. */
export const probePacket: Probe = (bytes) => {
  if (bytes[0] !== head) {
    const next = bytes.indexOf(head);
    return { kind: "noise", length: next < 0 ? bytes.length : next };
  }
  const length = bytes[1];
  if (length === undefined) return "more";
  if (length < lengthMin) return noiseByte;
  const total = length + bytesBeyondLength;
  if (bytes.length < total) return "more";
  return sum(bytes.subarray(0, total)) === 0 ? { kind: "frame", length: total } : noiseByte;
};

export function openPacket(bytes: Uint8Array): Decoded<R2000Packet> {
  const [first, length, address, command] = bytes;
  if (first === undefined) return refused("empty", "no bytes");
  if (first !== head) return refused("start", `starts with ${first}, not with A0`);
  if (length === undefined || address === undefined || command === undefined || length < lengthMin) {
    return refused("length", "shorter than the smallest packet of 5 bytes");
  }
  if (bytes.length !== length + bytesBeyondLength) {
    return refused(
      "length",
      `the length byte announces ${length + bytesBeyondLength} bytes, got ${bytes.length}`,
    );
  }
  if (sum(bytes) !== 0) return refused("checksum", "the bytes do not sum up to 0");
  return decoded({ address, command, payload: bytes.subarray(4, bytes.length - 1) });
}

export function closePacket({ address, command, payload }: R2000Packet): Uint8Array {
  const bytes = new Uint8Array(payload.length + lengthBeyondPayload + bytesBeyondLength);
  if (bytes.length > packetBytesMax) throw new Error(`payload of ${payload.length} bytes is too long`);
  bytes.set([head, payload.length + lengthBeyondPayload, address, command]);
  bytes.set(payload, 4);
  bytes[bytes.length - 1] = -sum(bytes) & 0xff;
  return bytes;
}
