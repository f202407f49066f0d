import { createLedLine } from "../devices/led-line.ts";
import type { SimulatedFamilies } from "./family.ts";

export const simulatedQueueHardware: SimulatedFamilies<"led-line"> = {
  "led-line": {
    transports: ["serial", "tcp"],
    alphabet: Uint8Array.of(0x01, 0x03, 0x10, 0x90, 0x00, 0x02, 0x08),
    create: (options) => createLedLine(options),
  },
};
