import type { SerialScannerFraming } from "../../protocols/codecs/serial-scanner.ts";
import { encodeSerialScan } from "../../protocols/codecs/serial-scanner.ts";
import { fromLatin1 } from "../../protocols/stream/bytes.ts";
import type { Simulator } from "../simulator.ts";
import type { ScannerTrigger } from "./scanner-trigger.ts";
import { sendAgain, sendScan, triggerReleased } from "./scanner-trigger.ts";

export const serialScannerDefaults: SerialScannerFraming = { suffix: "cr", aimPrefix: false };

/** A code before the scanner's window. */
export interface ScanStimulus {
  readonly kind: "scan";
  readonly text: string;
  /** The symbology that the scanner finds, such as `]E0`; sent where it is set up to send it. */
  readonly aim?: string;
  /** The same code is read once more after this time; scanners do so within 300 ms. */
  readonly againAfterMs?: number | undefined;
}

export type ScannerStimulus =
  | ScanStimulus
  /** The scanner answers a menu command, `REVINF` and the like. */
  | { readonly kind: "command-reply"; readonly command: string };

/** Honeywell's AIM id for what has no symbology of its own. */
export const aimOfOthers = "]X0";
const acknowledge = "\u0006";
/** What the scanner says after a menu command that it has obeyed. */
export const commandReplyBytes = (command: string): Uint8Array => fromLatin1(`${command}${acknowledge}.`);
export const aimOfCommandReply = "]Z6";

/** A scanner on a serial line: it hears nothing. */
export function createSerialScanner(
  framing: SerialScannerFraming,
): Simulator<ScannerTrigger, ScannerStimulus> {
  const utf8 = new TextEncoder();
  return {
    name: "serial-scanner",
    initial: triggerReleased,
    step(state, input) {
      if (input.kind === "timer") return sendAgain(state);
      if (input.kind !== "stimulus") return { state, effects: [] };
      const { stimulus } = input;
      if (stimulus.kind === "command-reply") {
        const reply = encodeSerialScan(framing, aimOfCommandReply, commandReplyBytes(stimulus.command));
        return sendScan(state, [reply], undefined);
      }
      const code = encodeSerialScan(framing, stimulus.aim ?? aimOfOthers, utf8.encode(stimulus.text));
      return sendScan(state, [code], stimulus.againAfterMs);
    },
  };
}
