import { createTfmini } from "../devices/tfmini.ts";
import type { SimulatedFamilies } from "./family.ts";

export const simulatedSensors: SimulatedFamilies<"tfmini"> = {
  tfmini: {
    transports: ["serial", "tcp"],
    alphabet: Uint8Array.of(0x59, 0x00, 0xc8, 0x04, 0xe2, 0x64, 0xff),
    create: createTfmini,
  },
};
