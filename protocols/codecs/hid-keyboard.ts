import type { Decoded } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import type { KeyboardLayout } from "./hid-keyboard/layouts.ts";
import { findKey, keyboardLayouts, modifier, pressed, readKey } from "./hid-keyboard/layouts.ts";
import { scanBytesMax } from "./scanner/scan.ts";

/*
 * A scanner that types: boot keyboard reports.
 *
 *   modifiers | 0 | up to six keys held down
 *
 * A key is typed when it appears among those held. Fast scanners leave out the empty report between two
 * different keys, so reports are compared with the one before, never waited for to be empty.
 */
export const keyboardReportBytes = 8;
const keysFrom = 2;
/** Usages 1 to 3 say that the keyboard cannot tell which keys are down. */
const firstKey = 0x04;
const suffixKeys: Readonly<Record<number, KeyboardSuffix>> = { 0x28: "Enter", 0x58: "Enter", 0x2b: "Tab" };
export type KeyboardSuffix = "Enter" | "Tab";

export interface TypedCode {
  readonly text: string;
  /** Absent when silence ended the code. */
  readonly suffix?: KeyboardSuffix;
}

export interface HidKeyboardState {
  readonly held: readonly number[];
  readonly text: string;
  /** Digits typed on the keypad while Alt is down: a character by its number. */
  readonly altDigits: string;
}
export const hidKeyboardInitial: HidKeyboardState = { held: [], text: "", altDigits: "" };

export interface HidKeyboardStep {
  readonly state: HidKeyboardState;
  readonly outcomes: readonly Decoded<TypedCode>[];
}

/** The character with this number, as Windows has it below 256 and Unicode beyond; GBK numbers are not known here. */
function numbered(digits: string): string {
  const number = Number.parseInt(digits, 10);
  const isCharacter = number <= 0x10ffff && (number < 0xd800 || number > 0xdfff);
  return digits !== "" && isCharacter ? String.fromCodePoint(number) : "";
}

/** Ctrl with a letter or one of @ [ \ ] ^ _ is a control character. */
function controlled(character: string): string {
  const code = character.toUpperCase().charCodeAt(0);
  return code >= 0x40 && code <= 0x5f ? String.fromCharCode(code & 0x1f) : "";
}

const keypadDigit = /^\d$/;
const keypadFrom = 0x59;

/** What one newly pressed key adds. */
function press(
  state: HidKeyboardState,
  usage: number,
  modifiers: number,
  layout: KeyboardLayout,
): HidKeyboardState {
  const character = readKey(layout, usage, modifiers) ?? "";
  if ((modifiers & modifier.leftAlt) !== 0 && usage >= keypadFrom && keypadDigit.test(character)) {
    // Seven digits hold any Unicode number; more are no character.
    return { ...state, altDigits: (state.altDigits + character).slice(0, 8) };
  }
  const added = (modifiers & modifier.control) !== 0 && character !== "" ? controlled(character) : character;
  return { ...state, text: state.text + added };
}

/** Ends the number that Alt was held down for. */
function releaseAlt(state: HidKeyboardState, modifiers: number): HidKeyboardState {
  if ((modifiers & modifier.leftAlt) !== 0 || state.altDigits === "") return state;
  return { ...state, text: state.text + numbered(state.altDigits), altDigits: "" };
}

