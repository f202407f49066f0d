import type { Decoded, StreamCodec } from "../../codec.ts";
import { decoded, refused } from "../../codec.ts";
import { fromLatin1, toLatin1 } from "../../stream/bytes.ts";
import { fieldDecimal } from "./decimal.ts";
import { readableProbe } from "./readable-probe.ts";
import type { ScaleWeight } from "./weight.ts";

/*
 * Yaohua's two modes without a check: `=` and eight characters, as shown (tf=2) or last one first (tf=1).
 * The first place holds 0 or the minus. A weight may read the same in both: which mode it is, is configured.
 */
export interface YaohuaPlainFrame {
  /** Eight characters in the order in which they are read: `0003.000`, `-0001.00`. */
  readonly shown: string;
}

const equalsSign = 0x3d;
const frameBytes = 9;
const shownPattern = /^(?=.{8}$)-?\d+(?:\.\d+)?$/;

const reversed = (text: string): string => Array.from(text).toReversed().join("");

export function yaohuaPlain(name: string, order: "as-shown" | "last-first"): StreamCodec<YaohuaPlainFrame> {
  const arrange = order === "last-first" ? reversed : (text: string): string => text;
  const decode = (bytes: Uint8Array): Decoded<YaohuaPlainFrame> => {
    if (bytes.length === 0) return refused("empty", "no bytes");
    if (bytes[0] !== equalsSign) return refused("start", "no = at the start");
    if (bytes.length !== frameBytes) return refused("length", `a weight has ${frameBytes} bytes`);
    const shown = arrange(toLatin1(bytes.subarray(1)));
    return shownPattern.test(shown) ? decoded({ shown }) : refused("field", "not a weight");
  };
  const probe = readableProbe({
    frameBytesMax: frameBytes,
    mayStart: (byte) => byte === equalsSign,
    lengthOf: () => frameBytes,
    reads: (bytes) => decode(bytes).ok,
  });
  const encode = ({ shown }: YaohuaPlainFrame): Uint8Array => fromLatin1(`=${arrange(shown)}`);
  return { name, frameBytesMax: frameBytes, probe, decode, encode };
}

/** In kilograms, as the published rows read it; the frame says neither the unit nor whether it is stable. */
export const yaohuaPlainWeight = ({ shown }: YaohuaPlainFrame): ScaleWeight => ({
  value: fieldDecimal(shown),
  unit: "kg",
  stable: null,
});
