import { toHex, toLatin1 } from "../../stream/bytes.ts";

/** Room for any two-dimensional code; what runs longer is a lost end (readings.ts has the same limit). */
export const scanBytesMax = 8192;

/** A code that was read: its own bytes, without AIM identifier and suffix. */
export interface Scan {
  readonly aim?: string;
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** How a scanner answers a command of ours. */
export type CommandStatus = "ACK" | "NAK" | "ENQ";

/** ACK done, NAK not within range, ENQ not understood. */
const statusOf: Readonly<Record<number, CommandStatus>> = { 0x06: "ACK", 0x15: "NAK", 0x05: "ENQ" };

export interface CommandReply {
  readonly command: string;
  readonly status: CommandStatus;
  /** `.` stored in flash, `!` in memory only. */
  readonly terminator: string;
}

const isAscii = (byte: number): boolean => byte < 0x80;

/** The characters as UTF-8, or as Latin-1 where they are not valid UTF-8; decodeURIComponent is strict about it. */
export function scanText(bytes: Uint8Array): string {
  // Nearly every code is ASCII, which is the same in both.
  if (bytes.every(isAscii)) return toLatin1(bytes);
  try {
    return decodeURIComponent(toHex(bytes).replaceAll(/../g, "%$&"));
  } catch {
    return toLatin1(bytes);
  }
}

export function scanOf(aim: string | undefined, bytes: Uint8Array): Scan {
  return { ...(aim === undefined ? {} : { aim }), text: scanText(bytes), bytes };
}

/** Reads `REVINF 06 .`, a Honeywell scanner's answer to a menu command. */
export function readCommandReply(text: string): CommandReply | undefined {
  const terminator = text.at(-1) ?? "";
  const status = statusOf[text.charCodeAt(text.length - 2)];
  if (status === undefined || (terminator !== "." && terminator !== "!")) return undefined;
  return { command: text.slice(0, -2), status, terminator };
}
