import type { scaleTransports } from "../../protocols/config/devices/scales.ts";
import type { DriverName } from "../../protocols/config/devices.ts";
import { fromLatin1 } from "../../protocols/stream/bytes.ts";
import { createAsciiStUs } from "../devices/ascii-st-us.ts";
import { createCas22 } from "../devices/cas-22.ts";
import { createCasAp1 } from "../devices/cas-ap1.ts";
import { createDigiDs } from "../devices/digi-ds.ts";
import { createHid8d } from "../devices/hid-8d.ts";
import { MtSicsSimulator } from "../devices/mt-sics.ts";
import { createNciEcr } from "../devices/nci-ecr.ts";
import { createSma } from "../devices/sma.ts";
import { createToledo8217 } from "../devices/toledo-8217.ts";
import { createToledoContinuous } from "../devices/toledo-continuous.ts";
import { createYaohuaCmd } from "../devices/yaohua-cmd.ts";
import { createYaohuaTf0 } from "../devices/yaohua-tf0.ts";
import { createYaohuaTf1 } from "../devices/yaohua-tf1.ts";
import { createYaohuaTf2 } from "../devices/yaohua-tf2.ts";
import type { SimulatedFamilies } from "./family.ts";

const onWires = ["serial", "tcp"] as const;
const yaohuaPlain = fromLatin1("=-0123456789.");

export const simulatedScales: SimulatedFamilies<Extract<DriverName, keyof typeof scaleTransports>> = {
  "mt-sics": {
    transports: onWires,
    alphabet: fromLatin1("SDIZT+- .0123456789kgE\r\n"),
    create: (options) => new MtSicsSimulator(options),
  },
  "toledo-8217": {
    transports: onWires,
    alphabet: fromLatin1("\x02\r0123456789.?AQDBN"),
    create: createToledo8217,
  },
  "toledo-continuous": {
    transports: onWires,
    alphabet: fromLatin1("\x02\r ,18p0123456789"),
    create: createToledoContinuous,
  },
  "nci-ecr": {
    transports: onWires,
    alphabet: fromLatin1("\n\r\x030123456789.KGLB?^_-"),
    create: createNciEcr,
  },
  "yaohua-tf0": {
    transports: onWires,
    alphabet: fromLatin1("\x02\x03+-0123456789ABCDEF"),
    create: createYaohuaTf0,
  },
  "yaohua-tf1": { transports: onWires, alphabet: yaohuaPlain, create: createYaohuaTf1 },
  "yaohua-tf2": { transports: onWires, alphabet: yaohuaPlain, create: createYaohuaTf2 },
  "yaohua-cmd": {
    transports: onWires,
    alphabet: fromLatin1("\x02\x03ABCD+-0123456789"),
    create: createYaohuaCmd,
  },
  "cas-ap1": {
    transports: onWires,
    alphabet: fromLatin1("\x01\x02\x03\x04\x05\x06\x11SU -.0123456789kg\n\r"),
    create: createCasAp1,
  },
  "cas-22": {
    transports: onWires,
    alphabet: fromLatin1("STUOLGN, .0123456789kg\r\n\x01"),
    create: createCas22,
  },
  "ascii-st-us": {
    transports: onWires,
    alphabet: fromLatin1("STUOLGN,+- .0123456789kgE\r\n"),
    create: createAsciiStUs,
  },
  "digi-ds": {
    transports: onWires,
    alphabet: fromLatin1("\0\x01\r\n04 .0123456789-"),
    create: createDigiDs,
  },
  sma: {
    transports: onWires,
    alphabet: fromLatin1("\n\r ZOUEITGNM1.0123456789kgb-?!"),
    create: createSma,
  },
  "hid-8d": {
    transports: ["hid"],
    alphabet: Uint8Array.of(0x03, 0x04, 0x0b, 0xff, 0x00, 0x02),
    create: createHid8d,
  },
};
