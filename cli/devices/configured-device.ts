import type { Configuration } from "../../protocols/config/configuration.ts";
import type { DeviceConfig } from "../../protocols/config/devices.ts";
import { configurationOrComplain } from "../commands/check.ts";
import { UsageError } from "../usage-error.ts";

/** The device with this id; undefined where the configuration has errors, which have been said. */
export function configuredDevice(
  file: string,
  id: string,
): { readonly configuration: Configuration; readonly device: DeviceConfig } | undefined {
  const configuration = configurationOrComplain(file);
  if (configuration === undefined) return undefined;
  const device = configuration.devices.find((each) => each.id === id);
  if (device === undefined)
    throw new UsageError(`${file} has no device ${id}; there are: ${idsOf(configuration)}`);
  return { configuration, device };
}

export const idsOf = ({ devices }: Configuration): string => devices.map(({ id }) => id).join(", ") || "none";
