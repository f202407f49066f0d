import { z } from "zod";
import type { ButtonsOptions, ButtonsStimulus } from "../devices/gpio-buttons.ts";
import { buttonsDefaults } from "../devices/gpio-buttons.ts";

const buttonsStimulusSchema = z.strictObject({
  kind: z.literal("press"),
  line: z.string().min(1),
  holdMs: z.number().int().min(20).max(60_000).default(120),
}) satisfies z.ZodType<ButtonsStimulus>;

const buttonsOptionsSchema = z.strictObject({
  bounces: z.number().int().min(0).max(10).default(buttonsDefaults.bounces),
}) satisfies z.ZodType<ButtonsOptions>;

export const gpioWorlds = {
  "gpio-buttons": { options: buttonsOptionsSchema, stimulus: buttonsStimulusSchema },
} as const;
