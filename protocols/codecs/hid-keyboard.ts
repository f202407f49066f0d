import type { Decoded } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromLatin1 } from "../stream/bytes.ts";
import { utf8 } from "../stream/utf8.ts";
import { keyboardLayouts, modifier } from "./hid-keyboard/layouts.ts";
import type { TypingHabits } from "./hid-keyboard/strokes.ts";
import { keyboardReportBytes, typeStrokes } from "./hid-keyboard/strokes.ts";
import type { DecodeText, KeyboardSetup, Typing } from "./hid-keyboard/typing.ts";
import { finishTyping, nothingTyped, pressKey, releaseAlt } from "./hid-keyboard/typing.ts";
import { aimLength, isAim } from "./scanner/aim.ts";
import type { Scan } from "./scanner/scan.ts";
import { scanBytesMax, scanOf } from "./scanner/scan.ts";

/*
 * A scanner that types: boot keyboard reports.
 *
 *   modifiers | 0 | up to six keys held down
 *
 * A key is typed when it appears among those held. Fast scanners leave out the empty report between two
 * different keys, so reports are compared with the one before, never waited for to be empty.
 */
export { keyboardReportBytes } from "./hid-keyboard/strokes.ts";

const keysFrom = 2;
/** Usages 1 to 3 say that the keyboard cannot tell which keys are down. */
const firstKey = 0x04;
const suffixKeys: Readonly<Record<number, KeyboardSuffix>> = { 0x28: "Enter", 0x58: "Enter", 0x2b: "Tab" };
export type KeyboardSuffix = "Enter" | "Tab";
const suffixCharacters = { Enter: "\r", Tab: "\t" } as const;

export interface TypedCode {
  readonly text: string;
  /** Absent when silence ended the code. */
  readonly suffix?: KeyboardSuffix;
}

export interface KeyboardScannerSetup extends KeyboardSetup {
  /** The key that ends a code; the other one belongs to it. Absent: either ends it. */
  readonly suffix?: KeyboardSuffix;
}

export interface HidKeyboardState {
  readonly held: readonly number[];
  readonly typing: Typing;
}
export const hidKeyboardInitial: HidKeyboardState = { held: [], typing: nothingTyped };

/** Whether a part of a code is there, so that the idle gap has to be watched. */
export const isTyping = ({ typing }: HidKeyboardState): boolean =>
  typing.text !== "" || typing.altDigits !== "" || typing.altBytes.length > 0 || typing.accent !== "";

export interface HidKeyboardStep {
  readonly state: HidKeyboardState;
  readonly outcomes: readonly Decoded<TypedCode>[];
}

/** The keys that a report holds down, or undefined where it cannot tell; also for keypads that are no scanners. */
export function heldKeys(report: Uint8Array): readonly number[] | undefined {
  const keys = Array.from(report.subarray(keysFrom)).filter((usage) => usage > 0);
  return keys.some((usage) => usage < firstKey) ? undefined : keys;
}

export function hidKeyboardStep(
  setup: KeyboardScannerSetup,
  before: HidKeyboardState,
  report: Uint8Array,
): HidKeyboardStep {
  if (report.length !== keyboardReportBytes) {
    const error = `a keyboard report has ${keyboardReportBytes} bytes, got ${report.length}`;
    return { state: before, outcomes: [refused("length", error)] };
  }
  const held = heldKeys(report);
  if (held === undefined) return { state: before, outcomes: [] };
  const [modifiers = 0] = report;
  const outcomes: Decoded<TypedCode>[] = [];
  let typing = (modifiers & modifier.leftAlt) === 0 ? releaseAlt(setup, before.typing) : before.typing;
  for (const usage of held.filter((key) => !before.held.includes(key))) {
    const suffix = suffixKeys[usage];
    if (suffix === undefined) {
      typing = pressKey(setup, typing, usage, modifiers);
    } else if (setup.suffix === undefined || setup.suffix === suffix) {
      outcomes.push(finish(setup, typing, suffix));
      typing = { ...nothingTyped, capsPressed: typing.capsPressed };
    } else {
      const { text, ...rest } = finishTyping(setup, typing);
      typing = { ...rest, text: text + suffixCharacters[suffix] };
    }
  }
  if (typing.text.length + typing.altBytes.length > scanBytesMax) {
    outcomes.push(refused("length", `more than ${scanBytesMax} characters without an end`));
    typing = { ...nothingTyped, capsPressed: typing.capsPressed };
  }
  return { state: { held, typing }, outcomes };
}