export function hidKeyboardStep(
  layout: KeyboardLayout,
  before: HidKeyboardState,
  report: Uint8Array,
): HidKeyboardStep {
  if (report.length !== keyboardReportBytes) {
    const error = `a keyboard report has ${keyboardReportBytes} bytes, got ${report.length}`;
    return { state: before, outcomes: [refused("length", error)] };
  }
  const [modifiers = 0] = report;
  const keys = Array.from(report.subarray(keysFrom)).filter((usage) => usage > 0);
  if (keys.some((usage) => usage < firstKey)) return { state: before, outcomes: [] };
  const outcomes: Decoded<TypedCode>[] = [];
  let state = releaseAlt(before, modifiers);
  for (const usage of keys.filter((key) => !before.held.includes(key))) {
    const suffix = suffixKeys[usage];
    if (suffix === undefined) {
      state = press(state, usage, modifiers, layout);
      continue;
    }
    outcomes.push(finish(state.text, suffix));
    state = { ...state, text: "", altDigits: "" };
  }
  if (state.text.length > scanBytesMax) {
    outcomes.push(refused("length", `more than ${scanBytesMax} characters without an end`));
    state = { ...state, text: "" };
  }
  return { state: { ...state, held: keys }, outcomes };
}

const finish = (text: string, suffix?: KeyboardSuffix): Decoded<TypedCode> =>
  text === ""
    ? refused("empty", "an end without a code")
    : decoded(suffix === undefined ? { text } : { text, suffix });

/** The keyboard has been silent for the idle gap: what is there is a code without suffix. */
export function hidKeyboardIdle(state: HidKeyboardState): HidKeyboardStep {
  const { text } = releaseAlt(state, 0);
  return { state: { ...hidKeyboardInitial, held: state.held }, outcomes: text === "" ? [] : [finish(text)] };
}

const keyReport = (modifiers: number, ...keys: readonly number[]): Uint8Array => {
  const report = new Uint8Array(keyboardReportBytes);
  report.set([modifiers, 0, ...keys]);
  return report;
};
const released = keyReport(0);

/** A character that the layout lacks, by its number on the keypad with Alt held down. */
function typeNumber(character: string): readonly Uint8Array[] {
  const held = keyReport(pressed.leftAlt);
  const digits = String(character.codePointAt(0) ?? 0).padStart(4, "0");
  const strokes = Array.from(digits).flatMap((digit) => {
    const usage = keypadFrom + ((Number(digit) + 9) % 10);
    return [keyReport(pressed.leftAlt, usage), held];
  });
  return [held, ...strokes, released];
}

/** What a scanner types for a code: for simulators. */
export function encodeKeyboardReports(layout: KeyboardLayout, code: TypedCode): readonly Uint8Array[] {
  const strokes = Array.from(code.text).flatMap((character) => {
    const key = findKey(layout, character);
    return key === undefined ? typeNumber(character) : [keyReport(key.modifiers, key.usage), released];
  });
  const suffix = { Enter: 0x28, Tab: 0x2b } as const;
  return code.suffix === undefined ? strokes : [...strokes, keyReport(0, suffix[code.suffix]), released];
}

function readReports(layout: KeyboardLayout, bytes: Uint8Array): Decoded<TypedCode> {
  let state = hidKeyboardInitial;
  const outcomes: Decoded<TypedCode>[] = [];
  for (let start = 0; start < bytes.length; start += keyboardReportBytes) {
    const step = hidKeyboardStep(layout, state, bytes.subarray(start, start + keyboardReportBytes));
    state = step.state;
    outcomes.push(...step.outcomes);
  }
  outcomes.push(...hidKeyboardIdle(state).outcomes);
  const [only = refused("empty", "no key was typed")] = outcomes;
  return outcomes.length > 1 && only.ok
    ? refused("field", "more than one code; give each its own line")
    : only;
}

/** The reports of one code, as on a line of `storewire decode`: read as US, and what other layouts make of them. */
export function decodeHidKeyboardLine(bytes: Uint8Array): Decoded<Record<string, unknown>> {
  if (bytes.length === 0) return refused("empty", "no bytes");
  const code = readReports("US", bytes);
  if (!code.ok) return code;
  const others = keyboardLayouts.map((layout) => {
    const other = readReports(layout, bytes);
    return [`text${layout}`, other.ok ? other.value.text : ""] as const;
  });
  return decoded({ ...code.value, layout: "US", ...Object.fromEntries(others) });
}
