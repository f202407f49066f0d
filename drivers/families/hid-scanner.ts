import type { HidScannerState } from "../../protocols/codecs/hid-scanner.ts";
import { hidReportBytes, hidScannerInitial, hidScannerStep } from "../../protocols/codecs/hid-scanner.ts";
import { enablePointOfSaleReport } from "../../protocols/codecs/scanner/hid-requests.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Driver, Session, SessionEffect, SessionStep } from "../driver.ts";
import { run } from "../driver.ts";
import { failed } from "./parts/answers.ts";
import { observeScan } from "./parts/scan.ts";
import { stay } from "./parts/steps.ts";

type Settings = SettingsOf<"hid-scanner">;

/** A barcode scanner in USB point-of-sale mode (usage page 8C). */
export const hidScanner: Driver<Settings> = {
  name: "hid-scanner",
  transports: ["hid"],
  start: (settings) => run(hidScannerSession(settings)),
};

/** The reports of one code follow each other within milliseconds; after this the last one was lost. */
const reportGapMsMax = 1_000;
const gapTimer = "gap";

/** The scanner's USB descriptor was its greeting, so an opened one is ready. */
export function hidScannerSession(settings: Settings): Session<HidScannerState> {
  const enable: readonly SessionEffect[] = settings.enableReport
    ? [{ kind: "send-feature", bytes: enablePointOfSaleReport }]
    : [];
  return {
    initial: hidScannerInitial,
    step(state, input) {
      switch (input.kind) {
        case "opened":
          return { state: hidScannerInitial, effects: [...enable, { kind: "ready" }] };
        case "bytes":
          return take(state, input.bytes);
        case "timer":
          return { state: hidScannerInitial, effects: noise(state.reports.length) };
        case "command":
          return { state, effects: [failed(input.command, "command-unsupported")] };
        case "edge":
          return stay(state);
      }
    },
  };
}

function take(before: HidScannerState, report: Uint8Array): SessionStep<HidScannerState> {
  const { state, outcomes } = hidScannerStep(before, report);
  const messages = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  // Whatever is neither kept nor part of a message was refused.
  const refused = messages.length < outcomes.length;
  const used = messages.reduce((sum, { origin }) => sum + origin.moreFlags.length, state.reports.length);
  const timer: SessionEffect =
    state.reports.length > 0
      ? { kind: "timer", name: gapTimer, delayMs: reportGapMsMax }
      : { kind: "cancel-timer", name: gapTimer };
  return {
    state,
    effects: [
      ...messages.flatMap((message) => (message.kind === "scan" ? [observeScan(message)] : [])),
      ...(refused ? noise(before.reports.length + 1 - used) : []),
      timer,
    ],
  };
}

const noise = (reports: number): readonly SessionEffect[] =>
  reports > 0 ? [{ kind: "noise", byteCount: reports * hidReportBytes }] : [];
