import { ledLine } from "../families/led-line.ts";
import { serialPager } from "../families/serial-pager.ts";
import { eightBits, type Families, serialBridges } from "./family.ts";

export const queueHardware: Families<"led-line" | "serial-pager"> = {
  "led-line": {
    driver: ledLine,
    title: "LED line that shows who is called",
    titleChinese: "叫号 LED 条屏",
    usb: serialBridges,
    serial: eightBits(9_600, 19_200, 38_400, 115_200),
  },
  "serial-pager": {
    driver: serialPager,
    title: "Pager at a counter, on a serial line",
    titleChinese: "柜台串口呼叫器",
    usb: serialBridges,
    serial: eightBits(9_600, 19_200, 4_800, 115_200),
  },
};
