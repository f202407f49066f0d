import type { Decoded } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromLatin1, join, toLatin1 } from "../stream/bytes.ts";
import { aimLength, isAim, isCommandReplyAim, symbologyOf } from "./scanner/aim.ts";
import type { Scan } from "./scanner/scan.ts";
import { scanBytesMax, scanOf } from "./scanner/scan.ts";

/** How the scanner is set up; there is no way to find out but to scan a known code. */
export interface SerialScannerFraming {
  readonly suffix: "cr" | "lf" | "crlf" | "tab" | "none";
  readonly aimPrefix: boolean;
}

/** `idle`: the line has been silent for the idle gap. */
export type SerialScannerInput =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "idle" };

/** Every byte comes out exactly once: in a scan, in the answer to a command, or as noise. */
export type SerialScannerOutput =
  | (Scan & { readonly kind: "scan" })
  /** The scanner answered a command: never a code. */
  | { readonly kind: "command-reply"; readonly bytes: Uint8Array }
  | { readonly kind: "noise"; readonly bytes: Uint8Array };

/** While `pending` is not empty, the idle gap has to be watched. */
export interface SerialScannerState {
  readonly pending: Uint8Array;
  /** Already longer than any code: its end was lost, and all up to the next end is noise. */
  readonly overlong: boolean;
}
export const serialScannerInitial: SerialScannerState = { pending: new Uint8Array(), overlong: false };

export interface SerialScannerStep {
  readonly state: SerialScannerState;
  readonly outputs: readonly SerialScannerOutput[];
}

const suffixes = { cr: "\r", lf: "\n", crlf: "\r\n", tab: "\t", none: undefined } as const;

/**
 * Answers to commands, which end themselves: Honeywell's `REVINF 06 .` and Newland's `02 01 "0000" ... 06 ; 03`.
 * No suffix can stand within, so it does not matter which of the two is looked for first.
 */
const honeywellReply = String.raw`(?:\]Z[67])?[A-Z0-9?^*#@;:,]{3,64}[\x05\x06\x15][.!]`;
const newlandReply = String.raw`\x02\x01[\x20-\x7e\x05\x06\x15]{1,256}\x03`;
const replyPattern = new RegExp(`^(?:${honeywellReply}|${newlandReply})`);

interface Taken {
  readonly output: SerialScannerOutput;
  readonly length: number;
}

/** The first thing in `pending` that is complete, with the number of bytes that it takes up. */
function takeFirst(
  { pending, overlong }: SerialScannerState,
  framing: SerialScannerFraming,
): Taken | undefined {
  const text = toLatin1(pending);
  const reply = overlong ? undefined : replyPattern.exec(text)?.[0];
  if (reply !== undefined) {
    const bytes = pending.subarray(0, reply.length);
    return { output: { kind: "command-reply", bytes }, length: reply.length };
  }
  const suffix = suffixes[framing.suffix];
  const end = suffix === undefined ? -1 : text.indexOf(suffix);
  if (suffix === undefined || end < 0) return undefined;
  const length = end + suffix.length;
  const isCode = !overlong && end > 0 && end <= scanBytesMax;
  return {
    output: isCode
      ? readCode(pending.subarray(0, end), framing)
      : { kind: "noise", bytes: pending.subarray(0, length) },
    length,
  };
}

function readCode(code: Uint8Array, { aimPrefix }: SerialScannerFraming): SerialScannerOutput {
  const start = toLatin1(code.subarray(0, aimLength));
  if (isAim(start) && isCommandReplyAim(start)) return { kind: "command-reply", bytes: code };
  // A scanner whose prefix was switched off still reads codes: they are kept, their symbology is not known.
  if (!aimPrefix || !isAim(start)) return { kind: "scan", ...scanOf(undefined, code) };
  const bytes = code.subarray(aimLength);
  return bytes.length === 0 ? { kind: "noise", bytes: code } : { kind: "scan", ...scanOf(start, bytes) };
}

/** What is left when nothing more comes: a code where silence is the only end, else the loss of one. */
function takeRest(
  { pending, overlong }: SerialScannerState,
  framing: SerialScannerFraming,
): SerialScannerOutput {
  const isCode = framing.suffix === "none" && !overlong && pending.length <= scanBytesMax;
  return isCode ? readCode(pending, framing) : { kind: "noise", bytes: pending };
}

export function serialScannerStep(
  framing: SerialScannerFraming,
  before: SerialScannerState,
  input: SerialScannerInput,
): SerialScannerStep {
  if (input.kind === "idle") {
    const outputs = before.pending.length > 0 ? [takeRest(before, framing)] : [];
    return { state: serialScannerInitial, outputs };
  }
  const outputs: SerialScannerOutput[] = [];
  let state: SerialScannerState = { ...before, pending: join(before.pending, input.bytes) };
  let first = takeFirst(state, framing);
  while (first !== undefined) {
    outputs.push(first.output);
    state = { pending: state.pending.subarray(first.length), overlong: false };
    first = takeFirst(state, framing);
  }
  return shorten(state, outputs);
}

/** Keeps `pending` bounded; its last byte may be the first half of CR LF. */
function shorten(state: SerialScannerState, outputs: readonly SerialScannerOutput[]): SerialScannerStep {
  if (state.pending.length <= scanBytesMax + 1) return { state, outputs };
  const noise = { kind: "noise", bytes: state.pending.subarray(0, -1) } as const;
  return { state: { pending: state.pending.subarray(-1), overlong: true }, outputs: [...outputs, noise] };
}

/** What a scanner set up like this sends for a code: for simulators. */
export function encodeSerialScan(framing: SerialScannerFraming, aim: string, bytes: Uint8Array): Uint8Array {
  const suffix = suffixes[framing.suffix] ?? "";
  return join(fromLatin1(framing.aimPrefix ? aim : ""), bytes, fromLatin1(suffix));
}

function describeSerialScan(output: SerialScannerOutput): Record<string, unknown> {
  if (output.kind !== "scan") return { kind: output.kind, text: toLatin1(output.bytes) };
  const { aim, text, bytes } = output;
  const symbology = symbologyOf(aim ?? "");
  return {
    kind: "scan",
    data: text,
    length: bytes.length,
    ...(aim === undefined ? {} : { aim }),
    ...(symbology === undefined ? {} : { symbology }),
  };
}

/** A stretch of captured stream, as on a line of `storewire decode`: any suffix, AIM identifier if there is one. */
export function decodeSerialScannerLine(bytes: Uint8Array): Decoded<{ readonly outputs: readonly object[] }> {
  if (bytes.length === 0) return refused("empty", "no bytes");
  const text = toLatin1(bytes);
  const found = (["crlf", "cr", "lf", "tab"] as const).find((suffix) => text.endsWith(suffixes[suffix]));
  const framing = { suffix: found ?? "none", aimPrefix: true } as const;
  const { state, outputs } = serialScannerStep(framing, serialScannerInitial, { kind: "bytes", bytes });
  const rest = serialScannerStep(framing, state, { kind: "idle" });
  return decoded({ outputs: [...outputs, ...rest.outputs].map(describeSerialScan) });
}
