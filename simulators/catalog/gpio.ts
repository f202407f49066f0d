import { createButtons } from "../devices/gpio-buttons.ts";
import type { SimulatedFamilies } from "./family.ts";

export const simulatedGpio: SimulatedFamilies<"gpio-buttons"> = {
  "gpio-buttons": {
    transports: ["gpio"],
    alphabet: new Uint8Array(),
    create: (options) => createButtons(options),
  },
};
