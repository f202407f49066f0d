import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromLatin1, toLatin1 } from "../stream/bytes.ts";
import { readableProbe } from "./scale/readable-probe.ts";
import type { ScaleWeight } from "./scale/weight.ts";
import type { YaohuaNumber } from "./scale/yaohua.ts";
import { readYaohuaNumber, writeYaohuaNumber, yaohuaCheck, yaohuaValue } from "./scale/yaohua.ts";

/*
 * Yaohua XK3190-A9, A23, A26, D9, DS3, sending all the time (tf=0); 1200 to 9600 baud, 8N1.
 *
 *   STX | + or - | weight (6 digits) | decimals (0 to 4) | check (2) | ETX
 *         XOR from the sign to the decimals, in hex ------^
 *
 * Neither the unit nor whether the weight is stable is in the frame.
 */
export type YaohuaTf0Frame = YaohuaNumber;

const stx = 0x02;
const etx = 0x03;
const frameBytes = 12;
const numberTo = 9;

export const yaohuaTf0: StreamCodec<YaohuaTf0Frame> = {
  name: "yaohua-tf0",
  frameBytesMax: frameBytes,
  probe: readableProbe({
    frameBytesMax: frameBytes,
    mayStart: (byte) => byte === stx,
    lengthOf: () => frameBytes,
    reads: (bytes) => decode(bytes).ok,
  }),
  decode,
  encode(frame): Uint8Array {
    const number = writeYaohuaNumber(frame);
    return fromLatin1(`\x02${number}${yaohuaCheck(number)}\x03`);
  },
};

function decode(bytes: Uint8Array): Decoded<YaohuaTf0Frame> {
  if (bytes.length === 0) return refused("empty", "no bytes");
  if (bytes[0] !== stx) return refused("start", "no STX at the start");
  if (bytes.length !== frameBytes) return refused("length", `a weight has ${frameBytes} bytes`);
  if (bytes[frameBytes - 1] !== etx) return refused("end", "no ETX at the end");
  const text = toLatin1(bytes);
  const number = text.slice(1, numberTo);
  if (text.slice(numberTo, -1) !== yaohuaCheck(number)) return refused("checksum", "the XOR is another");
  const frame = readYaohuaNumber(number);
  return frame === undefined ? refused("field", "neither a sign, digits nor decimals") : decoded(frame);
}

/** `decimals` where the indicator's own are not to be believed. */
export const yaohuaTf0Weight = (frame: YaohuaTf0Frame, decimals?: number): ScaleWeight => ({
  value: yaohuaValue(frame, decimals),
  unit: null,
  stable: null,
});

export const describeYaohuaTf0 = (frame: YaohuaTf0Frame): Record<string, unknown> => ({
  value: yaohuaValue(frame),
  decimals: frame.decimals,
  stable: null,
});
