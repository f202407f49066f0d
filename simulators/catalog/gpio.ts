import { createBeamPair } from "../devices/gpio-beam-pair.ts";
import { createButtons } from "../devices/gpio-buttons.ts";
import { createOutputs } from "../devices/gpio-outputs.ts";
import { createKeypad } from "../devices/hid-keypad.ts";
import type { SimulatedFamilies } from "./family.ts";

export const simulatedGpio: SimulatedFamilies<
  "gpio-buttons" | "hid-keypad" | "gpio-beam-pair" | "gpio-outputs"
> = {
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
  "gpio-beam-pair": {
    transports: ["gpio"],
    alphabet: new Uint8Array(),
    create: (options) => createBeamPair(options),
  },
  "gpio-outputs": { transports: ["gpio"], alphabet: new Uint8Array(), create: createOutputs },
};
