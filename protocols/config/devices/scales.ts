import { z } from "zod";
import { decimalSchema } from "../../readings.ts";
import type { SerialLine } from "../transport.ts";
import { transportSetTo } from "../transport.ts";
import { common } from "./every-device.ts";

/** A clerk waits for the display, not for the box: five times a second is as fast as anybody reads. */
const pollMs = z.number().int().min(50).max(10_000).default(200);
/** Without a frame for so long, a scale that sends by itself is gone; the slowest sends seven a second. */
const silenceMsMax = z.number().int().min(500).max(600_000).default(3_000);

/** For scales that are asked. */
const asked = {
  /** How often the weight is asked for. */
  pollMs,
};
/** For scales that send by themselves. */
const sending = { silenceMsMax };
/** For frames that do not say, or not always, in what they weigh. */
const unnamed = {
  /** As the scale's own display shows it. */
  unit: z.enum(["kg", "g", "lb", "oz", "t"]).default("kg"),
};
/** For frames that do not say whether the load is at rest. */
const unsettled = {
  /** So many frames in a row with the same weight: two may be a load that moves slowly. */
  stableFrames: z.number().int().min(2).max(100).default(3),
  /** And for so long: a hand that still lies on the load keeps it quiet for less. */
  stableForMs: z.number().int().min(0).max(10_000).default(500),
};
/** For frames that have no word for an overload. */
const wordless = {
  /** More than this is an overload, an exact decimal in `unit`; without it nothing is. */
  capacity: decimalSchema.optional(),
};
const numbered = {
  /** Where the point stands, for indicators that send another place of it than they show. */
  decimals: z.union([z.literal("auto"), z.number().int().min(0).max(4)]).default("auto"),
};
const fine = {
  /** Asks for the weight with the digits that the display leaves out. */
  highResolution: z.boolean().default(false),
};

/** Scales are older than fast lines. */
const eightBits: SerialLine = { baudRate: 9_600, dataBits: 8, parity: "none", stopBits: 1 };
const sevenBits: SerialLine = { ...eightBits, dataBits: 7, parity: "even" };

const scale = <Name extends string, Settings extends z.ZodType>(
  driver: Name,
  settings: Settings,
  line: SerialLine = eightBits,
) => z.strictObject({ ...common, transport: transportSetTo(line), driver: z.literal(driver), settings });

export const scaleSchemas = [
  scale("mt-sics", z.strictObject(asked).prefault({})),
  scale("toledo-8217", z.strictObject({ ...asked, ...unnamed, ...fine }).prefault({}), sevenBits),
  scale("toledo-continuous", z.strictObject(sending).prefault({})),
  scale("nci-ecr", z.strictObject({ ...asked, ...fine }).prefault({}), sevenBits),
  scale(
    "yaohua-tf0",
    z.strictObject({ ...sending, ...unnamed, ...numbered, ...unsettled, ...wordless }).prefault({}),
  ),
  scale("yaohua-tf1", z.strictObject({ ...sending, ...unnamed, ...unsettled, ...wordless }).prefault({})),
  scale("yaohua-tf2", z.strictObject({ ...sending, ...unnamed, ...unsettled, ...wordless }).prefault({})),
  scale(
    "yaohua-cmd",
    z
      .strictObject({
        ...asked,
        /** The indicator's letter on the line. */
        address: z
          .string()
          .regex(/^[A-Z]$/, "one letter, A to Z")
          .default("A"),
        /** Which weight is asked for; without a tare both are the same. */
        weight: z.enum(["gross", "net"]).default("net"),
        ...unnamed,
        ...numbered,
        ...unsettled,
        ...wordless,
      })
      .prefault({}),
  ),
  scale("cas-ap1", z.strictObject({ ...asked, ...unnamed, ...wordless }).prefault({})),
  scale("cas-22", z.strictObject(sending).prefault({})),
  scale(
    "ascii-st-us",
    z
      .strictObject({
        /** `always`: by itself, over and over. `asked`: when it hears `Q`, as A&D scales can be set. */
        sends: z.enum(["always", "asked"]).default("always"),
        ...asked,
        ...sending,
      })
      .prefault({}),
  ),
  scale("digi-ds", z.strictObject({ ...sending, ...unnamed, ...unsettled, ...wordless }).prefault({})),
  scale("sma", z.strictObject(asked).prefault({})),
  scale("hid-8d", z.strictObject({ ...sending, ...unsettled }).prefault({})),
] as const;

const onWires = ["serial", "tcp"] as const;

export const scaleTransports = {
  "mt-sics": onWires,
  "toledo-8217": onWires,
  "toledo-continuous": onWires,
  "nci-ecr": onWires,
  "yaohua-tf0": onWires,
  "yaohua-tf1": onWires,
  "yaohua-tf2": onWires,
  "yaohua-cmd": onWires,
  "cas-ap1": onWires,
  "cas-22": onWires,
  "ascii-st-us": onWires,
  "digi-ds": onWires,
  sma: onWires,
  "hid-8d": ["hid"],
} as const;
