import type { DriverName, SettingsOf } from "../../protocols/config/devices.ts";
import type { SerialLine } from "../../protocols/config/transport.ts";
import type { Driver } from "../driver.ts";

/** A USB identity that a device of a family is known to have: four hex digits each, as `lsusb` shows them. */
export interface KnownUsbIdentity {
  readonly vendor: string;
  /** `?` stands for any digit, as in udev's patterns; Newland's last two digits are the mode. */
  readonly product: string;
  readonly name: string;
  /** A serial adapter that anything may stand behind: it tells that something is there, not what. */
  readonly bridge?: true;
  /** A scanner that types: what it reads must not reach the box's own console. */
  readonly types?: true;
}

export interface Family<Name extends DriverName> {
  readonly driver: Driver<SettingsOf<Name>>;
  readonly title: string;
  readonly titleChinese: string;
  readonly usb: readonly KnownUsbIdentity[];
  /** How its serial line is usually set, the likeliest first; none for a family without a serial line. */
  readonly serial: readonly SerialLine[];
}

/** Families by the driver's name in the configuration. */
export type Families<Names extends DriverName> = { readonly [Name in Names]: Family<Name> };

/** Eight data bits without parity at these rates, as most devices have it. */
export const eightBits = (...baudRates: readonly number[]): readonly SerialLine[] =>
  baudRates.map((baudRate) => ({ baudRate, dataBits: 8, parity: "none", stopBits: 1 }));

/** Seven data bits with even parity, as scales from America and Japan leave the factory. */
export const sevenBits = (...baudRates: readonly number[]): readonly SerialLine[] =>
  baudRates.map((baudRate) => ({ baudRate, dataBits: 7, parity: "even", stopBits: 1 }));

/** Adapters inside readers, scales, printers and cables. The CH340 has no serial number: bind it by its port. */
export const serialBridges: readonly KnownUsbIdentity[] = [
  { vendor: "1a86", product: "7523", name: "CH340", bridge: true },
  { vendor: "10c4", product: "ea60", name: "CP2102", bridge: true },
  { vendor: "067b", product: "2303", name: "PL2303", bridge: true },
  { vendor: "0403", product: "6001", name: "FTDI FT232", bridge: true },
  { vendor: "0483", product: "5740", name: "STM32 virtual COM port", bridge: true },
];
