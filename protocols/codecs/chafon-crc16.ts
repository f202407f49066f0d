import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { join } from "../stream/bytes.ts";
import type { Probe } from "../stream/cut.ts";
import type { ChafonContent } from "./chafon/content.ts";
import { readContent, writeContent } from "./chafon/content.ts";
import { chafonCrcOf } from "./chafon/crc.ts";

/*
 * Length | Address | Command | [Status] Data | CRC (2, low byte first)
 * of all behind it
 */
export interface ChafonFrame {
  readonly address: number;
  readonly command: number;
  readonly content: ChafonContent;
}

/** Address, command and CRC. */
const lengthMin = 4;
const lengthMax = 0xff;
const frameBytesMax = lengthMax + 1;

function faultOf(bytes: Uint8Array): Decoded<never> | undefined {
  const [length] = bytes;
  if (length === undefined) return refused("empty", "no bytes");
  if (length < lengthMin) return refused("length", `a length of ${length} is less than address and CRC`);
  if (length + 1 !== bytes.length) {
    return refused("length", `the length announces ${length + 1} bytes, got ${bytes.length}`);
  }
  const [low = 0, high = 0] = bytes.subarray(-2);
  return chafonCrcOf(bytes.subarray(0, -2)) === high * 256 + low
    ? undefined
    : refused("checksum", "the CRC is another");
}

/** No byte marks a start: each is a length until the CRC denies it, or the line falls silent (15 ms by the manual). */
const probe: Probe = (bytes) => {
  const [length = 0] = bytes;
  if (length < lengthMin) return { kind: "noise", length: 1 };
  if (bytes.length <= length) return "more";
  const proven = faultOf(bytes.subarray(0, length + 1)) === undefined;
  return proven ? { kind: "frame", length: length + 1 } : { kind: "noise", length: 1 };
};

/** UHFReader18, 86 and 288 modules (Chafon, RRU and their kin), as the host hears them. */
export const chafonCrc16: StreamCodec<ChafonFrame> = {
  name: "chafon-crc16",
  frameBytesMax,
  probe,
  decode(bytes): Decoded<ChafonFrame> {
    const fault = faultOf(bytes);
    if (fault !== undefined) return fault;
    const [, address = 0, command = 0] = bytes;
    return decoded({ address, command, content: readContent(command, bytes.subarray(3, -2)) });
  },
  encode({ address, command, content }): Uint8Array {
    const payload = writeContent(content);
    const length = payload.length + lengthMin;
    if (length > lengthMax) throw new Error(`${payload.length} bytes are too many for a frame`);
    const body = join(Uint8Array.of(length, address, command), payload);
    const crc = chafonCrcOf(body);
    return join(body, Uint8Array.of(crc & 0xff, crc >> 8));
  },
};
