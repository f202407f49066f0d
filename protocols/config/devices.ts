import { z } from "zod";
import { gpioSchemas, gpioTransports } from "./devices/gpio.ts";
import { printerSchemas, printerTransports } from "./devices/printers.ts";
import { queueHardwareSchemas, queueHardwareTransports } from "./devices/queue-hardware.ts";
import { readerSchemas, readerTransports } from "./devices/readers.ts";
import { scaleSchemas, scaleTransports } from "./devices/scales.ts";
import { scannerSchemas, scannerTransports } from "./devices/scanners.ts";
import { sensorSchemas, sensorTransports } from "./devices/sensors.ts";
import type { TransportKind } from "./transport.ts";

export type { Smoothing } from "./devices/every-device.ts";
export type { ButtonAction } from "./devices/gpio.ts";

/** A configured device: which driver, where it stands, how it is reached. */
export const deviceSchema = z.discriminatedUnion("driver", [
  ...readerSchemas,
  ...scannerSchemas,
  ...scaleSchemas,
  ...printerSchemas,
  ...gpioSchemas,
  ...sensorSchemas,
  ...queueHardwareSchemas,
]);
export type DeviceConfig = z.infer<typeof deviceSchema>;
export type DriverName = DeviceConfig["driver"];
export type SettingsOf<Name extends DriverName> = Extract<DeviceConfig, { driver: Name }>["settings"];

/** On which transports each family travels; `simulated` stands in for any of them. */
export const transportsOfDriver = {
  ...readerTransports,
  ...scannerTransports,
  ...scaleTransports,
  ...printerTransports,
  ...gpioTransports,
  ...sensorTransports,
  ...queueHardwareTransports,
} as const satisfies Record<DriverName, readonly TransportKind[]>;
