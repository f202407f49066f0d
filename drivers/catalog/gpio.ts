import { gpioButtons } from "../families/gpio-buttons.ts";
import { hidKeypad } from "../families/hid-keypad.ts";
import type { Families } from "./family.ts";

export const gpioDevices: Families<"gpio-buttons" | "hid-keypad"> = {
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
};