function finish(setup: KeyboardSetup, typing: Typing, suffix?: KeyboardSuffix): Decoded<TypedCode> {
  const { text } = finishTyping(setup, releaseAlt(setup, typing));
  if (text === "") return refused("empty", "an end without a code");
  return decoded(suffix === undefined ? { text } : { text, suffix });
}

/** The keyboard has been silent for the idle gap: what is there is a code without suffix. */
export function hidKeyboardIdle(setup: KeyboardSetup, before: HidKeyboardState): HidKeyboardStep {
  const { held, typing } = before;
  const code = finish(setup, typing);
  const state = { held, typing: { ...nothingTyped, capsPressed: typing.capsPressed } };
  return { state, outcomes: code.ok ? [code] : [] };
}

const latin1 = /^[\0-\xff]*$/;

/**
 * What was typed, as a scan. Characters up to U+00FF are bytes: scanners that know no Chinese type UTF-8 byte by
 * byte. Beyond, the code's own bytes are not known, and they are taken for UTF-8.
 */
export function typedScan(text: string, aimPrefix: boolean): Scan {
  const aim = aimPrefix && isAim(text.slice(0, aimLength)) ? text.slice(0, aimLength) : undefined;
  const content = aim === undefined ? text : text.slice(aimLength);
  return scanOf(aim, latin1.test(content) ? fromLatin1(content) : utf8(content));
}

/** What a scanner types for a code: for simulators. */
export function encodeKeyboardReports(habits: TypingHabits, code: TypedCode): readonly Uint8Array[] {
  const usages = { Enter: 0x28, Tab: 0x2b } as const;
  const last = code.suffix === undefined ? [] : [{ modifiers: 0, usage: usages[code.suffix] }];
  return typeStrokes(habits, code.text, last);
}

function readReports(setup: KeyboardSetup, bytes: Uint8Array): Decoded<TypedCode> {
  let state = hidKeyboardInitial;
  const outcomes: Decoded<TypedCode>[] = [];
  for (let start = 0; start < bytes.length; start += keyboardReportBytes) {
    const step = hidKeyboardStep(setup, state, bytes.subarray(start, start + keyboardReportBytes));
    state = step.state;
    outcomes.push(...step.outcomes);
  }
  outcomes.push(...hidKeyboardIdle(setup, state).outcomes);
  const [only = refused("empty", "no key was typed")] = outcomes;
  return outcomes.length > 1 && only.ok
    ? refused("field", "more than one code; give each its own line")
    : only;
}

/**
 * The reports of one code, as on a line of `storewire decode`: read as US, and what other layouts make of them;
 * `textGBK` where a number typed with Alt may be one of GBK.
 */
export function decodeHidKeyboardLine(
  bytes: Uint8Array,
  decodeGbk?: DecodeText,
): Decoded<Record<string, unknown>> {
  if (bytes.length === 0) return refused("empty", "no bytes");
  const code = readReports({ layout: "US" }, bytes);
  const gbk = decodeGbk === undefined ? code : readReports({ layout: "US", decodeText: decodeGbk }, bytes);
  // A number that Unicode has no character for can only be one of GBK.
  const read = code.ok ? code : gbk;
  if (!read.ok) return read;
  const others = keyboardLayouts.map((layout) => {
    const other = readReports({ layout }, bytes);
    return [`text${layout}`, other.ok ? other.value.text : ""] as const;
  });
  const textGBK = gbk.ok && gbk.value.text !== read.value.text ? { textGBK: gbk.value.text } : {};
  return decoded({ ...read.value, layout: "US", ...Object.fromEntries(others), ...textGBK });
}
