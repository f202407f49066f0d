import { EscposSimulator } from "../devices/escpos-printer.ts";
import type { SimulatedFamilies } from "./family.ts";

export const simulatedPrinters: SimulatedFamilies<"escpos-printer"> = {
  "escpos-printer": {
    transports: ["serial", "tcp"],
    alphabet: Uint8Array.of(0x12, 0x16, 0x1a, 0x10, 0x14, 0x00, 0x0f, 0x11, 0x13),
    create: (options) => new EscposSimulator(options),
  },
};
