import { z } from "zod";
import { keyboardLayouts } from "../../protocols/codecs/hid-keyboard/layouts.ts";
import type { HidKeyboardOptions } from "../devices/hid-keyboard.ts";
import { hidKeyboardDefaults } from "../devices/hid-keyboard.ts";
import type { HidScannerOptions } from "../devices/hid-scanner.ts";
import { hidScannerDefaults } from "../devices/hid-scanner.ts";
import type { ScannerStimulus, ScanStimulus } from "../devices/serial-scanner.ts";
import { serialScannerDefaults } from "../devices/serial-scanner.ts";

const scanSchema = z.strictObject({
  kind: z.literal("scan"),
  text: z.string().min(1).max(7_089),
  aim: z.string().length(3).default("]X0"),
  againAfterMs: z.number().int().min(1).max(60_000).optional(),
}) satisfies z.ZodType<ScanStimulus>;

const scannerStimulusSchema = z.discriminatedUnion("kind", [
  scanSchema,
  z.strictObject({ kind: z.literal("command-reply"), command: z.string().min(3).max(64) }),
]) satisfies z.ZodType<ScannerStimulus>;

const serialScannerOptionsSchema = z.strictObject({
  suffix: z.enum(["cr", "lf", "crlf", "tab", "none"]).default(serialScannerDefaults.suffix),
  aimPrefix: z.boolean().default(serialScannerDefaults.aimPrefix),
});

const hidScannerOptionsSchema = z.strictObject({
  needsEnabling: z.boolean().default(hidScannerDefaults.needsEnabling),
  carriageReturn: z.boolean().default(hidScannerDefaults.carriageReturn),
  shifted: z.boolean().default(hidScannerDefaults.shifted),
}) satisfies z.ZodType<HidScannerOptions>;

const hidKeyboardOptionsSchema = z.strictObject({
  layout: z.enum(keyboardLayouts).default(hidKeyboardDefaults.layout),
  suffix: z.enum(["enter", "tab", "none"]).default(hidKeyboardDefaults.suffix),
  groupSeparator: z.enum(["alt", "ctrl", "dropped"]).default(hidKeyboardDefaults.groupSeparator),
  release: z.enum(["each", "none", "rollover"]).default(hidKeyboardDefaults.release),
  capsLock: z.boolean().default(hidKeyboardDefaults.capsLock),
  altCodes: z.enum(["unicode", "gbk"]).default(hidKeyboardDefaults.altCodes),
  aimPrefix: z.boolean().default(hidKeyboardDefaults.aimPrefix),
  reportId: z.number().int().min(0).max(255).default(hidKeyboardDefaults.reportId),
}) satisfies z.ZodType<HidKeyboardOptions>;

export const scannerWorlds = {
  "serial-scanner": { options: serialScannerOptionsSchema, stimulus: scannerStimulusSchema },
  "hid-scanner": { options: hidScannerOptionsSchema, stimulus: scannerStimulusSchema },
  "hid-keyboard": { options: hidKeyboardOptionsSchema, stimulus: scanSchema },
} as const;
