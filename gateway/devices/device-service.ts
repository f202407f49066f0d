import type { Configuration } from "../../protocols/config/configuration.ts";
import type { EventDraft } from "../../protocols/events.ts";
import { type FaultCode, faults } from "../../protocols/faults.ts";
import type { DeviceState, Observation, Reading } from "../../protocols/readings.ts";
import {
  type DocumentChange,
  type Documents,
  momentOf,
  nothing,
  type ServiceInput,
  type ServiceOutcome,
  type StoreService,
} from "../service.ts";

export const devicesCollection = "devices";

type Health = Extract<Observation, { kind: "health" }>;
type Printer = Extract<Observation, { kind: "printer" }>;

/** What the gateway knows of one device. */
export interface DeviceRecord {
  /** The agent that speaks for it, and so takes its commands. */
  readonly agent: string;
  readonly readPoint: string;
  readonly health?: Health;
  readonly printer?: Printer;
  /** The fault that HQ was told of and has not been told the end of. */
  readonly alerted?: string;
}

/**
 * Devices that are not in the configuration and are remembered all the same: an agent may be a version ahead. Whoever
 * may publish without an account may invent names as well, so the stranger that came first makes room for the next.
 */
export const strangersMax = 256;

/** Follows the devices' health: telemetry on each change, an alert when one fails and one when it is well again. */
export function deviceService(configuration: Pick<Configuration, "devices">): StoreService {
  const configured = new Set(configuration.devices.map(({ id }) => id));
  return {
    name: devicesCollection,
    step(documents, input) {
      const outcome = deviceStep(documents, input);
      const [change] = outcome.changes;
      if (change === undefined || documents.has(change.key) || configured.has(change.key)) return outcome;
      return { ...outcome, changes: [change, ...strangersToForget(documents, configured)] };
    },
  };
}

/** One at most, since they come one at a time. */
function strangersToForget(documents: Documents, configured: ReadonlySet<string>): readonly DocumentChange[] {
  if (documents.size < strangersMax) return [];
  const strangers = [...documents.keys()].filter((device) => !configured.has(device));
  const [first] = strangers;
  return first === undefined || strangers.length < strangersMax ? [] : [{ key: first, value: undefined }];
}

function deviceStep(documents: Documents, input: ServiceInput): ServiceOutcome {
  if (input.kind !== "reading") return nothing;
  const { reading } = input;
  const known = documents.get(reading.device) as DeviceRecord | undefined;
  const { observation } = reading;
  if (observation.kind === "health") return healthStep(known, reading, observation);
  if (observation.kind === "printer") return printerStep(known, reading, observation);
  if (known?.agent === reading.agent && known.readPoint === reading.readPoint) return nothing;
  return { ...nothing, changes: [{ key: reading.device, value: owned(known, reading) }] };
}

export function ownerOf(documents: Documents, device: string): string | undefined {
  return (documents.get(device) as DeviceRecord | undefined)?.agent;
}

const owned = (known: DeviceRecord | undefined, { agent, readPoint }: Reading): DeviceRecord => ({
  ...known,
  agent,
  readPoint,
});

/** Failing states are worth waking somebody for; `opening` is on its way and says nothing yet. */
const failing: Record<DeviceState, boolean | undefined> = {
  absent: true,
  faulted: true,
  opening: undefined,
  ready: false,
  degraded: false,
};

function healthStep(known: DeviceRecord | undefined, reading: Reading, health: Health): ServiceOutcome {
  if (known?.health !== undefined && known.agent === reading.agent && sameFields(known.health, health)) {
    return nothing;
  }
  const { kind: _, ...facts } = health;
  const telemetry: EventDraft = {
    type: "storewire.device.state",
    ...placed(reading),
    data: { device: reading.device, ...facts },
  };
  const { alerted: before, ...record } = owned(known, reading);
  const after = alertedAfter(before, health);
  const value: DeviceRecord = { ...record, health, ...(after === undefined ? {} : { alerted: after }) };
  const alerts = before === after ? [] : [alertOf(reading, health.state, after ?? before ?? "")];
  return { ...nothing, changes: [{ key: reading.device, value }], events: [telemetry, ...alerts] };
}

function alertedAfter(before: string | undefined, health: Health): string | undefined {
  const failed = failing[health.state];
  if (failed === undefined) return before;
  if (!failed) return undefined;
  return health.fault ?? (health.state === "absent" ? "device-absent" : "driver-broken");
}

function alertOf(reading: Reading, state: DeviceState, code: string): EventDraft {
  const recovered = failing[state] === false;
  const { words, cure } = faults[code as FaultCode] ?? { words: code, cure: "" };
  const data = { code, cause: words, cure: recovered ? "" : cure, device: reading.device, state, recovered };
  return { type: "storewire.alert.device", ...placed(reading), data };
}

function printerStep(known: DeviceRecord | undefined, reading: Reading, printer: Printer): ServiceOutcome {
  if (known?.printer !== undefined && known.agent === reading.agent && sameFields(known.printer, printer)) {
    return nothing;
  }
  const value: DeviceRecord = { ...owned(known, reading), printer };
  const { kind: _, ...facts } = printer;
  const telemetry: EventDraft = {
    type: "storewire.device.printer",
    ...placed(reading),
    data: { device: reading.device, ...facts },
  };
  return { ...nothing, changes: [{ key: reading.device, value }], events: [telemetry] };
}

const placed = ({ device, at, id }: Reading) =>
  ({ subject: device, origin: device, ...momentOf(at), reading: id }) as const;

function sameFields<Fields extends object>(left: Fields, right: Fields): boolean {
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]) as Set<keyof Fields>;
  return [...keys].every((key) => left[key] === right[key]);
}
