import type {
  HidKeyboardState,
  HidKeyboardStep,
  KeyboardScannerSetup,
} from "../../protocols/codecs/hid-keyboard.ts";
import {
  hidKeyboardIdle,
  hidKeyboardInitial,
  hidKeyboardStep,
  isTyping,
  typedScan,
} from "../../protocols/codecs/hid-keyboard.ts";
import { isCommandReplyAim } from "../../protocols/codecs/scanner/aim.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Driver, Session, SessionEffect, SessionInput, SessionStep } from "../driver.ts";
import { run } from "../driver.ts";
import { failed } from "./parts/answers.ts";
import { decodeGbk } from "./parts/chinese-text.ts";
import { observeScan } from "./parts/scan.ts";
import { stay } from "./parts/steps.ts";

type Settings = SettingsOf<"hid-keyboard">;

/** A barcode scanner that types (keyboard wedge), read beside the kernel's keyboard (usage page 1, usage 6). */
export const hidKeyboard: Driver<Settings> = {
  name: "hid-keyboard",
  transports: ["hid"],
  start: (settings) => run(new HidKeyboardSession(settings)),
};

/**
 * A code whose suffix has not come by then never gets it, and must not be glued to the next customer's.
 * Far beyond the idle gap, because a busy box may see the two halves of one code that late.
 */
const suffixMsMax = 2_000;
const gapTimer = "gap";
const groupSeparator = "\x1d";
const suffixes = { enter: "Enter", tab: "Tab", none: undefined } as const;

/** A keyboard has no greeting: an opened one is ready. */
export class HidKeyboardSession implements Session<HidKeyboardState> {
  readonly initial = hidKeyboardInitial;
  readonly #settings: Settings;
  readonly #setup: KeyboardScannerSetup;
  readonly #gapMs: number;

  constructor(settings: Settings) {
    const { layout, capsLock, altCodes } = settings;
    const suffix = suffixes[settings.suffix];
    this.#settings = settings;
    this.#setup = {
      layout,
      capsLock,
      ...(suffix === undefined ? {} : { suffix }),
      ...(altCodes === "gbk" ? { decodeText: decodeGbk } : {}),
    };
    this.#gapMs = suffix === undefined ? settings.idleGapMs : suffixMsMax;
  }

  step(state: HidKeyboardState, input: SessionInput): SessionStep<HidKeyboardState> {
    switch (input.kind) {
      case "opened":
        return { state: hidKeyboardInitial, effects: [{ kind: "ready" }] };
      case "bytes":
        return this.#take(state, input.bytes);
      case "timer":
        return this.#endByGap(state);
      case "command":
        return { state, effects: [failed(input.command, "command-unsupported")] };
      case "edge":
        return stay(state);
    }
  }

  /** The first byte is the report's id, 0 where the device has none. */
  #take(before: HidKeyboardState, report: Uint8Array): SessionStep<HidKeyboardState> {
    const { state, outcomes } = hidKeyboardStep(this.#setup, before, report.subarray(1));
    const timer: SessionEffect = isTyping(state)
      ? { kind: "timer", name: gapTimer, delayMs: this.#gapMs }
      : { kind: "cancel-timer", name: gapTimer };
    const effects = outcomes.flatMap((outcome) => {
      if (outcome.ok) return this.#say(outcome.value.text);
      // A suffix without a code is a finger on a button; everything else that is refused was bytes for nothing.
      return outcome.code === "empty" ? [] : noise(Math.max(report.length, before.typing.text.length));
    });
    return { state, effects: [...effects, timer] };
  }

  #endByGap(before: HidKeyboardState): SessionStep<HidKeyboardState> {
    const { state, outcomes }: HidKeyboardStep = hidKeyboardIdle(this.#setup, before);
    const effects = outcomes.flatMap((outcome) => {
      if (!outcome.ok) return [];
      // Half a code is false data: where a suffix is configured, silence is no end.
      return this.#setup.suffix === undefined
        ? this.#say(outcome.value.text)
        : noise(outcome.value.text.length);
    });
    return { state, effects };
  }

  #say(typed: string): readonly SessionEffect[] {
    const { groupSeparator: replaced, aimPrefix } = this.#settings;
    const text = replaced === undefined ? typed : typed.replaceAll(replaced, groupSeparator);
    const scan = typedScan(text, aimPrefix);
    if (scan.bytes.length === 0) return noise(typed.length);
    return isCommandReplyAim(scan.aim ?? text) ? [] : [observeScan(scan)];
  }
}

const noise = (byteCount: number): readonly SessionEffect[] => [{ kind: "noise", byteCount }];
