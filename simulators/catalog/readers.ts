import { R2000Simulator } from "../devices/r2000-a0.ts";
import type { SimulatedFamilies } from "./family.ts";

export const simulatedReaders: SimulatedFamilies<"r2000-a0"> = {
  "r2000-a0": {
    transports: ["serial", "tcp"],
    alphabet: Uint8Array.of(0xa0, 0x03, 0x04, 0x13, 0x01, 0xff, 0x72, 0x74, 0x89, 0x30, 0x10),
    create: (options, random) => new R2000Simulator(options, random),
  },
};
