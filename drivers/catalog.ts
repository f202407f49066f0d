import type { DeviceConfig, DriverName, SettingsOf } from "../protocols/config/devices.ts";
import type { Driver, RunningSession } from "./driver.ts";
import { escposPrinter } from "./families/escpos-printer.ts";
import { gpioButtons } from "./families/gpio-buttons.ts";
import { hidScanner } from "./families/hid-scanner.ts";
import { mtSicsScale } from "./families/mt-sics.ts";
import { r2000Reader } from "./families/r2000-a0.ts";
import { serialScanner } from "./families/serial-scanner.ts";

/** A USB identity that a device of a family is known to have: four hex digits each, as `lsusb` shows them. */
export interface KnownUsbIdentity {
  readonly vendor: string;
  /** `?` stands for any digit, as in udev's patterns; Newland's last two digits are the mode. */
  readonly product: string;
  readonly name: string;
  /** A serial adapter that anything may stand behind: it tells that something is there, not what. */
  readonly bridge?: true;
}

export interface Family<Name extends DriverName> {
  readonly driver: Driver<SettingsOf<Name>>;
  readonly title: string;
  readonly titleChinese: string;
  readonly usb: readonly KnownUsbIdentity[];
}

/** Adapters inside readers, scales, printers and cables. The CH340 has no serial number: bind it by its port. */
const serialBridges: readonly KnownUsbIdentity[] = [
  { vendor: "1a86", product: "7523", name: "CH340", bridge: true },
  { vendor: "10c4", product: "ea60", name: "CP2102", bridge: true },
  { vendor: "067b", product: "2303", name: "PL2303", bridge: true },
  { vendor: "0403", product: "6001", name: "FTDI FT232", bridge: true },
  { vendor: "0483", product: "5740", name: "STM32 virtual COM port", bridge: true },
];

/** All device families, by the driver's name in the configuration. */
export const families: { readonly [Name in DriverName]: Family<Name> } = {
  "r2000-a0": {
    driver: r2000Reader,
    title: "UHF RFID reader (R2000/E710, A0 protocol)",
    titleChinese: "超高频 RFID 读写器（R2000/E710，A0 协议）",
    usb: serialBridges,
  },
  "serial-scanner": {
    driver: serialScanner,
    title: "Barcode scanner on a serial line",
    titleChinese: "串口条码扫描器",
    usb: [
      { vendor: "0c2e", product: "0720", name: "Honeywell/Metrologic, serial" },
      { vendor: "05e0", product: "1701", name: "Zebra/Symbol, CDC" },
      { vendor: "05f9", product: "4204", name: "Datalogic/PSC, serial" },
      { vendor: "1eab", product: "??06", name: "Newland, CDC" },
      ...serialBridges,
    ],
  },
  "hid-scanner": {
    driver: hidScanner,
    title: "Barcode scanner in USB point-of-sale mode",
    titleChinese: "USB HID 条码扫描器（POS 模式）",
    usb: [
      { vendor: "0c2e", product: "????", name: "Honeywell/Metrologic" },
      { vendor: "0536", product: "????", name: "Hand Held Products" },
      { vendor: "23d0", product: "????", name: "Honeywell" },
      { vendor: "05e0", product: "1200", name: "Zebra/Symbol, HID" },
      { vendor: "05f9", product: "????", name: "Datalogic/PSC" },
      { vendor: "1eab", product: "??10", name: "Newland, HID POS" },
    ],
  },
  "mt-sics": {
    driver: mtSicsScale,
    title: "Scale (MT-SICS)",
    titleChinese: "电子秤（MT-SICS）",
    usb: serialBridges,
  },
  "escpos-printer": {
    driver: escposPrinter,
    title: "Ticket printer (ESC/POS)",
    titleChinese: "小票打印机（ESC/POS）",
    usb: serialBridges,
  },
  "gpio-buttons": {
    driver: gpioButtons,
    title: "Buttons on GPIO lines",
    titleChinese: "GPIO 按钮",
    usb: [],
  },
};

/** A session for a new connection to this device. */
export function startDriver(device: DeviceConfig): RunningSession {
  return start(device.driver, device.settings);
}

function start<Name extends DriverName>(name: Name, settings: SettingsOf<Name>): RunningSession {
  return families[name].driver.start(settings);
}
