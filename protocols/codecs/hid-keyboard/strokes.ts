import type { EncodeText } from "../escpos/receipt.ts";
import type { Key, KeyboardLayout } from "./layouts.ts";
import { findAccented, findKey, isDead, pressed } from "./layouts.ts";

export const keyboardReportBytes = 8;

/** How a scanner types: what its settings and its haste make of a code. */
export interface TypingHabits {
  readonly layout: KeyboardLayout;
  /** GS as Alt and its number, as Ctrl and a key, or left out as many do from the factory. */
  readonly groupSeparator?: "alt" | "ctrl" | "dropped";
  /** Whether each key is let go, the next one replaces it, or the next one comes before it is let go. */
  readonly release?: "each" | "none" | "rollover";
  readonly capsLock?: boolean;
  /** Characters that no key has are typed by their bytes in this character set; absent: by their Unicode number. */
  readonly encodeText?: EncodeText;
}

const groupSeparator = "\x1d";
const spaceKey: Key = { modifiers: 0, usage: 0x2c };
const keypadFrom = 0x59;

const report = (modifiers: number, ...keys: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(keyboardReportBytes);
  bytes.set([modifiers, 0, ...keys]);
  return bytes;
};
const released = report(0);

/** A key, or a number typed with Alt held down. */
type Stroke = Key | { readonly number: number };

const strokesOfGroupSeparator: Readonly<Record<"alt" | "ctrl" | "dropped", readonly Stroke[]>> = {
  alt: [{ number: 0x1d }],
  ctrl: [{ modifiers: pressed.control, usage: 0x30 }],
  dropped: [],
};

/** The reports of the characters and keys, in order; every key is let go at the end. */
export function typeStrokes(habits: TypingHabits, text: string, last: readonly Key[]): readonly Uint8Array[] {
  const strokes = [...Array.from(text).flatMap((character) => strokesOf(habits, character)), ...last];
  const reports: Uint8Array[] = [];
  let down: number | undefined;
  for (const stroke of strokes) {
    const letGo = down === undefined ? [] : [released];
    if ("number" in stroke) {
      reports.push(...letGo, ...typeNumber(stroke.number));
      down = undefined;
      continue;
    }
    reports.push(...typeKey(stroke, down, habits));
    down = habits.release === undefined || habits.release === "each" ? undefined : stroke.usage;
  }
  return down === undefined ? reports : [...reports, released];
}

function typeKey({ modifiers, usage }: Key, down: number | undefined, { release = "each" }: TypingHabits) {
  const key = report(modifiers, usage);
  if (release === "each") return [key, released];
  // The same key must be let go, or it would not be pressed anew.
  if (down === usage) return [released, key];
  return release === "none" || down === undefined ? [key] : [report(modifiers, down, usage), key];
}

function strokesOf(habits: TypingHabits, character: string): readonly Stroke[] {
  if (character === groupSeparator && habits.groupSeparator !== undefined)
    return strokesOfGroupSeparator[habits.groupSeparator];
  const { layout, capsLock = false } = habits;
  const written = capsLock ? swapCase(character) : character;
  const key = findKey(layout, written);
  if (key !== undefined) return isDead(layout, written, key.modifiers) ? [key, spaceKey] : [key];
  return findAccented(layout, written) ?? [{ number: numberOf(character, habits.encodeText) }];
}

const numberOf = (character: string, encodeText: EncodeText | undefined): number =>
  encodeText === undefined
    ? (character.codePointAt(0) ?? 0)
    : encodeText(character).reduce((sum, byte) => sum * 256 + byte, 0);

const swapCase = (character: string): string => {
  const upper = character.toUpperCase();
  if (character === upper) return character.toLowerCase();
  return upper.length === 1 ? upper : character;
};

function typeNumber(number: number): readonly Uint8Array[] {
  const held = report(pressed.leftAlt);
  const digits = Array.from(String(number).padStart(4, "0")).flatMap((digit) => {
    const usage = keypadFrom + ((Number(digit) + 9) % 10);
    return [report(pressed.leftAlt, usage), held];
  });
  return [held, ...digits, released];
}
