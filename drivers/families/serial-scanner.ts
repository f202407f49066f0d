import type { SettingsOf } from "../../protocols/config/devices.ts";
import { fromLatin1, join, toLatin1 } from "../../protocols/stream/bytes.ts";
import type { Driver, Session, SessionEffect, SessionStep } from "../driver.ts";
import { run } from "../driver.ts";
import { failed } from "./parts/answers.ts";
import { scan } from "./parts/scan.ts";

type Settings = SettingsOf<"serial-scanner">;

/** A barcode scanner on a serial line or USB-CDC: it speaks when it scans and answers nothing. */
export const serialScanner: Driver<Settings> = {
  name: "serial-scanner",
  transports: ["serial", "tcp"],
  start: (settings) => run(serialScannerSession(settings)),
};

/** The largest QR code holds 7,089 digits; whatever is longer is no code. */
const codeBytesMax = 7_200;
/**
 * A code whose suffix has not come by then never gets it, and must not be glued to the next customer's.
 * Far beyond the idle gap, because a busy box may see the two halves of one code that late.
 */
const suffixMsMax = 2_000;
const gapTimer = "gap";

const suffixes = {
  cr: fromLatin1("\r"),
  lf: fromLatin1("\n"),
  crlf: fromLatin1("\r\n"),
  tab: fromLatin1("\t"),
  none: undefined,
} as const;

const aimBytes = 3;
const aimPattern = /^\][A-Za-z][0-9A-Za-z]$/;
/** The scanner's own answers to menu commands wear these instead of a symbology (Honeywell). */
const answerAimPattern = /^\]Z[67]$/;

interface ScannerState {
  /** What has come of the code that is being sent. */
  readonly begun: Uint8Array;
  /** The code was too long: everything up to its end belongs to it. */
  readonly overflowed: boolean;
}

/** There is no greeting that every scanner answers, so an opened port is ready and only the port tells of an end. */
export function serialScannerSession(settings: Settings): Session<ScannerState> {
  const suffix = suffixes[settings.suffix];
  const gapMs = suffix === undefined ? settings.idleGapMs : suffixMsMax;

  function take(state: ScannerState, chunk: Uint8Array): SessionStep<ScannerState> {
    const effects: SessionEffect[] = [];
    let { begun, overflowed } = { ...state, begun: join(state.begun, chunk) };
    let end = suffix === undefined ? -1 : indexOf(begun, suffix);
    while (suffix !== undefined && end >= 0) {
      effects.push(...finish(begun.subarray(0, end), overflowed, suffix.length));
      begun = begun.subarray(end + suffix.length);
      overflowed = false;
      end = indexOf(begun, suffix);
    }
    if (begun.length > codeBytesMax) {
      // The last byte may be the first half of a suffix.
      effects.push({ kind: "noise", byteCount: begun.length - 1 });
      begun = begun.subarray(-1);
      overflowed = true;
    }
    effects.push(
      begun.length > 0 || overflowed
        ? { kind: "timer", name: gapTimer, delayMs: gapMs }
        : { kind: "cancel-timer", name: gapTimer },
    );
    return { state: { begun: begun.slice(), overflowed }, effects };
  }

  function finish(code: Uint8Array, overflowed: boolean, suffixBytes: number): readonly SessionEffect[] {
    if (overflowed || code.length === 0) return noise(code.length + suffixBytes);
    if (!settings.aimPrefix) return [scan(code, undefined)];
    const aim = toLatin1(code.subarray(0, aimBytes));
    if (!aimPattern.test(aim)) return [scan(code, undefined)];
    if (answerAimPattern.test(aim)) return [];
    return code.length > aimBytes ? [scan(code.subarray(aimBytes), aim)] : noise(code.length + suffixBytes);
  }

  function endByGap({ begun, overflowed }: ScannerState): SessionStep<ScannerState> {
    const effects = suffix === undefined ? finish(begun, overflowed, 0) : noise(begun.length);
    return { state: initial, effects };
  }

  return {
    initial,
    step(state, input) {
      switch (input.kind) {
        case "opened":
          return { state: initial, effects: [{ kind: "ready" }] };
        case "bytes":
          return take(state, input.bytes);
        case "timer":
          return input.name === gapTimer ? endByGap(state) : { state, effects: [] };
        case "command":
          return { state, effects: [failed(input.command, "command-unsupported")] };
        case "edge":
          return { state, effects: [] };
      }
    },
  };
}

const initial: ScannerState = { begun: new Uint8Array(), overflowed: false };

const noise = (byteCount: number): readonly SessionEffect[] =>
  byteCount > 0 ? [{ kind: "noise", byteCount }] : [];

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  const last = bytes.length - wanted.length;
  for (let start = 0; start <= last; start += 1)
    if (wanted.every((byte, index) => bytes[start + index] === byte)) return start;
  return -1;
}
