import type { SettingsOf } from "../../protocols/config/devices.ts";
import { fromLatin1, join, toLatin1 } from "../../protocols/stream/bytes.ts";
import type { Driver, Session, SessionEffect, SessionInput, SessionStep } from "../driver.ts";
import { run } from "../driver.ts";
import { failed } from "./parts/answers.ts";
import { scan } from "./parts/scan.ts";

type Settings = SettingsOf<"serial-scanner">;

/** A barcode scanner on a serial line or USB-CDC: it speaks when it scans and answers nothing. */
export const serialScanner: Driver<Settings> = {
  name: "serial-scanner",
  transports: ["serial", "tcp"],
  start: (settings) => run(new SerialScannerSession(settings)),
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

const initial: ScannerState = { begun: new Uint8Array(), overflowed: false };

/** There is no greeting that every scanner answers: an opened port is ready, and only the port tells of an end. */
export class SerialScannerSession implements Session<ScannerState> {
  readonly initial = initial;
  readonly #suffix: Uint8Array | undefined;
  readonly #gapMs: number;
  readonly #aimPrefix: boolean;

  constructor(settings: Settings) {
    this.#suffix = suffixes[settings.suffix];
    this.#gapMs = this.#suffix === undefined ? settings.idleGapMs : suffixMsMax;
    this.#aimPrefix = settings.aimPrefix;
  }

  step(state: ScannerState, input: SessionInput): SessionStep<ScannerState> {
    switch (input.kind) {
      case "opened":
        return { state: initial, effects: [{ kind: "ready" }] };
      case "bytes":
        return this.#take(state, input.bytes);
      case "timer":
        return { state: initial, effects: this.#endByGap(state) };
      case "command":
        return { state, effects: [failed(input.command, "command-unsupported")] };
      case "edge":
        return { state, effects: [] };
    }
  }

  #take(state: ScannerState, chunk: Uint8Array): SessionStep<ScannerState> {
    const effects: SessionEffect[] = [];
    let { begun, overflowed } = { ...state, begun: join(state.begun, chunk) };
    for (let end = this.#codeEnd(begun); end !== undefined; end = this.#codeEnd(begun)) {
      effects.push(...this.#finish(begun.subarray(0, end.code), overflowed, end.next - end.code));
      begun = begun.subarray(end.next);
      overflowed = false;
    }
    if (begun.length > codeBytesMax) {
      // The last byte may be the first half of a suffix.
      effects.push({ kind: "noise", byteCount: begun.length - 1 });
      begun = begun.subarray(-1);
      overflowed = true;
    }
    const timer: SessionEffect =
      begun.length > 0
        ? { kind: "timer", name: gapTimer, delayMs: this.#gapMs }
        : { kind: "cancel-timer", name: gapTimer };
    return { state: { begun: begun.slice(), overflowed }, effects: [...effects, timer] };
  }

  #codeEnd(bytes: Uint8Array): { readonly code: number; readonly next: number } | undefined {
    if (this.#suffix === undefined) return undefined;
    const code = indexOf(bytes, this.#suffix);
    return code < 0 ? undefined : { code, next: code + this.#suffix.length };
  }

  #finish(code: Uint8Array, overflowed: boolean, suffixBytes: number): readonly SessionEffect[] {
    if (overflowed || code.length === 0) return noise(code.length + suffixBytes);
    const aim = toLatin1(code.subarray(0, aimBytes));
    if (!this.#aimPrefix || !aimPattern.test(aim)) return [scan(code, undefined)];
    if (answerAimPattern.test(aim)) return [];
    return code.length > aimBytes ? [scan(code.subarray(aimBytes), aim)] : noise(code.length + suffixBytes);
  }

  #endByGap({ begun, overflowed }: ScannerState): readonly SessionEffect[] {
    return this.#suffix === undefined ? this.#finish(begun, overflowed, 0) : noise(begun.length);
  }
}

const noise = (byteCount: number): readonly SessionEffect[] =>
  byteCount > 0 ? [{ kind: "noise", byteCount }] : [];

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  const last = bytes.length - wanted.length;
  for (let start = 0; start <= last; start += 1)
    if (wanted.every((byte, index) => bytes[start + index] === byte)) return start;
  return -1;
}
