import { isCset82 } from "./characters.ts";
import type { Bits } from "./fields.ts";

/** A value read from bits and how many it took, or why it is none. There are always bits enough (decode-epc.ts). */
type ReadValue = (bits: Bits) => { readonly text: string; readonly width: number } | string;

/** A coding scheme of TDS 2.x: header, toggle and filter, then the values of AIs as they are. */
export interface PlusScheme {
  readonly name: string;
  readonly header: number;
  /** A date in front of the rest, which becomes an attribute of the link. */
  readonly dated?: true;
  /** The key first; a value may be made of two encodings in a row. */
  readonly elements: readonly (readonly [ai: string, ...values: ReadValue[]])[];
}

/** Digits in four bits each (TDS 2.1 section 14.5.4). */
const bcd =
  (count: number): ReadValue =>
  (bits) => {
    const text = nibbles(bits.slice(0, count * 4));
    return /^\d+$/.test(text) && text.length === count
      ? { text, width: count * 4 }
      : `${text} is not ${count} digits`;
  };

/** Digits as one number, as many bits as their count needs. */
const integerBits = (count: number): number =>
  count === 0 ? 0 : (10n ** BigInt(count) - 1n).toString(2).length;
function numeric(bits: Bits, count: number): { text: string; width: number } | string {
  const width = integerBits(count);
  if (bits.length < width) return "bits are missing";
  const text =
    count === 0
      ? ""
      : BigInt(`0b${bits.slice(0, width)}`)
          .toString()
          .padStart(count, "0");
  return text.length > count ? `${text} has more than ${count} digits` : { text, width };
}

/** Four bits say how many digits follow (TDS 2.1 section 14.5.5). */
const counted: ReadValue = (bits) => {
  const read = numeric(bits.slice(4), Number.parseInt(bits.slice(0, 4), 2));
  return typeof read === "string" ? read : { text: read.text, width: read.width + 4 };
};

const characterCode =
  (width: number, alphabet: string): ((bits: Bits, count: number) => string) =>
  (bits, count) => {
    let text = "";
    for (let index = 0; index < count; index++) {
      text += alphabet.charAt(Number.parseInt(bits.slice(index * width, index * width + width), 2));
    }
    return text;
  };
const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join("");
const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const code40 = "\0ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789";

/** Three characters in 16 bits. */
function readCode40(bits: Bits, count: number): string {
  let text = "";
  for (let offset = 0; text.length < count; offset += 16) {
    const value = Number.parseInt(bits.slice(offset, offset + 16), 2) - 1;
    for (const place of [1600, 40, 1]) text += code40.charAt(Math.floor(value / place) % 40);
  }
  return text.slice(0, count);
}

interface TextCode {
  readonly bitsFor: (count: number) => number;
  readonly read: (bits: Bits, count: number) => string;
}
const textCode = (width: number, alphabet: string): TextCode => ({
  bitsFor: (count) => width * count,
  read: characterCode(width, alphabet),
});
/** By the three bits in front of a text (TDS 2.1 table 14-2); 0 is a number. */
const textCodes: readonly (TextCode | undefined)[] = [
  undefined,
  textCode(4, "0123456789ABCDEF"),
  textCode(4, "0123456789abcdef"),
  textCode(6, base64),
  textCode(7, ascii),
  { bitsFor: (count) => 16 * Math.ceil(count / 3), read: readCode40 },
];

/** Three bits name the code, five the number of characters (TDS 2.1 section 14.5.6). */
const alphanumeric: ReadValue = (bits) => {
  const kind = Number.parseInt(bits.slice(0, 3), 2);
  const count = Number.parseInt(bits.slice(3, 8), 2);
  const rest = bits.slice(8);
  const read = kind === 0 ? numeric(rest, count) : readText(rest, count, textCodes[kind]);
  return typeof read === "string" ? read : { text: read.text, width: read.width + 8 };
};

function readText(
  bits: Bits,
  count: number,
  code: TextCode | undefined,
): { text: string; width: number } | string {
  if (code === undefined) return "an unknown code of characters";
  const width = code.bitsFor(count);
  const text = code.read(bits.slice(0, width), count);
  return text.length === count && isCset82(text) ? { text, width } : "not characters of character set 82";
}

/** Digits up to F, which ends them, or E, after which a text follows (TDS 2.1 section 14.5.7). */
const delimited: ReadValue = (bits) => {
  const [, digits = "", delimiter] = /^(\d*)([EF])/.exec(nibbles(bits)) ?? [];
  if (delimiter === undefined) return "digits without an end";
  const width = (digits.length + 1) * 4;
  if (delimiter === "F") return { text: digits, width };
  const rest = alphanumeric(bits.slice(width));
  return typeof rest === "string" ? rest : { text: digits + rest.text, width: width + rest.width };
};

const nibbles = (bits: Bits): string =>
  (bits.match(/.{4}/g) ?? []).map((nibble) => Number.parseInt(nibble, 2).toString(16).toUpperCase()).join("");

/** The AIs of the four-bit date type in a dated scheme. */
const dateAis = ["11", "13", "15", "16", "17", "7006", "7007"];

/** Four bits of type, then year, month and day in 7, 4 and 5 bits. */
export function readDate(bits: Bits): { readonly ai: string; readonly text: string } | string {
  const ai = dateAis[Number.parseInt(bits.slice(0, 4), 2)];
  if (ai === undefined) return "an unknown kind of date";
  const number = (from: number, to: number): string =>
    String(Number.parseInt(bits.slice(from, to), 2)).padStart(2, "0");
  return { ai, text: number(4, 11) + number(11, 15) + number(15, 20) };
}
export const dateBits = 20;

/** The `+` schemes of TDS 2.0. Those with a host name (`++`, TDS 2.3) are refused by name of their header. */
export const plusSchemes: readonly PlusScheme[] = [
  {
    name: "cpi+",
    header: 0xf0,
    elements: [
      ["8010", delimited],
      ["8011", counted],
    ],
  },
  { name: "grai+", header: 0xf1, elements: [["8003", bcd(14), alphanumeric]] },
  {
    name: "sgln+",
    header: 0xf2,
    elements: [
      ["414", bcd(13)],
      ["254", alphanumeric],
    ],
  },
  {
    name: "itip+",
    header: 0xf3,
    elements: [
      ["8006", bcd(18)],
      ["21", alphanumeric],
    ],
  },
  { name: "gsrn+", header: 0xf4, elements: [["8018", bcd(18)]] },
  { name: "gsrnp+", header: 0xf5, elements: [["8017", bcd(18)]] },
  { name: "gdti+", header: 0xf6, elements: [["253", bcd(13), alphanumeric]] },
  {
    name: "sgtin+",
    header: 0xf7,
    elements: [
      ["01", bcd(14)],
      ["21", alphanumeric],
    ],
  },
  { name: "sgcn+", header: 0xf8, elements: [["255", bcd(13), counted]] },
  { name: "sscc+", header: 0xf9, elements: [["00", bcd(18)]] },
  { name: "giai+", header: 0xfa, elements: [["8004", delimited]] },
  {
    name: "dsgtin+",
    header: 0xfb,
    dated: true,
    elements: [
      ["01", bcd(14)],
      ["21", alphanumeric],
    ],
  },
];
