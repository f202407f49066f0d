import type { SerialScannerFraming } from "../../protocols/codecs/serial-scanner.ts";
import { encodeSerialScan } from "../../protocols/codecs/serial-scanner.ts";
import { fromLatin1 } from "../../protocols/stream/bytes.ts";
import type { Simulator } from "../simulator.ts";

export const serialScannerDefaults: SerialScannerFraming = { suffix: "cr", aimPrefix: false };

export type ScannerStimulus =
  | {
      readonly kind: "scan";
      readonly text: string;
      /** The symbology that the scanner finds, such as `]E0`; sent where it is set up to send it. */
      readonly aim?: string;
    }
  /** The scanner answers a menu command, `REVINF` and the like. */
  | { readonly kind: "command-reply"; readonly command: string };

/** Honeywell's AIM id for what has no symbology of its own. */
export const aimOfOthers = "]X0";
const acknowledge = "\u0006";
/** What the scanner says after a menu command that it has obeyed. */
export const commandReplyBytes = (command: string): Uint8Array => fromLatin1(`${command}${acknowledge}.`);
export const aimOfCommandReply = "]Z6";

/** A scanner on a serial line: it has no state and hears nothing. */
export function createSerialScanner(framing: SerialScannerFraming): Simulator<null, ScannerStimulus> {
  const utf8 = new TextEncoder();
  return {
    name: "serial-scanner",
    initial: null,
    step(state, input) {
      if (input.kind !== "stimulus") return { state, effects: [] };
      const { stimulus } = input;
      const bytes =
        stimulus.kind === "scan"
          ? encodeSerialScan(framing, stimulus.aim ?? aimOfOthers, utf8.encode(stimulus.text))
          : encodeSerialScan(framing, aimOfCommandReply, commandReplyBytes(stimulus.command));
      return { state, effects: [{ kind: "send", bytes }] };
    },
  };
}
