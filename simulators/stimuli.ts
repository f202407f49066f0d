import type { z } from "zod";
import type { DriverName } from "../protocols/config/devices.ts";
import { gpioWorlds } from "./stimuli/gpio.ts";
import { printerWorlds } from "./stimuli/printers.ts";
import { queueHardwareWorlds } from "./stimuli/queue-hardware.ts";
import { readerWorlds } from "./stimuli/readers.ts";
import { scaleWorlds } from "./stimuli/scales.ts";
import { scannerWorlds } from "./stimuli/scanners.ts";
import { sensorWorlds } from "./stimuli/sensors.ts";

/**
 * By the driver's name, as a scenario file writes it: how each simulated device is built, and what the world can
 * do to it. `simulators/catalog.ts` has the devices that understand them.
 */
export const worldOf = {
  ...readerWorlds,
  ...scannerWorlds,
  ...scaleWorlds,
  ...printerWorlds,
  ...gpioWorlds,
  ...sensorWorlds,
  ...queueHardwareWorlds,
} as const satisfies Record<DriverName, { readonly options: z.ZodType; readonly stimulus: z.ZodType }>;

export type OptionsOf<Name extends DriverName> = z.infer<(typeof worldOf)[Name]["options"]>;
export type StimulusOf<Name extends DriverName> = z.infer<(typeof worldOf)[Name]["stimulus"]>;
export type Stimulus = StimulusOf<DriverName>;
