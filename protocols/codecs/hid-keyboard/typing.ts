import type { KeyboardLayout } from "./layouts.ts";
import { isDead, modifier, readKey, underAccent } from "./layouts.ts";

/** Characters from bytes of the scanner's own character set, such as GBK; what is none becomes U+FFFD. */
export type DecodeText = (bytes: Uint8Array) => string;

/** How a scanner that types is set up; there is no way to find out but to scan a known code. */
export interface KeyboardSetup {
  readonly layout: KeyboardLayout;
  /** The scanner types as if Caps Lock were on: its letters come in the other case. */
  readonly capsLock?: boolean;
  /** Numbers that are typed with Alt are the bytes of a character set; absent: they are Unicode. */
  readonly decodeText?: DecodeText;
}

/** What has been typed of a code. */
export interface Typing {
  readonly text: string;
  /** Digits typed on the keypad while Alt is down: a character by its number. */
  readonly altDigits: string;
  /** Bytes typed with Alt whose character may not be complete yet. */
  readonly altBytes: readonly number[];
  /** A dead key that waits for the next character. */
  readonly accent: string;
  /** The scanner itself has pressed Caps Lock, as those do that write capitals so. */
  readonly capsPressed: boolean;
}
export const nothingTyped: Typing = {
  text: "",
  altDigits: "",
  altBytes: [],
  accent: "",
  capsPressed: false,
};

const capsLockKey = 0x39;
const keypadDigits = { from: 0x59, to: 0x62 } as const;
/** A character of four bytes in GB18030 is a number of ten digits; more digits are no character. */
const altDigitsMax = 10;

/** Windows and most scanners take Ctrl and Alt together for AltGr. */
const asAltGr = (modifiers: number): number =>
  (modifiers & modifier.control) !== 0 && (modifiers & modifier.leftAlt) !== 0
    ? (modifiers & modifier.shift) | modifier.altGr
    : modifiers;

/** What one newly pressed key adds. */
export function pressKey(setup: KeyboardSetup, typing: Typing, usage: number, pressed: number): Typing {
  if (usage === capsLockKey) return { ...typing, capsPressed: !typing.capsPressed };
  const modifiers = asAltGr(pressed);
  const character = readKey(setup.layout, usage, modifiers) ?? "";
  if (isDigitWithAlt(usage, modifiers))
    return { ...typing, altDigits: (typing.altDigits + character).slice(0, altDigitsMax + 1) };
  if ((modifiers & modifier.control) !== 0)
    return write(setup, typing, controlled(character) || controlled(readKey("US", usage, 0) ?? ""));
  if (!isDead(setup.layout, character, modifiers))
    return write(setup, typing, inCase(setup, typing, character));
  // Two dead keys in a row: the first one was meant as it is.
  return { ...finishTyping(setup, typing), accent: character };
}

const isDigitWithAlt = (usage: number, modifiers: number): boolean =>
  (modifiers & modifier.leftAlt) !== 0 && usage >= keypadDigits.from && usage <= keypadDigits.to;

/** Ends the number that Alt was held down for. */
export function releaseAlt(setup: KeyboardSetup, typing: Typing): Typing {
  const { altDigits, ...rest } = typing;
  if (altDigits === "") return typing;
  const number = altDigits.length > altDigitsMax ? Number.NaN : Number(altDigits);
  const before = { ...rest, altDigits: "" };
  if (setup.decodeText === undefined) return write(setup, before, numbered(number));
  // Both ways that scanners have are runs of bytes: 54992 for a whole character, or 0214 0208 byte by byte.
  return { ...before, altBytes: [...before.altBytes, ...bytesOf(number)] };
}

/** Takes in what was still waiting for more. */
export function finishTyping(setup: KeyboardSetup, typing: Typing): Typing {
  const { altBytes, accent } = typing;
  const spoken = altBytes.length === 0 ? "" : (setup.decodeText?.(Uint8Array.from(altBytes)) ?? "");
  return { ...typing, text: typing.text + spoken + accent, altBytes: [], accent: "" };
}

function write(setup: KeyboardSetup, typing: Typing, character: string): Typing {
  if (character === "") return typing;
  const { accent } = typing;
  const before = finishTyping(setup, { ...typing, accent: "" });
  const added = accent === "" ? character : underAccent(setup.layout, accent, character);
  return { ...before, text: before.text + added };
}

/** Caps Lock swaps the case of letters and leaves everything else alone. */
function inCase({ capsLock = false }: KeyboardSetup, { capsPressed }: Typing, character: string): string {
  if (capsLock === capsPressed) return character;
  const upper = character.toUpperCase();
  return character === upper ? character.toLowerCase() : upper.length === 1 ? upper : character;
}

/** The character with this number; empty where Unicode has none. */
function numbered(number: number): string {
  const isCharacter = number <= 0x10ffff && (number < 0xd800 || number > 0xdfff);
  return isCharacter ? String.fromCodePoint(number) : "";
}

function bytesOf(number: number): readonly number[] {
  if (!(number <= 0xffffffff)) return [];
  const bytes = [number >>> 24, (number >>> 16) & 0xff, (number >>> 8) & 0xff, number & 0xff];
  const first = bytes.findIndex((byte) => byte > 0);
  return first < 0 ? [0] : bytes.slice(first);
}

/** Ctrl with a letter or one of @ [ \ ] ^ _ is a control character; on other layouts their keys stay in place. */
function controlled(character: string): string {
  const code = character.toUpperCase().charCodeAt(0);
  return code >= 0x40 && code <= 0x5f ? String.fromCharCode(code & 0x1f) : "";
}
