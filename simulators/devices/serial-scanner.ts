import { fromLatin1, join } from "../../protocols/stream/bytes.ts";
import type { Simulator } from "../simulator.ts";

export interface SerialScannerOptions {
  readonly suffix: "cr" | "lf" | "crlf" | "tab" | "none";
  readonly aimPrefix: boolean;
}

export const serialScannerDefaults: SerialScannerOptions = { suffix: "cr", aimPrefix: false };

export type ScannerStimulus =
  | {
      readonly kind: "scan";
      readonly text: string;
      /** The symbology that the scanner finds, such as `]E0`; sent where it is set to send it. */
      readonly aim?: string;
    }
  /** The scanner answers a menu command of the host, `REVINF` and the like. */
  | { readonly kind: "command-answer"; readonly command: string };

const suffixes = { cr: "\r", lf: "\n", crlf: "\r\n", tab: "\t", none: "" } as const;
const acknowledge = "\u0006";
const aimUnknown = "]X0";

/** A scanner on a serial line: it has no state and hears nothing. */
export function createSerialScanner(
  options: SerialScannerOptions = serialScannerDefaults,
): Simulator<null, ScannerStimulus> {
  const utf8 = new TextEncoder();
  return {
    name: "serial-scanner",
    initial: null,
    step(state, input) {
      if (input.kind !== "stimulus") return { state, effects: [] };
      const { stimulus } = input;
      const [aim, text] =
        stimulus.kind === "scan"
          ? [stimulus.aim ?? aimUnknown, stimulus.text]
          : ["]Z6", `${stimulus.command}${acknowledge}.`];
      const prefix = fromLatin1(options.aimPrefix ? aim : "");
      const bytes = join(prefix, utf8.encode(text), fromLatin1(suffixes[options.suffix]));
      return { state, effects: [{ kind: "send", bytes }] };
    },
  };
}
