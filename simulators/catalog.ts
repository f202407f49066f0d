import type { DriverName } from "../protocols/config/devices.ts";
import type { Random } from "../protocols/random.ts";
import type { SimulatedFamilies } from "./catalog/family.ts";
import { simulatedGpio } from "./catalog/gpio.ts";
import { simulatedPrinters } from "./catalog/printers.ts";
import { simulatedQueueHardware } from "./catalog/queue-hardware.ts";
import { simulatedReaders } from "./catalog/readers.ts";
import { simulatedScales } from "./catalog/scales.ts";
import { simulatedScanners } from "./catalog/scanners.ts";
import { simulatedSensors } from "./catalog/sensors.ts";
import type { LineFault } from "./line-faults.ts";
import { withLineFaults } from "./line-faults.ts";
import type { Simulator } from "./simulator.ts";
import type { OptionsOf, Stimulus } from "./stimuli.ts";

/** All simulated devices, by the name of the driver that talks to them. */
export const simulatedFamilies: SimulatedFamilies<DriverName> = {
  ...simulatedReaders,
  ...simulatedScanners,
  ...simulatedScales,
  ...simulatedPrinters,
  ...simulatedGpio,
  ...simulatedSensors,
  ...simulatedQueueHardware,
};

/** A simulated device on a line that can go bad; edges of GPIO lines pass as they are. */
export function createSimulator<Name extends DriverName>(
  name: Name,
  options: OptionsOf<Name>,
  random: Random,
): Simulator<unknown, Stimulus | LineFault> {
  const family = simulatedFamilies[name];
  // The scenario's schema has seen to it that a device only gets stimuli of its own family.
  const simulator = family.create(options, random) as Simulator<unknown, Stimulus>;
  return withLineFaults(simulator, { random, alphabet: family.alphabet });
}
