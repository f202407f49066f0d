import { z } from "zod";
import type { MtSicsOptions, MtSicsStimulus } from "../devices/mt-sics.ts";
import { platformDefaults } from "../devices/scale/platform.ts";
import type { ScaleStimulus } from "../devices/scale/simulated-scale.ts";
import { everyMsDefault } from "../devices/scale/simulated-scale.ts";

const everyScaleStimuli = [
  z.strictObject({ kind: z.literal("load"), digits: z.number().int().min(-1_000_000).max(10_000_000) }),
  z.strictObject({ kind: z.literal("print-key") }),
  z.strictObject({ kind: z.literal("power-up") }),
  z.strictObject({ kind: z.literal("key"), key: z.enum(["tare", "zero", "clear-tare", "unit"]) }),
] as const;

const mtSicsStimulusSchema = z.discriminatedUnion("kind", [
  ...everyScaleStimuli,
]) satisfies z.ZodType<MtSicsStimulus>;

const stimulus = z.discriminatedUnion("kind", [
  ...everyScaleStimuli,
  z.strictObject({ kind: z.literal("swapped-digits") }),
  z.strictObject({ kind: z.literal("broken"), broken: z.boolean() }),
]) satisfies z.ZodType<ScaleStimulus>;

const platform = {
  unit: z.enum(["g", "kg"]).default(platformDefaults.unit),
  decimals: z.number().int().min(0).max(4).default(platformDefaults.decimals),
  capacity: z.number().int().min(1).max(999_999).default(platformDefaults.capacity),
  motionMs: z.number().int().min(0).max(60_000).default(platformDefaults.motionMs),
};
const sending = { ...platform, everyMs: z.number().int().min(10).max(10_000).default(everyMsDefault) };

const asked = z.strictObject(platform);
const always = z.strictObject(sending);

const mtSicsOptionsSchema = z.strictObject({
  ...platform,
  serial: z.string().min(1).max(20).default("B021002593"),
  echo: z.enum(["S", "SI"]).default("S"),
}) satisfies z.ZodType<MtSicsOptions>;

export const scaleWorlds = {
  "mt-sics": { options: mtSicsOptionsSchema, stimulus: mtSicsStimulusSchema },
  "toledo-8217": { options: asked, stimulus },
  "toledo-continuous": {
    options: z.strictObject({ ...sending, checksum: z.boolean().default(true) }),
    stimulus,
  },
  "nci-ecr": { options: asked, stimulus },
  "yaohua-tf0": { options: always, stimulus },
  "yaohua-tf1": { options: always, stimulus },
  "yaohua-tf2": { options: always, stimulus },
  "yaohua-cmd": {
    options: z.strictObject({
      ...platform,
      address: z
        .string()
        .regex(/^[A-Z]$/)
        .default("A"),
    }),
    stimulus,
  },
  "cas-ap1": { options: z.strictObject({ ...platform, capitals: z.boolean().default(false) }), stimulus },
  "cas-22": {
    options: z.strictObject({ ...sending, device: z.number().int().min(0).max(255).default(1) }),
    stimulus,
  },
  "ascii-st-us": {
    options: z.strictObject({
      ...sending,
      sends: z.enum(["always", "asked"]).default("always"),
      style: z.enum(["gross-net", "plain"]).default("gross-net"),
    }),
    stimulus,
  },
  "digi-ds": {
    options: z.strictObject({
      ...sending,
      headers: z.boolean().default(true),
      stability: z.boolean().default(true),
    }),
    stimulus,
  },
  sma: { options: asked, stimulus },
  "hid-8d": { options: always, stimulus },
} as const;
