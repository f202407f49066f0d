import { escapeForUrn, isCset82, isSixBit, unescapeFromUrn } from "./characters.ts";

/** Bits as text, "0110": an EPC is short, and this reads the same in both directions. */
export type Bits = string;

/** More than any one field, so that a field never has to look whether it is cut off. */
export const zerosBehind = "0".repeat(256);

/** What a field says in URIs (one part, or two for a partitioned one) and the bits that it took. */
export interface FieldRead {
  readonly parts: readonly string[];
  readonly width: number;
}

/** One field of an EPC binary: bits to parts of a URI and back. A string in place of either is a refusal. */
export interface Field {
  /** How many parts of the URI it fills. */
  readonly parts: number;
  /** There are always bits enough: the decoder puts zeros behind, and refuses who took of them. */
  read(bits: Bits): FieldRead | string;
  write(parts: readonly string[]): { readonly bits: Bits } | string;
}

const toBits = (value: bigint, width: number): Bits => value.toString(2).padStart(width, "0");
const toInteger = (bits: Bits): bigint =>
  bits.length <= 53 ? BigInt(Number.parseInt(bits || "0", 2)) : BigInt(`0b${bits}`);

/** A whole number, written without leading zeros. */
export function integer(width: number, max: bigint = (1n << BigInt(width)) - 1n): Field {
  return {
    parts: 1,
    read: (bits) => {
      const value = toInteger(bits.slice(0, width));
      return value > max ? `${value} is more than ${max}` : { parts: [value.toString()], width };
    },
    write: ([text = ""]) => {
      if (!/^(0|[1-9]\d*)$/.test(text)) return `"${text}" is not a number without leading zeros`;
      return BigInt(text) > max ? `${text} is more than ${max}` : { bits: toBits(BigInt(text), width) };
    },
  };
}

/** Exactly `digits` digits, leading zeros kept; none at all is written as bits of zero. */
export function digits(width: number, count: number): Field {
  const limit = 10n ** BigInt(count);
  return {
    parts: 1,
    read: (bits) => {
      const value = toInteger(bits.slice(0, width));
      if (value >= limit) return `${value} has more than ${count} digits`;
      return { parts: [count === 0 ? "" : value.toString().padStart(count, "0")], width };
    },
    write: ([text = ""]) =>
      text.length === count && /^\d*$/.test(text)
        ? { bits: toBits(BigInt(text || "0"), width) }
        : `"${text}" is not ${count} digits`,
  };
}

/** Digits with leading zeros in a number: a 1 stands in front of them (TDS 1.13 section 14.3.7). */
export function numericString(width: number, digitsMax: number): Field {
  return {
    parts: 1,
    read: (bits) => {
      const text = toInteger(bits.slice(0, width)).toString();
      if (!text.startsWith("1") || text.length < 2) return "a numeric string begins with a 1";
      return text.length - 1 > digitsMax
        ? `${text.slice(1)} has more than ${digitsMax} digits`
        : { parts: [text.slice(1)], width };
    },
    write: ([text = ""]) =>
      /^\d+$/.test(text) && text.length <= digitsMax
        ? { bits: toBits(BigInt(`1${text}`), width) }
        : `"${text}" is not 1 to ${digitsMax} digits`,
  };
}

/** Up to `charactersMax` characters of character set 82 in 7 bits each, the rest zero. */
export function text7(width: number, charactersMax: number): Field {
  return {
    parts: 1,
    read: (bits) => {
      const text = readCharacters(bits.slice(0, width), 7);
      if (text === undefined) return "bits after the end of the text";
      if (text.length === 0 || text.length > charactersMax || !isCset82(text))
        return `not 1 to ${charactersMax} characters of character set 82`;
      return { parts: [escapeForUrn(text)], width };
    },
    write: ([part = ""]) => {
      const text = unescapeFromUrn(part);
      if (text === undefined || text.length === 0 || text.length > charactersMax || !isCset82(text))
        return `"${part}" is not 1 to ${charactersMax} escaped characters of character set 82`;
      return { bits: writeCharacters(text, 7).padEnd(width, "0") };
    },
  };
}

/** 6-bit characters up to a terminator of six zero bits (TDS 1.13 section 14.3.8). */
export function text6(charactersMax: number, charactersMin: number): Field {
  const fits = (text: string): boolean =>
    text.length >= charactersMin && text.length <= charactersMax && isSixBit(text);
  return {
    parts: 1,
    read: (bits) => {
      const end = endOfText6(bits);
      if (end === undefined) return "a text without end";
      const text = readCharacters(bits.slice(0, end), 6) ?? "";
      return fits(text)
        ? { parts: [escapeForUrn(text)], width: end + 6 }
        : `not ${charactersMin} to ${charactersMax} 6-bit characters`;
    },
    write: ([part = ""]) => {
      const text = unescapeFromUrn(part);
      return text !== undefined && fits(text)
        ? { bits: `${writeCharacters(text, 6)}000000` }
        : `"${part}" is not ${charactersMin} to ${charactersMax} escaped 6-bit characters`;
    },
  };
}

/** A CAGE or DoDAAC code: six characters, a code of five with a space in front. */
export function governmentCode(bitsPerCharacter: 6 | 8): Field {
  const width = bitsPerCharacter * 6;
  return {
    parts: 1,
    read: (bits) => {
      const text = readCharacters(bits.slice(0, width), bitsPerCharacter)?.replace(/^ /, "") ?? "";
      return /^[0-9A-HJ-NP-Z]{5,6}$/.test(text) ? { parts: [text], width } : "not a CAGE or DoDAAC code";
    },
    write: ([text = ""]) =>
      /^[0-9A-HJ-NP-Z]{5,6}$/.test(text)
        ? { bits: writeCharacters(text.padStart(6, " "), bitsPerCharacter) }
        : `"${text}" is not a CAGE or DoDAAC code`,
  };
}

/** Bits that must be zero and say nothing. */
export function reserved(width: number): Field {
  return {
    parts: 0,
    read: (bits) =>
      bits.slice(0, width).includes("1") ? "reserved bits are not zero" : { parts: [], width },
    write: () => ({ bits: "0".repeat(width) }),
  };
}

/** Undefined when something stands behind the first character of zero bits. */
function readCharacters(bits: Bits, width: number): string | undefined {
  let text = "";
  for (let offset = 0; offset + width <= bits.length; offset += width) {
    const code = Number.parseInt(bits.slice(offset, offset + width), 2);
    if (code === 0) return bits.includes("1", offset) ? undefined : text;
    // 6-bit codes are ASCII without its two upper bits: 1 to 31 stand for the letters from 0x41 on.
    text += String.fromCharCode(width === 6 && code < 32 ? code + 64 : code);
  }
  return text;
}

function writeCharacters(text: string, width: number): Bits {
  let bits = "";
  for (const character of text) {
    bits += (character.charCodeAt(0) & ((1 << width) - 1)).toString(2).padStart(width, "0");
  }
  return bits;
}

function endOfText6(bits: Bits): number | undefined {
  for (let offset = 0; offset + 6 <= bits.length; offset += 6) {
    if (bits.startsWith("000000", offset)) return offset;
  }
  return undefined;
}
