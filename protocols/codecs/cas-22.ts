import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromLatin1, join, toLatin1 } from "../stream/bytes.ts";
import { decimalPattern, fieldDecimal } from "./scale/decimal.ts";
import type { Fields } from "./scale/fields.ts";
import { fieldsOf } from "./scale/fields.ts";
import { readableProbe } from "./scale/readable-probe.ts";
import { isSet } from "./scale/status-bits.ts";
import type { ScaleWeight } from "./scale/weight.ts";

/*
 * CAS CI and NT, frames of 22 bytes.
 *
 *   ST US or OL | , | GS or NT | , | device | lamps | , | weight (8) | space | unit (2) | CR LF
 *   stable, not,      gross, net     one byte each
 *   overload
 *
 * Device and lamps may be any byte, CR, LF and the comma included, so the length makes a frame, not its end.
 */
export interface Cas22Frame {
  readonly state: Cas22State;
  readonly mode: "GS" | "NT";
  readonly device: number;
  /** What is lit on the display, the bits of `lampBits` among them. */
  readonly lamps: number;
  /** Eight characters as sent; with an overload whatever the display shows. */
  readonly field: string;
  /** Two characters as sent. */
  readonly unit: string;
}

type Cas22State = (typeof states)[number];
const states = ["ST", "US", "OL"] as const;
const lampBits = { zero: 0 } as const;

const frameBytes = 22;
const deviceOffset = 6;
const header = /^(?:ST|US|OL),(?:GS|NT),/;
const unitPattern = "(?<unit>[A-Za-z%][A-Za-z ]| [A-Za-z%])";
/** `[^]` is any character, the end of a line too. */
const weight = new RegExp(
  `^(?<state>ST|US),(?<mode>GS|NT),[^]{2},(?=.{8} )(?<field>${decimalPattern}) ${unitPattern}\r\n$`,
);
const overload = new RegExp(
  String.raw`^(?<state>OL),(?<mode>GS|NT),[^]{2},(?<field>[-+ .\d^_]{8}) ${unitPattern}\r\n$`,
);

const startBytes: readonly number[] = states.map((state) => state.charCodeAt(0));

export const cas22: StreamCodec<Cas22Frame> = {
  name: "cas-22",
  frameBytesMax: frameBytes,
  probe: readableProbe({
    frameBytesMax: frameBytes,
    mayStart: (byte) => startBytes.includes(byte),
    lengthOf: () => frameBytes,
    reads: (bytes) => decode(bytes).ok,
  }),
  decode,
  encode({ state, mode, device, lamps, field, unit }): Uint8Array {
    const before = fromLatin1(`${state},${mode},`);
    const bytes = join(before, Uint8Array.of(device, lamps), fromLatin1(`,${field} ${unit}\r\n`));
    if (bytes.length !== frameBytes) throw new Error("the field has eight characters, the unit two");
    return bytes;
  },
};

function decode(bytes: Uint8Array): Decoded<Cas22Frame> {
  if (bytes.length === 0) return refused("empty", "no bytes");
  const text = toLatin1(bytes);
  if (!header.test(text)) return refused("start", "no ST, US or OL with GS or NT");
  if (bytes.length !== frameBytes) return refused("length", `a weight has ${frameBytes} bytes`);
  if (!text.endsWith("\r\n")) return refused("end", "no CR LF at the end");
  const fields = fieldsOf(weight, text) ?? fieldsOf(overload, text);
  return fields === undefined
    ? refused("field", "neither a weight nor a unit")
    : decoded(read(fields, bytes));
}

function read(fields: Fields, bytes: Uint8Array): Cas22Frame {
  const [device = 0, lamps = 0] = bytes.subarray(deviceOffset);
  return {
    state: states.find((name) => name === fields("state")) ?? "OL",
    mode: fields("mode") === "GS" ? "GS" : "NT",
    device,
    lamps,
    field: fields("field"),
    unit: fields("unit"),
  };
}

export function cas22Weight({ state, mode, field, unit }: Cas22Frame): ScaleWeight | undefined {
  if (state === "OL") return undefined;
  return {
    value: fieldDecimal(field),
    unit: unit.trim(),
    stable: state === "ST",
    mode: mode === "GS" ? "gross" : "net",
  };
}

export function describeCas22(frame: Cas22Frame): Record<string, unknown> {
  const weighed = cas22Weight(frame);
  if (weighed === undefined) return { overload: true };
  const { mode, ...described } = weighed;
  return { ...described, gross: mode === "gross", atZero: isSet(frame.lamps, lampBits.zero) };
}
