import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { join } from "../stream/bytes.ts";
import type { Probe } from "../stream/cut.ts";
import type { MercuryContent } from "./mercury/content.ts";
import { readContent, writeContent } from "./mercury/content.ts";
import { mercuryCrcOf } from "./mercury/crc.ts";

/*
 * host    FF | Length | Opcode | Data | CRC (2, high byte first)
 * module  FF | Length | Opcode | Status (2) | Data | CRC (2)
 *              of the data alone
 */
export type MercuryFrame =
  | { readonly from: "host"; readonly opcode: number; readonly content: MercuryContent }
  | {
      readonly from: "module";
      readonly opcode: number;
      /** 0000h done, 0101h still in its boot loader, 0400h no tag. */
      readonly status: number;
      readonly content: MercuryContent;
    };

const head = 0xff;
const headBytes = 3;
const hostBytesBeyondData = 5;
const moduleBytesBeyondData = 7;
const dataBytesMax = 0xff;
const noiseByte = { kind: "noise", length: 1 } as const;

function crcFits(bytes: Uint8Array, total: number): boolean {
  const announced = (bytes[total - 2] ?? 0) * 256 + (bytes[total - 1] ?? 0);
  return mercuryCrcOf(bytes.subarray(1, total - 2)) === announced;
}

function faultOf(bytes: Uint8Array): Decoded<never> | undefined {
  if (bytes.length === 0) return refused("empty", "no bytes");
  if (bytes[0] !== head) return refused("start", "the first byte is not FF");
  const beyond = bytes.length - (bytes[1] ?? 0);
  if (beyond !== hostBytesBeyondData && beyond !== moduleBytesBeyondData) {
    return refused("length", `${bytes.length} bytes suit neither a host's nor a module's length`);
  }
  return crcFits(bytes, bytes.length) ? undefined : refused("checksum", "the CRC is another");
}

/**
 * The shorter frame, a host's, is tried first, so that the answer is the same however the bytes arrive. FF
 * stands inside of payloads too: the CRC decides, and one in 65,536 replies may end early by chance.
 */
const probe: Probe = (bytes) => {
  if (bytes[0] !== head) {
    const next = bytes.indexOf(head);
    return { kind: "noise", length: next < 0 ? bytes.length : next };
  }
  const length = bytes[1];
  if (length === undefined) return "more";
  for (const beyond of [hostBytesBeyondData, moduleBytesBeyondData]) {
    const total = length + beyond;
    if (bytes.length < total) return "more";
    if (crcFits(bytes, total)) return { kind: "frame", length: total };
  }
  return noiseByte;
};

function decode(bytes: Uint8Array): Decoded<MercuryFrame> {
  const fault = faultOf(bytes);
  if (fault !== undefined) return fault;
  const [, length = 0, opcode = 0, high = 0, low = 0] = bytes;
  if (bytes.length === length + hostBytesBeyondData) {
    return decoded({
      from: "host",
      opcode,
      content: readContent("host", opcode, bytes.subarray(headBytes, -2)),
    });
  }
  const content = readContent("module", opcode, bytes.subarray(headBytes + 2, -2));
  return decoded({ from: "module", opcode, status: high * 256 + low, content });
}

function encode(frame: MercuryFrame): Uint8Array {
  const data = writeContent(frame.content);
  if (data.length > dataBytesMax) throw new Error(`${data.length} bytes are too many for a frame`);
  const status = frame.from === "host" ? [] : [frame.status >> 8, frame.status & 0xff];
  const body = join(Uint8Array.from([data.length, frame.opcode, ...status]), data);
  const crc = mercuryCrcOf(body);
  return join(Uint8Array.of(head), body, Uint8Array.of(crc >> 8, crc & 0xff));
}

/** ThingMagic and Jadak modules (M5e, M6e, M7e) and those of Silion that speak alike. */
export const mercuryFf: StreamCodec<MercuryFrame> = {
  name: "mercury-ff",
  frameBytesMax: dataBytesMax + moduleBytesBeyondData,
  probe,
  decode,
  encode,
};
