import { z } from "zod";
import { keyNames } from "../../protocols/codecs/hid-keyboard/key-names.ts";
import type { BeamPairOptions, BeamPairStimulus } from "../devices/gpio-beam-pair.ts";
import { beamPairDefaults } from "../devices/gpio-beam-pair.ts";
import type { ButtonsStimulus } from "../devices/gpio-buttons.ts";
import type { LineOptions, MissStimulus } from "../devices/gpio-edges.ts";
import { lineDefaults } from "../devices/gpio-edges.ts";
import type { KeypadOptions, KeypadStimulus } from "../devices/hid-keypad.ts";
import { keypadDefaults } from "../devices/hid-keypad.ts";

const missSchema = z.strictObject({
  kind: z.literal("miss-edges"),
  line: z.string().min(1),
  edges: z.number().int().min(1).max(1_000),
}) satisfies z.ZodType<MissStimulus>;

const buttonsStimulusSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("press"),
    line: z.string().min(1),
    holdMs: z.number().int().min(20).max(60_000).default(120),
  }),
  missSchema,
]) satisfies z.ZodType<ButtonsStimulus>;

const bouncesSchema = z.number().int().min(0).max(10);
const buttonsOptionsSchema = z.strictObject({
  bounces: bouncesSchema.default(lineDefaults.bounces),
  inverted: z.boolean().default(lineDefaults.inverted),
}) satisfies z.ZodType<LineOptions>;

const beamSchema = z.enum(["outer", "inner"]);
const beamPairStimulusSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("pass"), direction: z.enum(["in", "out"]) }),
  z.strictObject({ kind: z.literal("turn-back"), from: beamSchema }),
  z.strictObject({ kind: z.literal("wave"), beam: beamSchema }),
  z.strictObject({ kind: z.literal("meet") }),
  z.strictObject({ kind: z.literal("block"), beam: beamSchema, blocked: z.boolean() }),
  missSchema,
]) satisfies z.ZodType<BeamPairStimulus>;

const beamPairOptionsSchema = z.strictObject({
  bounces: bouncesSchema.default(beamPairDefaults.bounces),
  inverted: z.boolean().default(beamPairDefaults.inverted),
  outer: z.string().min(1).default(beamPairDefaults.outer),
  inner: z.string().min(1).default(beamPairDefaults.inner),
  gapMs: z.number().int().min(1).max(10_000).default(beamPairDefaults.gapMs),
  bodyMs: z.number().int().min(10).max(60_000).default(beamPairDefaults.bodyMs),
}) satisfies z.ZodType<BeamPairOptions>;

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
  "gpio-beam-pair": { options: beamPairOptionsSchema, stimulus: beamPairStimulusSchema },
  "gpio-outputs": { options: z.strictObject({}), stimulus: z.never() },
} as const;
