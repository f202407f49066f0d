import { hidKeyboard } from "../families/hid-keyboard.ts";
import { hidScanner } from "../families/hid-scanner.ts";
import { serialScanner } from "../families/serial-scanner.ts";
import type { Families } from "./family.ts";
import { eightBits, serialBridges } from "./family.ts";

export const scanners: Families<"serial-scanner" | "hid-scanner" | "hid-keyboard"> = {
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
    serial: eightBits(9_600, 115_200),
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
    serial: [],
  },
  "hid-keyboard": {
    driver: hidKeyboard,
    title: "Barcode scanner that types (keyboard wedge)",
    titleChinese: "键盘模式条码扫描器",
    usb: [
      { vendor: "0c2e", product: "0204", name: "Honeywell/Metrologic, keyboard", types: true },
      { vendor: "05f9", product: "2206", name: "Datalogic/PSC, keyboard", types: true },
      { vendor: "1eab", product: "??03", name: "Newland, keyboard", types: true },
    ],
    serial: [],
  },
};
