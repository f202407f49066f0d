import { z } from "zod";
import type { PrinterOptions, PrinterStimulus } from "../devices/escpos-printer.ts";
import { printerDefaults } from "../devices/escpos-printer.ts";

const printerStimulusSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("paper"), paper: z.enum(["ok", "near-end", "end"]) }),
  z.strictObject({ kind: z.literal("cover"), cover: z.enum(["closed", "open"]) }),
  z.strictObject({ kind: z.literal("error"), error: z.boolean() }),
  z.strictObject({ kind: z.literal("paper-ends-before-cut") }),
  z.strictObject({ kind: z.literal("take-ticket") }),
  z.strictObject({ kind: z.literal("hang"), hanging: z.boolean() }),
]) satisfies z.ZodType<PrinterStimulus>;

const printerOptionsSchema = z.strictObject({
  automaticStatus: z.boolean().default(printerDefaults.automaticStatus),
  ticketSensor: z.boolean().default(printerDefaults.ticketSensor),
  interleaved: z.boolean().default(printerDefaults.interleaved),
}) satisfies z.ZodType<PrinterOptions>;

export const printerWorlds = {
  "escpos-printer": { options: printerOptionsSchema, stimulus: printerStimulusSchema },
} as const;
