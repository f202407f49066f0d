import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../cli/system.ts";
import type { DriverName } from "../../../protocols/config/devices.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { carryOnPty, type PtyDevice } from "../../../simulators/carriers/on-pty.ts";
import { createSimulator } from "../../../simulators/catalog.ts";
import type { LineFault } from "../../../simulators/line-faults.ts";
import { type StimulusOf, worldOf } from "../../../simulators/stimuli.ts";
import { siteConfiguration } from "../../site.ts";

export interface DeviceBench<Name extends DriverName> {
  readonly device: PtyDevice<StimulusOf<Name> | LineFault>;
  readonly directory: string;
  /** The configuration of a site with this one device, which is called `it`. */
  readonly file: string;
}

/** A simulated device on a pseudo-terminal under a stable name, and a configuration that knows it. */
export function deviceBench<Name extends DriverName>(driver: Name, options: object = {}): DeviceBench<Name> {
  const directory = mkdtempSync(join(tmpdir(), "storewire-device-"));
  const parsed = worldOf[driver].options.parse(options);
  const simulator = createSimulator(driver, parsed as never, seededRandom(1));
  const path = join(directory, "port");
  const device = carryOnPty(simulator, { clock: systemClock(), link: path });
  const configured = { id: "it", readPoint: "desk", driver, transport: { kind: "serial", path } };
  const site = siteConfiguration({ directory, headquartersUrl: "mqtt://127.0.0.1:1" });
  const configuration = {
    ...site,
    agent: { ...site.agent, door: join(directory, "agent.sock") },
    devices: [configured],
  };
  const file = join(directory, "storewire.yaml");
  writeFileSync(file, JSON.stringify(configuration));
  return { device: device as DeviceBench<Name>["device"], directory, file };
}
