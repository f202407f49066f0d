import type { DeviceConfig, DriverName, SettingsOf } from "../protocols/config/devices.ts";
import type { Families } from "./catalog/family.ts";
import { gpioDevices } from "./catalog/gpio.ts";
import { printers } from "./catalog/printers.ts";
import { queueHardware } from "./catalog/queue-hardware.ts";
import { readers } from "./catalog/readers.ts";
import { scales } from "./catalog/scales.ts";
import { scanners } from "./catalog/scanners.ts";
import { sensors } from "./catalog/sensors.ts";
import type { RunningSession } from "./driver.ts";

export type { KnownUsbIdentity } from "./catalog/family.ts";

/** All device families, by the driver's name in the configuration. */
export const families: Families<DriverName> = {
  ...readers,
  ...scanners,
  ...scales,
  ...printers,
  ...gpioDevices,
  ...sensors,
  ...queueHardware,
};

/** A session for a new connection to this device. */
export function startDriver(device: DeviceConfig): RunningSession {
  return start(device.driver, device.settings);
}

function start<Name extends DriverName>(name: Name, settings: SettingsOf<Name>): RunningSession {
  return families[name].driver.start(settings);
}
