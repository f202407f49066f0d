import { gpioButtons } from "../families/gpio-buttons.ts";
import type { Families } from "./family.ts";

export const gpioDevices: Families<"gpio-buttons"> = {
  "gpio-buttons": {
    driver: gpioButtons,
    title: "Buttons on GPIO lines",
    titleChinese: "GPIO 按钮",
    usb: [],
    serial: [],
  },
};
