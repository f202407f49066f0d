import { createLedLine } from "../devices/led-line.ts";
import { createPager } from "../devices/serial-pager.ts";
import type { SimulatedFamilies } from "./family.ts";

export const simulatedQueueHardware: SimulatedFamilies<"led-line" | "serial-pager"> = {
  "led-line": {
    transports: ["serial", "tcp"],
    alphabet: Uint8Array.of(0x01, 0x03, 0x10, 0x90, 0x00, 0x02, 0x08),
    create: (options) => createLedLine(options),
  },
  "serial-pager": {
    transports: ["serial", "tcp"],
    alphabet: Uint8Array.of(0xaa, 0x01, 0x02, 0x03, 0xfe, 0x00),
    create: (options) => createPager(options),
  },
};
