import { fromLatin1 } from "../../protocols/stream/bytes.ts";
import { createHidKeyboard } from "../devices/hid-keyboard.ts";
import { createHidScanner } from "../devices/hid-scanner.ts";
import { createSerialScanner } from "../devices/serial-scanner.ts";
import type { SimulatedFamilies } from "./family.ts";

export const simulatedScanners: SimulatedFamilies<"serial-scanner" | "hid-scanner" | "hid-keyboard"> = {
  "serial-scanner": {
    transports: ["serial", "tcp"],
    alphabet: fromLatin1("]d2C10E0123456789\r\n\u001d"),
    create: (options) => createSerialScanner(options),
  },
  "hid-scanner": {
    transports: ["hid"],
    alphabet: Uint8Array.of(0x02, 0x38, 0x5d, 0x45, 0x30, 0x00, 0x01),
    create: (options) => createHidScanner(options),
  },
  "hid-keyboard": {
    transports: ["hid"],
    alphabet: Uint8Array.of(0x00, 0x02, 0x04, 0x1e, 0x27, 0x28, 0x2b, 0x62),
    create: (options) => createHidKeyboard(options),
  },
};
