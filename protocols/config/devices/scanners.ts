import { z } from "zod";
import { common } from "./every-device.ts";

const scannerSettingsSchema = z
  .strictObject({
    /** Bytes that end a code; `none` ends it by the idle gap alone. */
    suffix: z.enum(["cr", "lf", "crlf", "tab", "none"]).default("cr"),
    /** A silence that ends a code without suffix. */
    idleGapMs: z.number().int().min(20).max(2_000).default(300),
    /** Whether each code begins with its AIM symbology identifier. */
    aimPrefix: z.boolean().default(false),
  })
  .prefault({});
const serialScannerSchema = z.strictObject({
  ...common,
  driver: z.literal("serial-scanner"),
  settings: scannerSettingsSchema,
});

const hidScannerSchema = z.strictObject({
  ...common,
  driver: z.literal("hid-scanner"),
  settings: z
    .strictObject({
      /** Honeywell scanners stay silent until feature report 254 enables point-of-sale reports. */
      enableReport: z.boolean().default(true),
    })
    .prefault({}),
});

export const scannerSchemas = [serialScannerSchema, hidScannerSchema] as const;

export const scannerTransports = {
  "serial-scanner": ["serial", "tcp"],
  "hid-scanner": ["hid"],
} as const;
