import type { Decoded, StreamCodec } from "../../codec.ts";
import { decoded } from "../../codec.ts";
import type { PrinterStatusFrame } from "../escpos-status.ts";
import { describePrinterStatus, escposStatus } from "../escpos-status.ts";

/*
 * Custom's kiosk printers (KPM150H) answer DLE EOT 14h with six bytes, beside what every printer says:
 *   10 | 0F | paper | user | errors that heal | errors that do not
 * Bit 5 of the paper byte: a ticket stands in the output, and nobody has taken it.
 */
export type FullStatusFrame = PrinterStatusFrame | { readonly kind: "full"; readonly ticketPresent: boolean };

export const fullStatusRequest = Uint8Array.of(0x10, 0x04, 0x14);
const start = [0x10, 0x0f] as const;
const fullBytes = 6;
const paperIndex = 2;
const ticketBit = 0x20;

const mayBeFull = (bytes: Uint8Array): boolean =>
  bytes[0] === start[0] && (bytes.length === 1 || bytes[1] === start[1]);

export const escposFullStatus: StreamCodec<FullStatusFrame> = {
  name: "escpos-full-status",
  frameBytesMax: fullBytes,
  probe(bytes) {
    if (!mayBeFull(bytes)) return escposStatus.probe(bytes);
    return bytes.length < fullBytes ? "more" : { kind: "frame", length: fullBytes };
  },
  decode(bytes): Decoded<FullStatusFrame> {
    if (bytes.length !== fullBytes || !mayBeFull(bytes)) return escposStatus.decode(bytes);
    return decoded({ kind: "full", ticketPresent: ((bytes[paperIndex] ?? 0) & ticketBit) !== 0 });
  },
  encode(frame) {
    if (frame.kind !== "full") return escposStatus.encode(frame);
    return Uint8Array.of(...start, frame.ticketPresent ? ticketBit : 0, 0, 0, 0);
  },
};

/** The frame in words, for people. */
export const describeFullStatus = (frame: FullStatusFrame): Record<string, unknown> =>
  frame.kind === "full" ? { ...frame } : describePrinterStatus(frame);
