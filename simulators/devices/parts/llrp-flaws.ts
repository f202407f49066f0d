import type { LlrpLong, LlrpUnknown } from "../../../protocols/codecs/llrp/content.ts";
import { join, toHex } from "../../../protocols/stream/bytes.ts";
import type { SimulatorEffect } from "../../simulator.ts";
import { long } from "./llrp-answers.ts";

export const llrpFlaws = [
  /** Another client holds the only session. */
  "session-held",
  /** Events come before the word that the connection is taken. */
  "events-first",
  /** A report comes 45 times, in TCP segments of 1,460 bytes. */
  "report-flood",
  "no-antenna",
  /** A parameter that no table has, whose length tells where it ends. */
  "unknown-parameter",
  /** A parameter of a fixed length that nobody knows: the message cannot be read on. */
  "unknown-fixed-parameter",
  /** A message that claims two gibibytes. */
  "absurd-length",
  "keepalive-missing",
  "buffer-warning",
  "buffer-overflow",
  "exception",
  /** The ROSpec ends by itself. */
  "rospec-ends",
  /** A maker's own message. */
  "custom-message",
] as const;
export type LlrpFlaw = (typeof llrpFlaws)[number];

/** What a reader may say between two rounds, by the flaw that makes it say so. */
export const misbehaviours: readonly {
  readonly flaw: LlrpFlaw;
  readonly says: LlrpLong | "absurd-length" | "custom-message";
}[] = [
  { flaw: "buffer-warning", says: long("ReportBufferLevelWarningEvent", { ReportBufferPercentageFull: 80 }) },
  { flaw: "buffer-overflow", says: long("ReportBufferOverflowErrorEvent") },
  { flaw: "exception", says: long("ReaderExceptionEvent", { Message: "fan stopped" }) },
  {
    flaw: "rospec-ends",
    says: long("ROSpecEvent", { EventType: 1, ROSpecID: 1, PreemptingROSpecID: 0 }),
  },
  { flaw: "custom-message", says: "custom-message" },
  { flaw: "absurd-length", says: "absurd-length" },
];

/** The head of a report of 7FFFFFFFh bytes. */
export const absurdMessage = Uint8Array.of(0x04, 0x3d, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 1);

export const strangeParameter: LlrpUnknown = { type: 999, payload: "aabb" };
const strangeHead = "03e70006aabb";
/** Bit 7 makes a parameter of a fixed length of it. */
const fixedBit = 0x80;

/** The same message, with the strange parameter as one of those whose length stands nowhere. */
export function withFixedParameter(bytes: Uint8Array): Uint8Array {
  const at = toHex(bytes).indexOf(strangeHead) / 2;
  return bytes.map((byte, index) => (index === at ? byte | fixedBit : byte));
}

const floodReports = 45;
const segmentBytes = 1_460;

/** The same sending as often as a busy dock door has it, cut where TCP cuts. */
export function flooded(effect: SimulatorEffect): readonly SimulatorEffect[] {
  if (effect.kind !== "send") return [effect];
  const all = join(...Array.from({ length: floodReports }, () => effect.bytes));
  const segments = Math.ceil(all.length / segmentBytes);
  return Array.from({ length: segments }, (_, index) => ({
    kind: "send",
    bytes: all.subarray(index * segmentBytes, (index + 1) * segmentBytes),
  }));
}
