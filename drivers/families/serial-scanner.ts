import type { SerialScannerOutput, SerialScannerState } from "../../protocols/codecs/serial-scanner.ts";
import { serialScannerInitial, serialScannerStep } from "../../protocols/codecs/serial-scanner.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Driver, Session, SessionEffect, SessionInput, SessionStep } from "../driver.ts";
import { run } from "../driver.ts";
import { failed } from "./parts/answers.ts";
import { observeScan } from "./parts/scan.ts";
import { stay } from "./parts/steps.ts";

type Settings = SettingsOf<"serial-scanner">;

/** A barcode scanner on a serial line or USB-CDC: it speaks when it scans and answers nothing. */
export const serialScanner: Driver<Settings> = {
  name: "serial-scanner",
  transports: ["serial", "tcp"],
  start: (settings) => run(new SerialScannerSession(settings)),
};

/**
 * A code whose suffix has not come by then never gets it, and must not be glued to the next customer's.
 * Far beyond the idle gap, because a busy box may see the two halves of one code that late.
 */
const suffixMsMax = 2_000;
const gapTimer = "gap";

/** There is no greeting that every scanner answers: an opened port is ready, and only the port tells of an end. */
export class SerialScannerSession implements Session<SerialScannerState> {
  readonly initial = serialScannerInitial;
  readonly #settings: Settings;
  readonly #gapMs: number;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#gapMs = settings.suffix === "none" ? settings.idleGapMs : suffixMsMax;
  }

  step(state: SerialScannerState, input: SessionInput): SessionStep<SerialScannerState> {
    switch (input.kind) {
      case "opened":
        return { state: serialScannerInitial, effects: [{ kind: "ready" }] };
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

  #take(before: SerialScannerState, bytes: Uint8Array): SessionStep<SerialScannerState> {
    const { state, outputs } = serialScannerStep(this.#settings, before, { kind: "bytes", bytes });
    const timer: SessionEffect =
      state.pending.length > 0 || state.overlong
        ? { kind: "timer", name: gapTimer, delayMs: this.#gapMs }
        : { kind: "cancel-timer", name: gapTimer };
    // A copy, because what is pending would otherwise keep the whole chunk alive.
    return {
      state: { ...state, pending: state.pending.slice() },
      effects: [...outputs.flatMap(say), timer],
    };
  }

  #endByGap(before: SerialScannerState): SessionStep<SerialScannerState> {
    const { state, outputs } = serialScannerStep(this.#settings, before, { kind: "idle" });
    return { state, effects: outputs.flatMap(say) };
  }
}

/** A scanner's answer to a menu command is neither a code nor noise. */
function say(output: SerialScannerOutput): readonly SessionEffect[] {
  switch (output.kind) {
    case "scan":
      return [observeScan(output)];
    case "noise":
      return [{ kind: "noise", byteCount: output.bytes.length }];
    case "command-reply":
      return [];
  }
}
