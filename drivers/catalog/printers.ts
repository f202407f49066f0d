import { escposPrinter } from "../families/escpos-printer.ts";
import type { Families } from "./family.ts";
import { eightBits, serialBridges } from "./family.ts";

export const printers: Families<"escpos-printer"> = {
  "escpos-printer": {
    driver: escposPrinter,
    title: "Ticket printer (ESC/POS)",
    titleChinese: "小票打印机（ESC/POS）",
    usb: serialBridges,
    serial: eightBits(9_600, 19_200, 38_400, 115_200),
  },
};
