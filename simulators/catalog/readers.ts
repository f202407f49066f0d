import { createChafonCf } from "../devices/chafon-cf.ts";
import { createChafon } from "../devices/chafon-crc16.ts";
import { createLlrp } from "../devices/llrp.ts";
import { createM100 } from "../devices/m100-bb.ts";
import { createMercury } from "../devices/mercury-ff.ts";
import { createR200 } from "../devices/r200-aa.ts";
import { R2000Simulator } from "../devices/r2000-a0.ts";
import type { SimulatedFamilies } from "./family.ts";

export const simulatedReaders: SimulatedFamilies<
  "r2000-a0" | "m100-bb" | "r200-aa" | "llrp" | "chafon-crc16" | "chafon-cf" | "mercury-ff"
> = {
  "r2000-a0": {
    transports: ["serial", "tcp"],
    alphabet: Uint8Array.of(0xa0, 0x03, 0x04, 0x13, 0x01, 0xff, 0x72, 0x74, 0x89, 0x30, 0x10),
    create: (options, random) => new R2000Simulator(options, random),
  },
  "m100-bb": {
    transports: ["serial", "tcp"],
    alphabet: Uint8Array.of(0xbb, 0x7e, 0x00, 0x01, 0x02, 0x11, 0x15, 0x16, 0x22, 0xff, 0x30, 0xe2),
    create: (options) => createM100(options),
  },
  "r200-aa": {
    transports: ["serial", "tcp"],
    alphabet: Uint8Array.of(0xaa, 0xdd, 0x00, 0x01, 0x02, 0x11, 0x15, 0x16, 0x22, 0xff, 0x30, 0xe2),
    create: (options) => createR200(options),
  },
  llrp: {
    transports: ["tcp"],
    alphabet: Uint8Array.of(0x04, 0x3d, 0x3e, 0x3f, 0x00, 0x0a, 0x2c, 0xf0, 0x8d, 0x81, 0x86),
    create: (options) => createLlrp(options),
  },
  "chafon-crc16": {
    transports: ["serial", "tcp"],
    alphabet: Uint8Array.of(0x15, 0x04, 0x07, 0x00, 0x01, 0x03, 0x0c, 0x21, 0x30, 0xff, 0xfb),
    create: (options) => createChafon(options),
  },
  "chafon-cf": {
    transports: ["serial", "tcp"],
    alphabet: Uint8Array.of(0xcf, 0x00, 0x01, 0x02, 0x12, 0x1a, 0x72, 0xff, 0x0c, 0x30),
    create: (options) => createChafonCf(options),
  },
  "mercury-ff": {
    transports: ["serial", "tcp"],
    alphabet: Uint8Array.of(0xff, 0x00, 0x03, 0x22, 0x2f, 0x04, 0x05, 0x0f, 0x10, 0x30, 0x80),
    create: (options) => createMercury(options),
  },
};
