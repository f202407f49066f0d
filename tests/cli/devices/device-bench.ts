import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../cli/system.ts";
import type { DriverName } from "../../../protocols/config/devices.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { carryOnPty } from "../../../simulators/carriers/on-pty.ts";
import { carryOnTcp } from "../../../simulators/carriers/on-tcp.ts";
import type { CarriedDevice } from "../../../simulators/carriers/run-simulator.ts";
import { createSimulator } from "../../../simulators/catalog.ts";
import type { LineFault } from "../../../simulators/line-faults.ts";
import { type StimulusOf, worldOf } from "../../../simulators/stimuli.ts";
import { siteConfiguration } from "../../site.ts";

export interface DeviceBench<Name extends DriverName> {
  readonly device: CarriedDevice<StimulusOf<Name> | LineFault>;
  readonly directory: string;
  /** The configuration of a site with this one device, which is called `it`. */
  readonly file: string;
}

/** A simulated device on a pseudo-terminal under a stable name, and a configuration that knows it. */
export function deviceBench<Name extends DriverName>(driver: Name, options: object = {}): DeviceBench<Name> {
  const directory = mkdtempSync(join(tmpdir(), "storewire-device-"));
  const path = join(directory, "port");
  const device = carryOnPty(simulatorOf(driver, options), { clock: systemClock(), link: path });
  const file = configurationFor(directory, driver, { kind: "serial", path });
  return { device, directory, file };
}

/** The same on a socket: a command that is started later inherits a pseudo-terminal, whose end it then never sees. */
export async function deviceBenchOnTcp<Name extends DriverName>(driver: Name): Promise<DeviceBench<Name>> {
  const directory = mkdtempSync(join(tmpdir(), "storewire-device-"));
  const device = await carryOnTcp(simulatorOf(driver, {}), { clock: systemClock() });
  const file = configurationFor(directory, driver, { kind: "tcp", host: device.host, port: device.port });
  return { device, directory, file };
}

const simulatorOf = (driver: DriverName, options: object) =>
  createSimulator(driver, worldOf[driver].options.parse(options) as never, seededRandom(1));

function configurationFor(directory: string, driver: DriverName, transport: object): string {
  const site = siteConfiguration({ directory, headquartersUrl: "mqtt://127.0.0.1:1" });
  const configuration = {
    ...site,
    agent: { ...site.agent, door: join(directory, "agent.sock") },
    devices: [{ id: "it", readPoint: "desk", driver, transport }],
  };
  const file = join(directory, "storewire.yaml");
  writeFileSync(file, JSON.stringify(configuration));
  return file;
}
