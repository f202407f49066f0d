import { join } from "node:path";
import type { Clock } from "../../protocols/clock.ts";
import type { TransportConfig } from "../../protocols/config/transport.ts";
import type { Random } from "../../protocols/random.ts";
import type { Transport } from "../../protocols/transport.ts";
import { carryInProcess } from "../../simulators/carriers/in-process.ts";
import { carryOnPty } from "../../simulators/carriers/on-pty.ts";
import { carryOnTcp } from "../../simulators/carriers/on-tcp.ts";
import type { CarriedDevice } from "../../simulators/carriers/run-simulator.ts";
import { createSimulator, simulatedFamilies } from "../../simulators/catalog.ts";
import type { LineFault } from "../../simulators/line-faults.ts";
import type { Scenario, ScenarioDevice } from "../../simulators/scenario/scenario-schema.ts";
import type { Stimulus } from "../../simulators/stimuli.ts";

type PlayedCarrier = CarriedDevice<Stimulus | LineFault>;

/** Simulated devices at work, and how a configuration reaches each. */
export interface SimulatedStore {
  readonly devices: ReadonlyMap<string, PlayedCarrier>;
  readonly transports: ReadonlyMap<string, TransportConfig>;
  /** Those that live in this process, by the name in their configuration. */
  readonly simulated: ReadonlyMap<string, Transport>;
  close(): Promise<void>;
}

interface Carried {
  readonly device: PlayedCarrier;
  readonly config: TransportConfig;
  readonly transport?: Transport;
}

export interface CarryOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Where pseudo-terminals get their stable names. */
  readonly directory: string;
}

/** Puts every device of a scenario on its carrier. */
export async function carryStore(scenario: Scenario, options: CarryOptions): Promise<SimulatedStore> {
  const carried = new Map<string, Carried>();
  for (const device of scenario.devices) carried.set(device.id, await carry(device, options));
  const of = <Value>(value: (entry: Carried) => Value): Map<string, Value> =>
    new Map([...carried].map(([id, entry]) => [id, value(entry)]));
  const simulated = new Map<string, Transport>();
  for (const [id, { transport }] of carried) if (transport !== undefined) simulated.set(id, transport);
  return {
    devices: of(({ device }) => device),
    transports: of(({ config }) => config),
    simulated,
    async close() {
      await Promise.all([...carried.values()].map(({ device }) => device.close()));
    },
  };
}

async function carry(device: ScenarioDevice, { clock, random, directory }: CarryOptions): Promise<Carried> {
  const simulator = createSimulator(device.driver, device.options, random);
  switch (device.carrier) {
    case "pty": {
      const carrier = carryOnPty(simulator, { clock, link: join(directory, device.id) });
      return { device: carrier, config: serialConfig(carrier.path) };
    }
    case "tcp": {
      const carrier = await carryOnTcp(simulator, { clock });
      return { device: carrier, config: { kind: "tcp", host: carrier.host, port: carrier.port } };
    }
    case "in-process": {
      const kind = simulatedFamilies[device.driver].transports[0];
      const carrier = carryInProcess(simulator, { clock, ...(kind === undefined ? {} : { kind }) });
      return {
        device: carrier,
        config: { kind: "simulated", name: device.id },
        transport: carrier.transport,
      };
    }
  }
}

const serialConfig = (path: string): TransportConfig => ({
  kind: "serial",
  path,
  baudRate: 115_200,
  dataBits: 8,
  parity: "none",
  stopBits: 1,
});
