import { findNode } from "../../drivers/transports/device-node.ts";
import { findSerialPorts } from "../../drivers/transports/serial-ports.ts";
import { chooseByUsb } from "../../drivers/transports/usb-identity.ts";
import { settledWithin } from "../../edge-agent/deadline.ts";
import type { Clock } from "../../protocols/clock.ts";
import type { PrintElement } from "../../protocols/commands.ts";
import type { DeviceConfig } from "../../protocols/config/devices.ts";
import type { DeviceReport, DoorLine } from "../../protocols/door.ts";
import { type Fault, type FaultCode, faults } from "../../protocols/faults.ts";
import type { Observation } from "../../protocols/readings.ts";
import type { Desk } from "./desk.ts";
import { type Evidence, observesNothing } from "./proof.ts";

/** Longer than an opening and a handshake may take together. */
const workingMs = 32_000;
/** A first try that fails may be a device that is waking up, or the rest of what it said to somebody else. */
const secondTryMs = 4_000;
/** What a printer has to say before and after a ticket of a hand's length. */
const printedMs = 65_000;

export interface TrialOptions {
  readonly clock: Clock;
  readonly seconds: number;
  /** What a test ticket holds; without it none is printed. */
  readonly ticket?: readonly PrintElement[];
  /** It works; from now on it is waited for an observation. */
  readonly onWorks: () => void;
}

/** Tries a device that is configured, through the agent that has it or by opening it. */
export async function tryDevice(device: DeviceConfig, desk: Desk, options: TrialOptions): Promise<Evidence> {
  const { clock, seconds, ticket } = options;
  const begun: Evidence = { device, agentRuns: desk.agentRuns, node: nodeOf(device) };
  const witness = new Witness(clock);
  const asked = await desk.ask({ ask: "watch", device: device.id, raw: true }, (line) => witness.hear(line));
  const worked = await witness.waitUntilWorks();
  const noiseBefore = witness.noiseBytes;
  let printed: Evidence["ticket"];
  if (worked) {
    options.onWorks();
    if (ticket !== undefined) printed = await print(device, desk, clock, ticket);
    if (!observesNothing(device.driver)) await settledWithin(clock, seconds * 1_000, witness.untilSatisfied);
  }
  asked.stop();
  const report = await reportOf(device, desk);
  return {
    ...begun,
    worked,
    ...(report === undefined ? {} : { report: withFault(report, witness.fault) }),
    ...(worked ? { observed: witness.observed, noiseBytes: witness.noiseBytes - noiseBefore } : {}),
    ...(printed === undefined ? {} : { ticket: printed }),
  };
}

/** A serial port is looked at without being opened; everything else is found by its opening. */
function nodeOf({ transport }: DeviceConfig): Fault | "found" {
  if (transport.kind !== "serial") return "found";
  const { path, usb } = transport;
  const choice = usb === undefined ? undefined : chooseByUsb(findSerialPorts(), usb);
  if (choice !== undefined && !choice.ok) return choice.fault;
  const found = findNode(choice?.chosen.path ?? path ?? "");
  return found.ok ? "found" : found.fault;
}

/** What is heard of the device while it is tried. */
class Witness {
  readonly observed: Observation[] = [];
  /** A stable weight, or anything else that is observed. */
  readonly untilSatisfied: Promise<void>;
  noiseBytes = 0;
  /** The last fault that it gave up with, for between two tries it is opening again. */
  fault: Fault | undefined;
  readonly #clock: Clock;
  #works: () => void = () => undefined;
  #fails: () => void = () => undefined;
  #satisfied: () => void = () => undefined;
  readonly #worked: Promise<void>;
  readonly #failed: Promise<void>;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#worked = new Promise((resolve) => {
      this.#works = resolve;
    });
    this.#failed = new Promise((resolve) => {
      this.#fails = resolve;
    });
    this.untilSatisfied = new Promise((resolve) => {
      this.#satisfied = resolve;
    });
  }

  hear(line: DoorLine): void {
    if ("condition" in line) {
      const { state, fault, noiseBytes } = line.condition;
      this.#judge(state, fault, noiseBytes);
    }
    if ("reading" in line && line.reading.observation.kind === "health") {
      const { state, fault, noiseBytes } = line.reading.observation;
      const code = fault !== undefined && Object.hasOwn(faults, fault) ? (fault as FaultCode) : undefined;
      this.#judge(state, code && { code, detail: "" }, noiseBytes);
    }
    if ("observed" in line) this.#observe(line.observed);
  }

  /** True once it works; false when it has failed twice, or for long. */
  async waitUntilWorks(): Promise<boolean> {
    const soon = await settledWithin(this.#clock, workingMs, Promise.race([this.#worked, this.#failed]));
    if (soon.kind === "late") return false;
    // At once where it works already.
    return (await settledWithin(this.#clock, secondTryMs, this.#worked)).kind === "done";
  }

  #judge(state: DeviceReport["state"], fault: Fault | undefined, noiseBytes: number): void {
    this.noiseBytes = noiseBytes;
    if (state === "ready" || state === "degraded") return this.#works();
    if (fault === undefined) return;
    this.fault = fault;
    this.#fails();
  }

  #observe(observation: Observation): void {
    this.observed.push(observation);
    if (observation.kind !== "weight" || observation.stable) this.#satisfied();
  }
}

/** The agent's last word: while it opens the device again, its fault is the one of the try before. */
const withFault = (report: DeviceReport, fault: Fault | undefined): DeviceReport =>
  report.fault === undefined && fault !== undefined && report.state !== "ready"
    ? { ...report, fault }
    : report;

async function reportOf(device: DeviceConfig, desk: Desk): Promise<DeviceReport | undefined> {
  let report: DeviceReport | undefined;
  const asked = await desk.ask({ ask: "devices" }, (line) => {
    if ("devices" in line) report = line.devices.find((each) => each.device === device.id);
  });
  await asked.ended;
  return report;
}

async function print(
  { id }: DeviceConfig,
  desk: Desk,
  clock: Clock,
  elements: readonly PrintElement[],
): Promise<Fault | "printed"> {
  let became: Fault | "printed" = { code: "silent", detail: "" };
  const asked = await desk.ask({ ask: "print", device: id, elements: [...elements] }, (line) => {
    if (!("outcome" in line)) return;
    const code =
      line.fault !== undefined && Object.hasOwn(faults, line.fault) ? (line.fault as FaultCode) : undefined;
    became =
      line.outcome === "done" ? "printed" : { code: code ?? "command-interrupted", detail: line.outcome };
  });
  await settledWithin(clock, printedMs, asked.ended);
  asked.stop();
  return became;
}
