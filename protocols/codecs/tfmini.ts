import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { readableProbe } from "./scale/readable-probe.ts";

/*
 * Benewake TFmini, a time-of-flight sensor that sends by itself, 100 times a second; 115200 baud, 8N1.
 *
 *   59 59 | distance (2) | strength (2) | temperature (2) | sum
 *           cm             low byte first each              of the eight before, low byte
 */
export interface TfminiFrame {
  readonly distanceCm: number;
  /** How much light comes back; what is seen too weakly or in too much light has no distance. */
  readonly strength: number;
  /** In eighths of a degree above -256 degrees C, as sent. */
  readonly temperature: number;
}

const head = 0x59;
const frameBytes = 9;
const sumAt = frameBytes - 1;
const strengthMin = 100;
const strengthOfTooMuchLight = 0xffff;
const wordMost = 0xffff;

export const tfmini: StreamCodec<TfminiFrame> = {
  name: "tfmini",
  frameBytesMax: frameBytes,
  probe: readableProbe({
    frameBytesMax: frameBytes,
    mayStart: (byte) => byte === head,
    lengthOf: () => frameBytes,
    reads: (bytes) => decode(bytes).ok,
  }),
  decode,
  encode({ distanceCm, strength, temperature }): Uint8Array {
    const words = [distanceCm, strength, temperature];
    if (words.some((word) => !Number.isInteger(word) || word < 0 || word > wordMost))
      throw new Error("a frame has words of sixteen bits");
    const bytes = Uint8Array.of(head, head, ...words.flatMap((word) => [word & 0xff, word >> 8]), 0);
    bytes[sumAt] = sumOf(bytes);
    return bytes;
  },
};

function decode(bytes: Uint8Array): Decoded<TfminiFrame> {
  if (bytes.length === 0) return refused("empty", "no bytes");
  if (bytes[0] !== head || (bytes.length > 1 && bytes[1] !== head))
    return refused("start", "no 59 59 at the start");
  if (bytes.length !== frameBytes) return refused("length", `a frame has ${frameBytes} bytes`);
  if (bytes[sumAt] !== sumOf(bytes)) return refused("checksum", "the sum is another");
  const word = (at: number): number => (bytes[at] ?? 0) + 0x100 * (bytes[at + 1] ?? 0);
  return decoded({ distanceCm: word(2), strength: word(4), temperature: word(6) });
}

const sumOf = (bytes: Uint8Array): number =>
  bytes.subarray(0, sumAt).reduce((sum, byte) => (sum + byte) & 0xff, 0);

/** Why a frame has no distance. */
export type TfminiFlaw = "weak" | "light";

/** Undefined where its distance is to be believed. */
export function tfminiFlaw({ strength }: TfminiFrame): TfminiFlaw | undefined {
  if (strength === strengthOfTooMuchLight) return "light";
  return strength < strengthMin ? "weak" : undefined;
}

export const describeTfmini = (frame: TfminiFrame): Record<string, unknown> => ({
  distanceCm: frame.distanceCm,
  strength: frame.strength,
  temperatureC: frame.temperature / 8 - 256,
  valid: tfminiFlaw(frame) === undefined,
});
