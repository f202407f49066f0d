import { z } from "zod";
import type { LedLineOptions, LedLineStimulus } from "../devices/led-line.ts";
import { ledLineDefaults } from "../devices/led-line.ts";
import type { PagerOptions, PagerStimulus } from "../devices/serial-pager.ts";
import { pagerDefaults } from "../devices/serial-pager.ts";

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

const pagerStimulusSchema = z.strictObject({
  kind: z.literal("press"),
  button: z.string().min(1),
}) satisfies z.ZodType<PagerStimulus>;

const pagerOptionsSchema = z.strictObject({
  frames: z.record(z.string(), z.string().regex(/^([0-9a-f]{2}){1,32}$/)).default(pagerDefaults.frames),
  repeats: z.number().int().min(1).max(10).default(pagerDefaults.repeats),
}) satisfies z.ZodType<PagerOptions>;

export const queueHardwareWorlds = {
  "led-line": { options: ledLineOptionsSchema, stimulus: ledLineStimulusSchema },
  "serial-pager": { options: pagerOptionsSchema, stimulus: pagerStimulusSchema },
} as const;
