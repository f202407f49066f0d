import { z } from "zod";
import { nameSchema } from "../readings.ts";
import { type TransportKind, transportSchema } from "./transport.ts";

/** How raw observations become readings; per device, with defaults that suit a shop. */
const smoothingSchema = z.strictObject({
  /** A tag that was not seen for so long has departed. */
  tagSilenceMsMax: z.number().int().min(100).max(3_600_000).default(5_000),
  /** A tag that stays is reported again after this time. */
  tagPresentEveryMs: z.number().int().min(1_000).max(86_400_000).default(60_000),
  /** Tags that one device may have in view; beyond it the oldest is taken as departed. */
  tagsMax: z.number().int().min(1).max(100_000).default(5_000),
  /** The same code scanned again within this time is the same scan. */
  scanRepeatMs: z.number().int().min(0).max(10_000).default(300),
  /** A button is deaf for this time after a press, against double tickets. */
  buttonLockoutMs: z.number().int().min(0).max(10_000).default(700),
  /** Change of weight below which it is still the same load, in the scale's own last digit. */
  weightDigitsMin: z.number().int().min(1).max(1_000).default(2),
});
export type Smoothing = z.infer<typeof smoothingSchema>;

const common = {
  id: nameSchema,
  readPoint: nameSchema,
  transport: transportSchema,
  smoothing: smoothingSchema.prefault({}),
};

const r2000Schema = z.strictObject({
  ...common,
  driver: z.literal("r2000-a0"),
  settings: z
    .strictObject({
      /** Reader address 0..254; 255 asks whichever is there. */
      address: z.number().int().min(0).max(255).default(1),
      /** Antennas to use, 1-based as printed on the case. */
      antennas: z.array(z.number().int().min(1).max(8)).min(1).max(8).default([1]),
      /** Transmit power; left as it is when absent, because each setting wears the reader's flash. */
      powerDbm: z.number().int().min(20).max(33).optional(),
    })
    .prefault({}),
});

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

const mtSicsSchema = z.strictObject({
  ...common,
  driver: z.literal("mt-sics"),
  settings: z
    .strictObject({
      /** How often the weight is asked for. */
      pollMs: z.number().int().min(50).max(10_000).default(200),
    })
    .prefault({}),
});

const printerSchema = z.strictObject({
  ...common,
  driver: z.literal("escpos-printer"),
  settings: z
    .strictObject({
      /** Chinese text as GB18030, or GBK for printers that know no more. */
      encoding: z.enum(["gb18030", "gbk"]).default("gb18030"),
      statusEveryMs: z.number().int().min(200).max(60_000).default(2_000),
    })
    .prefault({}),
});

/** What a press of this button means to the queue. */
const buttonActionSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("issue"),
    service: nameSchema,
    priorityClass: nameSchema.default("regular"),
  }),
  z.strictObject({ kind: z.literal("call-next") }),
  z.strictObject({ kind: z.literal("serve") }),
  z.strictObject({ kind: z.literal("finish") }),
  z.strictObject({ kind: z.literal("no-show") }),
]);
export type ButtonAction = z.infer<typeof buttonActionSchema>;

const buttonsSchema = z.strictObject({
  ...common,
  driver: z.literal("gpio-buttons"),
  settings: z.strictObject({
    /** By the name of the GPIO line. */
    buttons: z.record(nameSchema, buttonActionSchema),
  }),
});

/** A configured device: which driver, where it stands, how it is reached. */
export const deviceSchema = z.discriminatedUnion("driver", [
  r2000Schema,
  serialScannerSchema,
  hidScannerSchema,
  mtSicsSchema,
  printerSchema,
  buttonsSchema,
]);
export type DeviceConfig = z.infer<typeof deviceSchema>;
export type DriverName = DeviceConfig["driver"];
export type SettingsOf<Name extends DriverName> = Extract<DeviceConfig, { driver: Name }>["settings"];

/** On which transports each family travels; `simulated` stands in for any of them. */
export const transportsOfDriver = {
  "r2000-a0": ["serial", "tcp"],
  "serial-scanner": ["serial", "tcp"],
  "hid-scanner": ["hid"],
  "mt-sics": ["serial", "tcp"],
  "escpos-printer": ["serial", "tcp"],
  "gpio-buttons": ["gpio"],
} as const satisfies Record<DriverName, readonly TransportKind[]>;
