import { z } from "zod";
import type { HidScannerOptions } from "../devices/hid-scanner.ts";
import { hidScannerDefaults } from "../devices/hid-scanner.ts";
import type { ScannerStimulus } from "../devices/serial-scanner.ts";
import { serialScannerDefaults } from "../devices/serial-scanner.ts";

const scannerStimulusSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("scan"),
    text: z.string().min(1).max(7_089),
    aim: z.string().length(3).default("]X0"),
  }),
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

export const scannerWorlds = {
  "serial-scanner": { options: serialScannerOptionsSchema, stimulus: scannerStimulusSchema },
  "hid-scanner": { options: hidScannerOptionsSchema, stimulus: scannerStimulusSchema },
} as const;
