import type { DeviceConfig } from "../../protocols/config/devices.ts";
import type { DeviceReport } from "../../protocols/door.ts";
import type { Fault, FaultCode } from "../../protocols/faults.ts";
import type { Observation } from "../../protocols/readings.ts";

/** What is proven of a device, in this order; each needs those before it. */
export const steps = [
  "configured",
  "present",
  "permitted",
  "free",
  "opens",
  "answers",
  "untroubled",
  "observes",
  "steady",
  "prints",
  "clean",
] as const;
export type Step = (typeof steps)[number];

/** `not-tried`: something before it failed, or it was not asked for. Steps that a device cannot have are left out. */
export type Verdict =
  | { readonly step: Step; readonly verdict: "passed"; readonly detail?: string }
  | { readonly step: Step; readonly verdict: "failed"; readonly fault: FaultCode; readonly detail?: string }
  | { readonly step: Step; readonly verdict: "not-tried" };

/** What came of trying a device. */
export interface Evidence {
  /** Undefined where the configuration has no such device. */
  readonly device?: DeviceConfig;
  /** Whether a running agent has it. */
  readonly agentRuns?: boolean;
  /** Its node as we see it ourselves, where it has one; undefined for what is found by opening it. */
  readonly node?: Fault | "found";
  /** Its condition when the trying was over; undefined where it was never tried. */
  readonly report?: DeviceReport;
  /** It was ready, or working with trouble, at some moment. */
  readonly worked?: boolean;
  /** What its driver observed meanwhile; undefined where nobody waited for it. */
  readonly observed?: readonly Observation[];
  /** Bytes that belonged to no frame, since it worked. */
  readonly noiseBytes?: number;
  /** What became of a test ticket: a fault, or printed. */
  readonly ticket?: Fault | "printed";
}

/** A device that is found speaking may be cut in the middle of a word; more than this is no beginning. */
const noiseBytesOrdinary = 64;

/** Which step a fault of an opening speaks against. */
const stepOfFault: Readonly<Partial<Record<FaultCode, Step>>> = {
  "device-absent": "present",
  "gpio-unavailable": "present",
  "hid-unavailable": "present",
  "permission-denied": "permitted",
  "port-in-use": "free",
};

/** Lamps, relays and displays are told, and tell nothing. */
export const observesNothing = (driver: DeviceConfig["driver"]): boolean =>
  driver === "gpio-outputs" || driver === "led-line";

/** One verdict for each step, from what was seen. */
export function prove(evidence: Evidence): readonly Verdict[] {
  const asked = steps.filter((step) => applies(step, evidence));
  const failing = firstFailure(evidence);
  const failedAt = failing === undefined ? asked.length : asked.indexOf(failing.step);
  return asked.map((step, index) => {
    if (index < failedAt) return judge(step, evidence);
    if (index > failedAt || failing === undefined) return { step, verdict: "not-tried" };
    return failed(step, failing.fault);
  });
}

function applies(step: Step, { device, ticket, observed }: Evidence): boolean {
  const driver = device?.driver;
  if (step === "prints") return driver === "escpos-printer" && ticket !== undefined;
  if (step === "observes") return driver === undefined || !observesNothing(driver);
  if (step === "steady") return observed?.some(({ kind }) => kind === "weight") === true;
  return true;
}

interface Failure {
  readonly step: Step;
  readonly fault: { readonly code: FaultCode; readonly detail?: string };
}

/** What keeps the device from working at all: nothing behind it can be tried. */
function firstFailure(evidence: Evidence): Failure | undefined {
  const { device, report, worked } = evidence;
  if (device === undefined) return { step: "configured", fault: { code: "device-unknown" } };
  if (worked === true) return undefined;
  const fault = openingFault(evidence) ?? { code: "handshake-timeout" };
  const opened = (report?.connections ?? 0) > 0 || fault.code === "handshake-timeout";
  return { step: stepOfFault[fault.code] ?? (opened ? "answers" : "opens"), fault };
}

/** What the service may open is not what we may open: the agent's word counts before ours, where it has the device. */
function openingFault({ agentRuns, node, report }: Evidence): Fault | undefined {
  const seen = node === "found" ? undefined : node;
  return agentRuns === true ? (report?.fault ?? seen) : (seen ?? report?.fault);
}

type Judge = (evidence: Evidence) => Failure["fault"] | undefined;

/** What can be wrong with a device that works; the steps that are not here passed when it did. */
const troubles: Readonly<Partial<Record<Step, Judge>>> = {
  untroubled: ({ report }) => (report?.state === "ready" ? undefined : report?.fault),
  observes: ({ observed = [] }) => (observed.length === 0 ? { code: "nothing-observed" } : undefined),
  steady: ({ observed = [] }) => (isSteady(observed) ? undefined : { code: "weight-unsteady" }),
  prints: ({ ticket }) => (ticket === "printed" ? undefined : ticket),
  clean: ({ noiseBytes = 0 }) =>
    noiseBytes > noiseBytesOrdinary ? { code: "noisy", detail: `${noiseBytes} bytes` } : undefined,
};

/** Of a device that works, and of the steps before the one that failed. */
function judge(step: Step, evidence: Evidence): Verdict {
  const fault = troubles[step]?.(evidence);
  if (fault !== undefined) return failed(step, fault);
  const held = step === "free" && evidence.agentRuns === true;
  return { step, verdict: "passed", ...(held ? { detail: "the running agent has it" } : {}) };
}

const failed = (step: Step, { code, detail }: Failure["fault"]): Verdict => ({
  step,
  verdict: "failed",
  fault: code,
  ...(detail ? { detail } : {}),
});

const isSteady = (observed: readonly Observation[]): boolean =>
  observed.some((observation) => observation.kind === "weight" && observation.stable);
