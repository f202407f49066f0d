import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import type { Probe } from "../stream/cut.ts";

/*
 * What a printer says, all on one line and told apart by fixed bits:
 *   b & 93h = 12h   one byte, the answer to DLE EOT n (which n, one must know)
 *   b & 93h = 10h   the first of the four bytes of an automatic status back (GS a)
 *   11h, 13h        XON, XOFF
 */
export type PrinterStatusFrame =
  | { readonly kind: "answer"; readonly byte: number }
  | { readonly kind: "automatic"; readonly bytes: readonly [number, number, number, number] }
  | { readonly kind: "flow"; readonly ready: boolean };

/** The four things that DLE EOT can ask for: 1 printer, 2 cause of being offline, 3 cause of error, 4 paper. */
export type StatusRequest = 1 | 2 | 3 | 4;

/** What is known of the printer; one answer knows only a part. */
export interface PrinterCondition {
  readonly online: boolean;
  readonly paper: "ok" | "near-end" | "end";
  readonly cover: "closed" | "open";
  readonly error: boolean;
}

const fixedBits = 0x93;
const isAnswer = (byte: number): boolean => (byte & fixedBits) === 0x12;
const isAutomaticStart = (byte: number): boolean => (byte & fixedBits) === 0x10;
/** The other three bytes of an automatic status have bits 4 and 7 clear. */
const isAutomaticRest = (byte: number): boolean => (byte & 0x90) === 0;
const automaticBytes = 4;
const ready = 0x11;
const busy = 0x13;

const probe: Probe = (bytes) => {
  const [first = 0] = bytes;
  if (isAnswer(first) || first === ready || first === busy) return { kind: "frame", length: 1 };
  if (!isAutomaticStart(first)) return { kind: "noise", length: 1 };
  const rest = bytes.subarray(1, automaticBytes);
  if (!rest.every(isAutomaticRest)) return { kind: "noise", length: 1 };
  return rest.length < automaticBytes - 1 ? "more" : { kind: "frame", length: automaticBytes };
};

function decode(bytes: Uint8Array): Decoded<PrinterStatusFrame> {
  const [first, second, third, fourth] = bytes;
  if (first === undefined) return refused("empty", "no bytes");
  const verdict = probe(bytes);
  if (verdict === "more") return refused("length", "an automatic status has four bytes");
  if (verdict.kind === "noise") return refused("start", "the fixed bits are those of no status");
  if (verdict.length !== bytes.length)
    return refused("length", `more than one status: ${bytes.length} bytes`);
  if (first === ready || first === busy) return decoded({ kind: "flow", ready: first === ready });
  if (second === undefined || third === undefined || fourth === undefined) {
    return decoded({ kind: "answer", byte: first });
  }
  return decoded({ kind: "automatic", bytes: [first, second, third, fourth] });
}

function encode(frame: PrinterStatusFrame): Uint8Array {
  if (frame.kind === "flow") return Uint8Array.of(frame.ready ? ready : busy);
  return frame.kind === "answer" ? Uint8Array.of(frame.byte) : Uint8Array.from(frame.bytes);
}

export const escposStatus: StreamCodec<PrinterStatusFrame> = {
  name: "escpos-status",
  frameBytesMax: automaticBytes,
  probe,
  decode,
  encode,
};

/** The request for status `n`, carried out by the printer even when it is busy or offline. */
export const statusRequest = (n: StatusRequest): Uint8Array => Uint8Array.of(0x10, 0x04, n);

const bit = (byte: number, number: number): boolean => (byte & (1 << number)) !== 0;
const paperOf = (end: boolean, nearEnd: boolean): PrinterCondition["paper"] =>
  end ? "end" : nearEnd ? "near-end" : "ok";

/** What each answer knows. Bits from the manuals of Epson TM-U220 and Bixolon SRP-350. */
const answerReadings: Readonly<Record<StatusRequest, (byte: number) => Partial<PrinterCondition>>> = {
  1: (byte) => ({ online: !bit(byte, 3) }),
  2: (byte) => ({
    cover: bit(byte, 2) ? "open" : "closed",
    error: bit(byte, 6),
    // Only "stopped because of paper end" is told here; clear says nothing about a near end.
    ...(bit(byte, 5) ? { paper: "end" as const } : {}),
  }),
  3: (byte) => ({ error: bit(byte, 3) || bit(byte, 5) || bit(byte, 6) }),
  4: (byte) => ({ paper: paperOf(bit(byte, 5) || bit(byte, 6), bit(byte, 2) || bit(byte, 3)) }),
};

/** What the answer `byte` to DLE EOT `n` says. */
export function parsePrinterStatus(n: StatusRequest, byte: number): Decoded<Partial<PrinterCondition>> {
  return isAnswer(byte)
    ? decoded(answerReadings[n](byte))
    : refused("field", `${byte.toString(16)} lacks the fixed bits of a status answer`);
}

/** What an automatic status says; it knows everything. Bits from Epson's description of GS a. */
export function parseAutomaticStatus([first, second, third]: readonly number[]): PrinterCondition {
  const [state = 0, errors = 0, paper = 0] = [first, second, third];
  return {
    online: !bit(state, 3),
    cover: bit(state, 5) ? "open" : "closed",
    error: bit(errors, 2) || bit(errors, 3) || bit(errors, 5) || bit(errors, 6),
    paper: paperOf(bit(paper, 2) || bit(paper, 3), bit(paper, 0) || bit(paper, 1)),
  };
}

/** The byte with which a printer in this condition answers DLE EOT `n`: the inverse, for simulators. */
export function answerStatus(n: StatusRequest, { online, paper, cover, error }: PrinterCondition): number {
  const paperBits = { ok: 0, "near-end": 0x0c, end: 0x60 + 0x0c } as const;
  const bits: Readonly<Record<StatusRequest, number>> = {
    1: online ? 0 : 0x08,
    2: (cover === "open" ? 0x04 : 0) | (paper === "end" ? 0x20 : 0) | (error ? 0x40 : 0),
    3: error ? 0x08 : 0,
    4: paperBits[paper],
  };
  return 0x12 | bits[n];
}

/** The automatic status of a printer in this condition. */
export function automaticStatus({ online, paper, cover, error }: PrinterCondition): PrinterStatusFrame {
  const paperBits = { ok: 0, "near-end": 0x03, end: 0x0f } as const;
  const state = 0x10 | (online ? 0 : 0x08) | (cover === "open" ? 0x20 : 0);
  return { kind: "automatic", bytes: [state, error ? 0x08 : 0, paperBits[paper], 0] };
}

/** The frame in words, for people: a lone answer under each request that it may belong to. */
export function describePrinterStatus(frame: PrinterStatusFrame): Record<string, unknown> {
  switch (frame.kind) {
    case "flow":
      return { kind: "flow", ready: frame.ready };
    case "automatic":
      return { kind: "automatic", ...parseAutomaticStatus(frame.bytes) };
    case "answer": {
      const { byte } = frame;
      const [printer, offline, errors, paper] = ([1, 2, 3, 4] as const).map((n) => answerReadings[n](byte));
      return { kind: "answer", byte, ifAsked: { 1: printer, 2: offline, 3: errors, 4: paper } };
    }
  }
}
