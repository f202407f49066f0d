import { z } from "zod";
import type { TfminiOptions, TfminiStimulus } from "../devices/tfmini.ts";
import { tfminiDefaults } from "../devices/tfmini.ts";

const centimetres = z.number().int().min(0).max(1_200);

const tfminiStimulusSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("come"), distanceCm: centimetres }),
  z.strictObject({ kind: z.literal("go") }),
  z.strictObject({
    kind: z.literal("pass"),
    distanceCm: centimetres,
    bodyMs: z.number().int().min(10).max(60_000).default(250),
  }),
  z.strictObject({ kind: z.literal("light"), light: z.enum(["good", "weak", "sunlight"]) }),
  z.strictObject({ kind: z.literal("jitter"), cm: z.number().int().min(0).max(100) }),
  z.strictObject({ kind: z.literal("bad-sums"), frames: z.number().int().min(0).max(10_000) }),
]) satisfies z.ZodType<TfminiStimulus>;

const tfminiOptionsSchema = z.strictObject({
  everyMs: z.number().int().min(1).max(1_000).default(tfminiDefaults.everyMs),
  // Nearer than somebody can be there before it.
  emptyCm: z.number().int().min(40).max(1_200).default(tfminiDefaults.emptyCm),
}) satisfies z.ZodType<TfminiOptions>;

export const sensorWorlds = {
  tfmini: { options: tfminiOptionsSchema, stimulus: tfminiStimulusSchema },
} as const;
