import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromLatin1, toLatin1 } from "../stream/bytes.ts";
import { readableProbe } from "./scale/readable-probe.ts";
import type { ScaleWeight } from "./scale/weight.ts";
import type { YaohuaNumber } from "./scale/yaohua.ts";
import { readYaohuaNumber, writeYaohuaNumber, yaohuaCheck, yaohuaValue } from "./scale/yaohua.ts";

/*
 * Yaohua XK3190 in command mode, several indicators on one line; 8N1.
 *
 *   command   STX | address | command |                                   check (2) | ETX
 *   weight    STX | address | B to D  | + or - | 6 digits | decimals (1) | check (2) | ETX
 *             XOR from the address on, in hex -------------------------------^
 *
 * A is a handshake, answered with the same bytes; B asks for gross, C for tare, D for net.
 */
export type YaohuaCmdFrame =
  | { readonly kind: "command"; readonly address: string; readonly command: string }
  | {
      readonly kind: "weight";
      readonly address: string;
      readonly command: string;
      readonly number: YaohuaNumber;
    };

const stx = 0x02;
const etx = 0x03;
const commandBytes = 6;
const weightBytes = 14;
const signOffset = 3;
const signs: readonly (number | undefined)[] = [0x2b, 0x2d];
const content = /^(?<address>[A-Z])(?:(?<command>[A-Z])|(?<asked>[BCD])(?<number>[-+]\d{7}))$/;

export const yaohuaCmd: StreamCodec<YaohuaCmdFrame> = {
  name: "yaohua-cmd",
  frameBytesMax: weightBytes,
  probe: readableProbe({
    frameBytesMax: weightBytes,
    mayStart: (byte) => byte === stx,
    lengthOf,
    reads: (bytes) => decode(bytes).ok,
  }),
  decode,
  encode(frame): Uint8Array {
    const number = frame.kind === "weight" ? writeYaohuaNumber(frame.number) : "";
    const text = `${frame.address}${frame.command}${number}`;
    return fromLatin1(`\x02${text}${yaohuaCheck(text)}\x03`);
  },
};

function lengthOf(bytes: Uint8Array): number | undefined {
  if (bytes.length <= signOffset) return undefined;
  return signs.includes(bytes[signOffset]) ? weightBytes : commandBytes;
}

function decode(bytes: Uint8Array): Decoded<YaohuaCmdFrame> {
  if (bytes.length === 0) return refused("empty", "no bytes");
  if (bytes[0] !== stx) return refused("start", "no STX at the start");
  if (bytes.length !== lengthOf(bytes)) return refused("length", "neither a command nor a weight");
  if (bytes.at(-1) !== etx) return refused("end", "no ETX at the end");
  const text = toLatin1(bytes.subarray(1, -1));
  const checked = text.slice(0, -2);
  if (text.slice(-2) !== yaohuaCheck(checked)) return refused("checksum", "the XOR is another");
  return read(checked) ?? refused("field", "no address, command or weight");
}

function read(text: string): Decoded<YaohuaCmdFrame> | undefined {
  const groups = content.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { address = "", command, asked = "" } = groups;
  if (command !== undefined) return decoded({ kind: "command", address, command });
  const number = readYaohuaNumber(groups["number"] ?? "");
  return number && decoded({ kind: "weight", address, command: asked, number });
}

const modes: Readonly<Record<string, "gross" | "net">> = { B: "gross", D: "net" };

/**
 * Undefined for commands, and for the answer to C, which is a tare. `decimals` where the indicator's own are not
 * to be believed.
 */
export function yaohuaCmdWeight(frame: YaohuaCmdFrame, decimals?: number): ScaleWeight | undefined {
  const mode = modes[frame.command];
  if (frame.kind !== "weight" || mode === undefined) return undefined;
  return { value: yaohuaValue(frame.number, decimals), unit: null, stable: null, mode };
}

export function describeYaohuaCmd(frame: YaohuaCmdFrame): Record<string, unknown> {
  const { address, command } = frame;
  if (frame.kind === "command") return { address, command };
  return { address, command, value: yaohuaValue(frame.number), decimals: frame.number.decimals };
}
