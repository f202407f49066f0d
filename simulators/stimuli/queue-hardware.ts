import { z } from "zod";
import type { LedLineOptions, LedLineStimulus } from "../devices/led-line.ts";
import { ledLineDefaults } from "../devices/led-line.ts";

const ledLineStimulusSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("hang"), hanging: z.boolean() }),
  z.strictObject({ kind: z.literal("refuse"), code: z.number().int().min(0).max(255) }),
  z.strictObject({ kind: z.literal("lose-answers"), answers: z.number().int().min(1).max(1_000) }),
]) satisfies z.ZodType<LedLineStimulus>;

const ledLineOptionsSchema = z.strictObject({
  protocol: z.enum(["modbus-rtu", "ascii"]).default(ledLineDefaults.protocol),
  address: z.number().int().min(1).max(247).default(ledLineDefaults.address),
  register: z.number().int().min(0).max(65_413).default(ledLineDefaults.register),
  columns: z.number().int().min(2).max(246).multipleOf(2).default(ledLineDefaults.columns),
  echoes: z.boolean().default(ledLineDefaults.echoes),
}) satisfies z.ZodType<LedLineOptions>;

export const queueHardwareWorlds = {
  "led-line": { options: ledLineOptionsSchema, stimulus: ledLineStimulusSchema },
} as const;
