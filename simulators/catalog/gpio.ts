import { createButtons } from "../devices/gpio-buttons.ts";
import { createKeypad } from "../devices/hid-keypad.ts";
import type { SimulatedFamilies } from "./family.ts";

export const simulatedGpio: SimulatedFamilies<"gpio-buttons" | "hid-keypad"> = {
  "gpio-buttons": {
    transports: ["gpio"],
    alphabet: new Uint8Array(),
    create: (options) => createButtons(options),
  },
  "hid-keypad": {
    transports: ["hid"],
    alphabet: Uint8Array.of(0x00, 0x59, 0x62, 0x01),
    create: (options) => createKeypad(options),
  },
};
