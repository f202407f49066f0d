import { gpioBeamPair } from "../families/gpio-beam-pair.ts";
import { gpioButtons } from "../families/gpio-buttons.ts";
import { gpioOutputs } from "../families/gpio-outputs.ts";
import { hidKeypad } from "../families/hid-keypad.ts";
import type { Families } from "./family.ts";

export const gpioDevices: Families<"gpio-buttons" | "hid-keypad" | "gpio-beam-pair" | "gpio-outputs"> = {
  "gpio-buttons": {
    driver: gpioButtons,
    title: "Buttons on GPIO lines",
    titleChinese: "GPIO 按钮",
    usb: [],
    serial: [],
  },
  "hid-keypad": {
    driver: hidKeypad,
    title: "USB keypad whose keys are buttons",
    titleChinese: "USB 小键盘（按键作按钮）",
    usb: [],
    serial: [],
  },
  "gpio-beam-pair": {
    driver: gpioBeamPair,
    title: "Pair of light beams that tells direction",
    titleChinese: "双光束方向感应器",
    usb: [],
    serial: [],
  },
  "gpio-outputs": {
    driver: gpioOutputs,
    title: "Lamps and relays on GPIO lines",
    titleChinese: "GPIO 输出（灯、继电器）",
    usb: [],
    serial: [],
  },
};
