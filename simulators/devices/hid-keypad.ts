import type { KeyName } from "../../protocols/codecs/hid-keyboard/key-names.ts";
import { usageOfKey } from "../../protocols/codecs/hid-keyboard/key-names.ts";
import { keyboardReportBytes } from "../../protocols/codecs/hid-keyboard.ts";
import type { Simulator, SimulatorEffect } from "../simulator.ts";

export interface KeypadOptions {
  /** Keypads with media keys number their reports. */
  readonly reportId: number;
}
export const keypadDefaults: KeypadOptions = { reportId: 0 };

export interface KeypadStimulus {
  readonly kind: "press";
  readonly key: KeyName;
  /** How long the key is held; people take 80 to 300 ms. */
  readonly holdMs?: number;
}

/** The keys that are down, the longest first. */
type KeypadState = readonly KeyName[];

/** Keys beyond the sixth do not fit into a report. */
const keysMax = 6;
const holdMsDefault = 120;

/** A USB keypad: a report at each change of its keys, and none while a key is held. */
export function createKeypad({ reportId }: KeypadOptions): Simulator<KeypadState, KeypadStimulus> {
  const report = (down: KeypadState): SimulatorEffect => {
    const bytes = new Uint8Array(1 + keyboardReportBytes);
    bytes.set([reportId, 0, 0, ...down.slice(0, keysMax).map(usageOfKey)]);
    return { kind: "send", bytes };
  };
  return {
    name: "hid-keypad",
    initial: [],
    step(state, input) {
      if (input.kind === "timer") {
        const down = state.filter((key) => key !== input.name);
        return { state: down, effects: [report(down)] };
      }
      if (input.kind !== "stimulus" || state.includes(input.stimulus.key)) return { state, effects: [] };
      const { key, holdMs = holdMsDefault } = input.stimulus;
      const down = [...state, key];
      return { state: down, effects: [report(down), { kind: "timer", name: key, delayMs: holdMs }] };
    },
  };
}
