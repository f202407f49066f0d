import { ledLine } from "../families/led-line.ts";
import { eightBits, type Families, serialBridges } from "./family.ts";

export const queueHardware: Families<"led-line"> = {
  "led-line": {
    driver: ledLine,
    title: "LED line that shows who is called",
    titleChinese: "叫号 LED 条屏",
    usb: serialBridges,
    serial: eightBits(9_600, 19_200, 38_400, 115_200),
  },
};
