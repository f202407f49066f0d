import iconv from "iconv-lite";
import type { TypingHabits } from "../../protocols/codecs/hid-keyboard/strokes.ts";
import type { KeyboardSuffix } from "../../protocols/codecs/hid-keyboard.ts";
import { encodeKeyboardReports } from "../../protocols/codecs/hid-keyboard.ts";
import { join } from "../../protocols/stream/bytes.ts";
import type { Simulator } from "../simulator.ts";
import type { ScannerTrigger } from "./scanner-trigger.ts";
import { sendAgain, sendScan, triggerReleased } from "./scanner-trigger.ts";
import type { ScanStimulus } from "./serial-scanner.ts";
import { aimOfOthers } from "./serial-scanner.ts";

/** The scanner's own settings, which may be others than the gateway was told: that is its commonest fault. */
export interface HidKeyboardOptions extends Pick<TypingHabits, "layout"> {
  readonly suffix: "enter" | "tab" | "none";
  readonly groupSeparator: "alt" | "ctrl" | "dropped";
  readonly release: "each" | "none" | "rollover";
  readonly capsLock: boolean;
  /** Numbers of characters that no key has. */
  readonly altCodes: "unicode" | "gbk";
  readonly aimPrefix: boolean;
  /** Composite scanners number their reports. */
  readonly reportId: number;
}

export const hidKeyboardDefaults: HidKeyboardOptions = {
  layout: "US",
  suffix: "enter",
  groupSeparator: "alt",
  release: "each",
  capsLock: false,
  altCodes: "unicode",
  aimPrefix: false,
  reportId: 0,
};

const suffixes: Readonly<Record<HidKeyboardOptions["suffix"], KeyboardSuffix | undefined>> = {
  enter: "Enter",
  tab: "Tab",
  none: undefined,
};

/** A scanner that types each code; each change of its keys is one report. */
export function createHidKeyboard(options: HidKeyboardOptions): Simulator<ScannerTrigger, ScanStimulus> {
  const { layout, groupSeparator, release, capsLock, aimPrefix, reportId } = options;
  const gbk = { encodeText: (text: string) => new Uint8Array(iconv.encode(text, "gb18030")) };
  const habits: TypingHabits = {
    layout,
    groupSeparator,
    release,
    capsLock,
    ...(options.altCodes === "gbk" ? gbk : {}),
  };
  const suffix = suffixes[options.suffix];
  const type = ({ text, aim = aimOfOthers }: ScanStimulus): readonly Uint8Array[] => {
    const code = { text: aimPrefix ? aim + text : text, ...(suffix === undefined ? {} : { suffix }) };
    return encodeKeyboardReports(habits, code).map((report) => join(Uint8Array.of(reportId), report));
  };
  return {
    name: "hid-keyboard",
    initial: triggerReleased,
    step(state, input) {
      if (input.kind === "timer") return sendAgain(state);
      if (input.kind !== "stimulus") return { state, effects: [] };
      return sendScan(state, type(input.stimulus), input.stimulus.againAfterMs);
    },
  };
}
