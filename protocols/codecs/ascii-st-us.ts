import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromLatin1, toLatin1 } from "../stream/bytes.ts";
import { decimalPattern, fieldDecimal } from "./scale/decimal.ts";
import { fieldsOf } from "./scale/fields.ts";
import { lengthUntil, readableProbe } from "./scale/readable-probe.ts";
import type { ScaleWeight } from "./scale/weight.ts";

/*
 * The lines of A&D, T-Scale, CAS CI and many nameless scales; A&D leaves the factory with 2400 baud, 7E1.
 *
 *   ST US OL or QT | , | GS NT or TR | , | sign, weight | unit | CR LF
 *
 * First the state: stable, unstable, overload, stable count. Then, with most, the mode: gross, net, tare.
 * A&D has no mode; T-Scale NHB no comma behind it; some have one before the unit.
 */
export type AsciiStUsFrame =
  | { readonly kind: "command"; readonly command: string }
  | {
      readonly kind: "weight";
      readonly state: State;
      readonly mode?: Mode;
      /** No comma stands behind the mode. */
      readonly tight?: true;
      /** As sent, with sign and fill: `+  0.860`. With an overload whatever the display shows. */
      readonly field: string;
      /** As sent, with what stands around it: `   g`. Empty with some overloads. */
      readonly unit: string;
    };

type State = (typeof states)[number];
type Mode = (typeof modes)[number];
const states = ["ST", "US", "OL", "QT"] as const;
const modes = ["GS", "NT", "TR"] as const;

const lineFeed = 0x0a;
/** Weight and unit have 12 characters with A&D; the widest known line has 22. */
const frameBytesMax = 32;

/** A&D: Q weight now, S when stable, SI and SIR at once and again and again; R and Z set zero, T tares. */
const command = /^(?:Q|S|SI|SIR|R|Z|T)$/;
const unitPattern = "(?<unit>,? *[A-Za-z%]{1,3} *)";
const start = "^(?<state>ST|US|QT),(?:(?<mode>GS|NT|TR)(?<comma>,?))?";
const weight = new RegExp(`${start}(?<field>${decimalPattern})${unitPattern}$`);
/** Only here may a number have an exponent: `+9999999E+19` is how A&D writes an overload, not a weight. */
const overload =
  /^(?<state>OL),(?:(?<mode>GS|NT|TR)(?<comma>,?))?(?<field>[-+ .\dE]*?)(?<unit>(?:,? *[A-Za-z%]{1,3} *)?)$/;

function readLine(line: string): AsciiStUsFrame | undefined {
  if (command.test(line)) return { kind: "command", command: line };
  const fields = fieldsOf(weight, line) ?? fieldsOf(overload, line);
  const state = states.find((name) => name === fields?.("state"));
  const mode = modes.find((name) => name === fields?.("mode"));
  if (fields === undefined || state === undefined) return undefined;
  const weighed = { kind: "weight", state, field: fields("field"), unit: fields("unit") } as const;
  if (mode === undefined) return weighed;
  return fields("comma") === "" ? { ...weighed, mode, tight: true } : { ...weighed, mode };
}

const read = (bytes: Uint8Array): AsciiStUsFrame | undefined => {
  const text = toLatin1(bytes);
  return text.length <= frameBytesMax && text.endsWith("\r\n") ? readLine(text.slice(0, -2)) : undefined;
};

const startBytes: ReadonlySet<number> = new Set(fromLatin1("STUOQRZ"));

export const asciiStUs: StreamCodec<AsciiStUsFrame> = {
  name: "ascii-st-us",
  frameBytesMax,
  probe: readableProbe({
    frameBytesMax,
    mayStart: (byte) => startBytes.has(byte),
    lengthOf: lengthUntil(lineFeed),
    reads: (bytes) => read(bytes) !== undefined,
  }),
  decode(bytes): Decoded<AsciiStUsFrame> {
    const [first] = bytes;
    if (first === undefined) return refused("empty", "no bytes");
    const frame = read(bytes);
    if (frame !== undefined) return decoded(frame);
    if (!startBytes.has(first)) return refused("start", "neither ST, US, OL, QT nor a command");
    if (!toLatin1(bytes).endsWith("\r\n")) return refused("end", "a line ends with CR LF");
    return refused("field", "neither a weight nor a command");
  },
  encode(frame): Uint8Array {
    if (frame.kind === "command") return fromLatin1(`${frame.command}\r\n`);
    const { state, mode, tight, field, unit } = frame;
    const before = mode === undefined ? "" : `${mode}${tight ? "" : ","}`;
    return fromLatin1(`${state},${before}${field}${unit}\r\n`);
  },
};

type Line = Extract<AsciiStUsFrame, { kind: "weight" }>;

/** What such a scale counts or compares is no weight. */
const otherUnits: readonly string[] = ["PC", "PCS", "%"];
const weightModes = { GS: "gross", NT: "net" } as const;
const unitOf = ({ unit }: Line): string => unit.replace(/[ ,]/g, "");
const isWeight = (frame: Line): boolean =>
  (frame.state === "ST" || frame.state === "US") && !otherUnits.includes(unitOf(frame).toUpperCase());

/** A&D puts the sign of what is too little before its nines: `OL,-9999999E+19`. */
export function asciiStUsObstacle(frame: AsciiStUsFrame): "overload" | "underload" | undefined {
  if (frame.kind === "command" || frame.state !== "OL") return undefined;
  return frame.field.trimStart().startsWith("-") && /\d/.test(frame.field) ? "underload" : "overload";
}

export function asciiStUsWeight(frame: AsciiStUsFrame): ScaleWeight | undefined {
  if (frame.kind === "command" || frame.mode === "TR" || !isWeight(frame)) return undefined;
  const { state, mode, field } = frame;
  const weighed = { value: fieldDecimal(field), unit: unitOf(frame), stable: state === "ST" };
  return mode === undefined ? weighed : { ...weighed, mode: weightModes[mode] };
}

export function describeAsciiStUs(frame: AsciiStUsFrame): Record<string, unknown> {
  if (frame.kind === "command") return { command: frame.command };
  const { state, mode, field } = frame;
  if (state === "OL") return { overload: true };
  const stable = state !== "US";
  if (!isWeight(frame)) return { stable };
  const value = fieldDecimal(field);
  if (mode === "TR") return { tare: value, unit: unitOf(frame), stable };
  return { value, unit: unitOf(frame), stable, ...(mode === undefined ? {} : { net: mode === "NT" }) };
}
