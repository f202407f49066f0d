import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromLatin1, toLatin1 } from "../stream/bytes.ts";
import { decimalPattern, fieldDecimal } from "./scale/decimal.ts";
import { lengthUntil, readableProbe } from "./scale/readable-probe.ts";
import type { ScaleWeight } from "./scale/weight.ts";

/*
 * DIGI DS-425 (service manual, chapter 4); 2400 to 19200 baud, 8N1.
 *
 *   [ stability | CR ]  [0] | net (7) | CR | [4] | tare (7) | CR | LF
 *
 * Stability and the header digits, glued to the numbers, are settings of the scale; the lengths tell which
 * are on. The unit is not in the frame.
 */
export interface DigiDsFrame {
  /** The character as sent, one of `stabilities`; absent when the scale is set so. */
  readonly stability?: string;
  /** 0 stands before the net weight and 4 before the tare. */
  readonly headers: boolean;
  /** Seven characters as sent; some write the point as a comma. */
  readonly net: string;
  readonly tare: string;
}

/** The manual has NUL and SOH; as digits they are seen too. */
const stabilities: Readonly<Record<string, boolean>> = { "\0": true, "0": true, "\x01": false, "1": false };

const lineFeed = 0x0a;
/** Stability, CR, header, net, CR, header, tare, CR, LF. */
const frameBytesMax = 21;
const pairs = [
  { headers: true, pattern: /^0(?<net>.{7})\r4(?<tare>.{7})$/ },
  { headers: false, pattern: /^(?<net>.{7})\r(?<tare>.{7})$/ },
] as const;
const number = new RegExp(`^${decimalPattern}$`);

const withPoint = (field: string): string => field.replace(",", ".");

function readPair(text: string): DigiDsFrame | undefined {
  for (const { headers, pattern } of pairs) {
    const { net = "", tare = "" } = pattern.exec(text)?.groups ?? {};
    if (number.test(withPoint(net)) && number.test(withPoint(tare))) return { headers, net, tare };
  }
  return undefined;
}

function read(bytes: Uint8Array): DigiDsFrame | undefined {
  const text = toLatin1(bytes);
  if (!text.endsWith("\r\n")) return undefined;
  const stability = text.charAt(1) === "\r" ? text.charAt(0) : undefined;
  if (stability === undefined) return readPair(text.slice(0, -2));
  const pair = Object.hasOwn(stabilities, stability) ? readPair(text.slice(2, -2)) : undefined;
  return pair && { stability, ...pair };
}

const startBytes: ReadonlySet<number> = new Set(fromLatin1("\0\x010123456789 +-"));

export const digiDs: StreamCodec<DigiDsFrame> = {
  name: "digi-ds",
  frameBytesMax,
  probe: readableProbe({
    frameBytesMax,
    mayStart: (byte) => startBytes.has(byte),
    lengthOf: lengthUntil(lineFeed),
    reads: (bytes) => read(bytes) !== undefined,
  }),
  decode(bytes): Decoded<DigiDsFrame> {
    const [first] = bytes;
    if (first === undefined) return refused("empty", "no bytes");
    const frame = read(bytes);
    if (frame !== undefined) return decoded(frame);
    if (!startBytes.has(first)) return refused("start", "neither stability nor a weight");
    if (!toLatin1(bytes).endsWith("\r\n")) return refused("end", "no CR LF at the end");
    return refused("field", "not a net weight and a tare of seven characters each");
  },
  encode({ stability, headers, net, tare }): Uint8Array {
    if (net.length !== 7 || tare.length !== 7) throw new Error("net and tare have seven characters each");
    const before = stability === undefined ? "" : `${stability}\r`;
    return fromLatin1(headers ? `${before}0${net}\r4${tare}\r\n` : `${before}${net}\r${tare}\r\n`);
  },
};

export const digiDsWeight = ({ stability, net }: DigiDsFrame): ScaleWeight => ({
  value: fieldDecimal(withPoint(net)),
  unit: null,
  stable: stability === undefined ? null : (stabilities[stability] ?? null),
  mode: "net",
});

export function describeDigiDs(frame: DigiDsFrame): Record<string, unknown> {
  const { value, stable } = digiDsWeight(frame);
  return { value, tare: fieldDecimal(withPoint(frame.tare)), stable };
}
