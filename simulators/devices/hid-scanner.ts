import { encodeHidReports } from "../../protocols/codecs/hid-scanner.ts";
import { enablePointOfSaleReport } from "../../protocols/codecs/scanner/hid-requests.ts";
import { equalBytes } from "../../protocols/stream/bytes.ts";
import type { Simulator } from "../simulator.ts";
import type { ScannerTrigger } from "./scanner-trigger.ts";
import { sendAgain, sendScan, triggerReleased } from "./scanner-trigger.ts";
import type { ScannerStimulus } from "./serial-scanner.ts";
import { aimOfCommandReply, aimOfOthers, commandReplyBytes } from "./serial-scanner.ts";

export interface HidScannerOptions {
  /** Honeywell's stay silent until the host enables point-of-sale reports. */
  readonly needsEnabling: boolean;
  /** Honeywell's end each code with a carriage return. */
  readonly carriageReturn: boolean;
  /** Zebra and Datalogic put a byte before the AIM id. */
  readonly shifted: boolean;
}

export const hidScannerDefaults: HidScannerOptions = {
  needsEnabling: true,
  carriageReturn: true,
  shifted: false,
};

export interface HidScannerState extends ScannerTrigger {
  readonly enabled: boolean;
}

/** A scanner in USB point-of-sale mode; each thing that it sends is one report. */
export function createHidScanner(options: HidScannerOptions): Simulator<HidScannerState, ScannerStimulus> {
  const utf8 = new TextEncoder();
  const reports = (stimulus: ScannerStimulus): readonly Uint8Array[] => {
    if (stimulus.kind === "command-reply")
      return encodeHidReports(aimOfCommandReply, commandReplyBytes(stimulus.command));
    const suffix = options.carriageReturn ? "\r" : "";
    return encodeHidReports(stimulus.aim ?? aimOfOthers, utf8.encode(stimulus.text + suffix));
  };
  return {
    name: "hid-scanner",
    initial: { ...triggerReleased, enabled: !options.needsEnabling },
    step(state, input) {
      if (input.kind === "timer") return sendAgain(state);
      if (input.kind === "feature") {
        const enabled = state.enabled || equalBytes(input.bytes, enablePointOfSaleReport);
        return { state: { ...state, enabled }, effects: [] };
      }
      if (input.kind !== "stimulus" || !state.enabled) return { state, effects: [] };
      const sent = reports(input.stimulus).map((report) => (options.shifted ? shift(report) : report));
      const { stimulus } = input;
      return sendScan(state, sent, stimulus.kind === "scan" ? stimulus.againAfterMs : undefined);
    },
  };
}

const dataStart = 2;
const dataEnd = 61;

/** Moves AIM id and data one byte on, as Zebra and Datalogic have them; the last byte of a full report has no room. */
function shift(report: Uint8Array): Uint8Array {
  const shifted = report.slice();
  shifted[dataStart] = 0;
  shifted.set(report.subarray(dataStart, dataEnd), dataStart + 1);
  return shifted;
}
