import { keyName } from "../../protocols/codecs/hid-keyboard/key-names.ts";
import { heldKeys, keyboardReportBytes } from "../../protocols/codecs/hid-keyboard.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Driver, Session, SessionEffect, SessionStep } from "../driver.ts";
import { run } from "../driver.ts";
import { failed } from "./parts/answers.ts";
import { stay } from "./parts/steps.ts";

type Settings = SettingsOf<"hid-keypad">;

/** A USB keypad whose keys are buttons: a counter's, or a kiosk's. What a press means is the queue's matter. */
export const hidKeypad: Driver<Settings> = {
  name: "hid-keypad",
  transports: ["hid"],
  start: (settings) => run(hidKeypadSession(settings)),
};

interface KeypadState {
  readonly held: ReadonlySet<string>;
}
const initial: KeypadState = { held: new Set() };

function buttonOf(buttons: Settings["buttons"], usage: number): readonly string[] {
  const key = keyName(usage);
  return key !== undefined && Object.hasOwn(buttons, key) ? [key] : [];
}

/** The report's first byte is its id. A keyboard does not repeat a held key on the wire, so each change is one. */
export function hidKeypadSession({ buttons }: Settings): Session<KeypadState> {
  const take = (before: KeypadState, report: Uint8Array): SessionStep<KeypadState> => {
    if (report.length !== keyboardReportBytes + 1)
      return { state: before, effects: [{ kind: "noise", byteCount: report.length }] };
    const keys = heldKeys(report.subarray(1));
    if (keys === undefined) return stay(before);
    const held = new Set(keys.flatMap((usage) => buttonOf(buttons, usage)));
    const changed = (change: "down" | "up", now: ReadonlySet<string>, other: ReadonlySet<string>) =>
      [...now]
        .filter((key) => !other.has(key))
        .map(
          (button): SessionEffect => ({ kind: "observe", observation: { kind: "button", change, button } }),
        );
    return {
      state: { held },
      effects: [...changed("up", before.held, held), ...changed("down", held, before.held)],
    };
  };
  return {
    initial,
    step(state, input) {
      switch (input.kind) {
        case "opened":
          return { state: initial, effects: [{ kind: "ready" }] };
        case "bytes":
          return take(state, input.bytes);
        case "command":
          return { state, effects: [failed(input.command, "command-unsupported")] };
        case "edge":
        case "timer":
          return stay(state);
      }
    },
  };
}
