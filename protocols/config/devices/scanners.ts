import { z } from "zod";
import { keyboardLayouts } from "../../codecs/hid-keyboard/layouts.ts";
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

const hidKeyboardSchema = z.strictObject({
  ...common,
  driver: z.literal("hid-keyboard"),
  settings: z
    .strictObject({
      /** The country that the scanner is set to; another one changes characters without any error. */
      layout: z.enum(keyboardLayouts).default("US"),
      /** The key that ends a code; with `none` either Enter or Tab or the idle gap does. */
      suffix: z.enum(["enter", "tab", "none"]).default("enter"),
      /** A silence that ends a code without suffix; a busy box sees keys late. */
      idleGapMs: z.number().int().min(50).max(2_000).default(150),
      /** What numbers typed with Alt mean beyond ASCII: Chinese comes as Unicode or as GBK. */
      altCodes: z.enum(["unicode", "gbk"]).default("unicode"),
      /** A character that the scanner is set up to type for GS; Alt+0029 and Ctrl+] are always understood. */
      groupSeparator: z.string().length(1).optional(),
      /** The scanner types as if Caps Lock were on. */
      capsLock: z.boolean().default(false),
      /** Whether each code begins with its AIM symbology identifier. */
      aimPrefix: z.boolean().default(false),
    })
    .prefault({}),
});

export const scannerSchemas = [serialScannerSchema, hidScannerSchema, hidKeyboardSchema] as const;

export const scannerTransports = {
  "serial-scanner": ["serial", "tcp"],
  "hid-scanner": ["hid"],
  "hid-keyboard": ["hid"],
} as const;
