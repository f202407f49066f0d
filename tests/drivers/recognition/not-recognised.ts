import type { DriverName } from "../../../protocols/config/devices.ts";

/**
 * What no scan can name: anything speaks Modbus, so that an answer would say that something is there and not that it is
 * a display; and a pager's keys send whatever their maker chose.
 */
export const notRecognised: readonly DriverName[] = ["led-line", "serial-pager"];
