import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromLatin1, join, toLatin1 } from "../stream/bytes.ts";
import type { Probe } from "../stream/cut.ts";
import { fieldDecimal, signedDecimal } from "./scale/decimal.ts";

/*
 * CAS AP-1 and ACS, the counter scale's dialogue; 9600 baud, 8N1.
 *
 *   host ENQ, scale ACK, host DC1, scale:
 *   SOH | STX | S or U | space or - | weight (6) | unit (2) | check | ETX | EOT
 *               stable   sign                                XOR from S/U to unit
 *
 * The check may be any byte, EOT included, so length and check make a frame, never its end alone.
 */
export type CasAp1Frame =
  | { readonly kind: "enquiry" | "acknowledge" | "request" }
  | {
      readonly kind: "weight";
      readonly stable: boolean;
      readonly negative: boolean;
      /** Six characters as sent: `00.488` or ` 0.316`. */
      readonly field: string;
      /** Two characters as sent, in either case. */
      readonly unit: string;
      /** The scale's ACK came with it in one piece. */
      readonly acknowledged?: true;
    };

const controls = { enquiry: 0x05, acknowledge: 0x06, request: 0x11 } as const;
const controlNames = ["enquiry", "acknowledge", "request"] as const;
const start = [0x01, 0x02] as const;
const end = [0x03, 0x04] as const;
const weightBytes = 15;
const bodyFrom = 2;
const bodyTo = 12;

const body = /^(?<stable>[SU])(?<sign>[ -])(?<field> *\d+(?:\.\d+)?)(?<unit>[A-Za-z ]{2})$/;
const checkOf = (bytes: Uint8Array): number => bytes.reduce((check, byte) => check ^ byte, 0);
const controlOf = (byte: number | undefined) => controlNames.find((name) => controls[name] === byte);

const noiseByte = { kind: "noise", length: 1 } as const;

const probe: Probe = (bytes) => {
  if (controlOf(bytes[0]) !== undefined) return { kind: "frame", length: 1 };
  if (bytes[0] !== start[0] || (bytes.length > 1 && bytes[1] !== start[1])) return noiseByte;
  if (bytes.length < weightBytes) return "more";
  return readWeight(bytes.subarray(0, weightBytes)).ok ? { kind: "frame", length: weightBytes } : noiseByte;
};

type Weight = Extract<CasAp1Frame, { kind: "weight" }>;

function readWeight(bytes: Uint8Array): Decoded<Weight> {
  if (bytes[0] !== start[0] || bytes[1] !== start[1]) return refused("start", "no SOH STX at the start");
  if (bytes.length !== weightBytes) return refused("length", `a weight has ${weightBytes} bytes`);
  if (bytes[13] !== end[0] || bytes[14] !== end[1]) return refused("end", "no ETX EOT at the end");
  if (checkOf(bytes.subarray(bodyFrom, bodyTo)) !== bytes[bodyTo])
    return refused("checksum", "the XOR is another");
  return readBody(toLatin1(bytes.subarray(bodyFrom, bodyTo)));
}

function readBody(text: string): Decoded<Weight> {
  const groups = body.exec(text)?.groups;
  if (groups === undefined) return refused("field", "neither a weight nor a unit");
  const { stable, sign, field = "", unit = "" } = groups;
  return decoded({ kind: "weight", stable: stable === "S", negative: sign === "-", field, unit });
}

export const casAp1: StreamCodec<CasAp1Frame> = {
  name: "cas-ap1",
  frameBytesMax: weightBytes,
  probe,
  decode(bytes): Decoded<CasAp1Frame> {
    if (bytes.length === 0) return refused("empty", "no bytes");
    const control = controlOf(bytes[0]);
    if (control !== undefined && bytes.length === 1) return decoded({ kind: control });
    if (control !== "acknowledge") return readWeight(bytes);
    const weight = readWeight(bytes.subarray(1));
    return weight.ok ? decoded({ ...weight.value, acknowledged: true }) : weight;
  },
  encode(frame): Uint8Array {
    if (frame.kind !== "weight") return Uint8Array.of(controls[frame.kind]);
    const { stable, negative, field, unit, acknowledged } = frame;
    const bytes = fromLatin1(`${stable ? "S" : "U"}${negative ? "-" : " "}${field}${unit}`);
    if (bytes.length !== bodyTo - bodyFrom) throw new Error("the field has six characters, the unit two");
    const before = acknowledged ? [controls.acknowledge, ...start] : start;
    return join(Uint8Array.from(before), bytes, Uint8Array.of(checkOf(bytes), ...end));
  },
};

/** The exact weight, without the characters that fill its field. */
export function casAp1Value({
  field,
  negative,
}: {
  readonly field: string;
  readonly negative: boolean;
}): string {
  return signedDecimal(negative, fieldDecimal(field));
}

export function describeCasAp1(frame: CasAp1Frame): Record<string, unknown> {
  if (frame.kind !== "weight") return {};
  const { stable, negative, unit } = frame;
  return { value: casAp1Value(frame), unit: unit.trim().toLowerCase(), stable, negative };
}
