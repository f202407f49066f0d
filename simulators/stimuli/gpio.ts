import { z } from "zod";
import { keyNames } from "../../protocols/codecs/hid-keyboard/key-names.ts";
import type { ButtonsOptions, ButtonsStimulus } from "../devices/gpio-buttons.ts";
import { buttonsDefaults } from "../devices/gpio-buttons.ts";
import type { KeypadOptions, KeypadStimulus } from "../devices/hid-keypad.ts";
import { keypadDefaults } from "../devices/hid-keypad.ts";

const buttonsStimulusSchema = z.strictObject({
  kind: z.literal("press"),
  line: z.string().min(1),
  holdMs: z.number().int().min(20).max(60_000).default(120),
}) satisfies z.ZodType<ButtonsStimulus>;

const buttonsOptionsSchema = z.strictObject({
  bounces: z.number().int().min(0).max(10).default(buttonsDefaults.bounces),
}) satisfies z.ZodType<ButtonsOptions>;

const keypadStimulusSchema = z.strictObject({
  kind: z.literal("press"),
  key: z.enum(keyNames),
  holdMs: z.number().int().min(20).max(60_000).default(120),
}) satisfies z.ZodType<KeypadStimulus>;

const keypadOptionsSchema = z.strictObject({
  reportId: z.number().int().min(0).max(255).default(keypadDefaults.reportId),
}) satisfies z.ZodType<KeypadOptions>;

export const gpioWorlds = {
  "gpio-buttons": { options: buttonsOptionsSchema, stimulus: buttonsStimulusSchema },
  "hid-keypad": { options: keypadOptionsSchema, stimulus: keypadStimulusSchema },
} as const;
