import { z } from "zod";
import type { ScaleOptions, ScaleStimulus } from "../devices/mt-sics.ts";
import { scaleDefaults } from "../devices/mt-sics.ts";

const scaleStimulusSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("load"), digits: z.number().int().min(-1_000_000).max(10_000_000) }),
  z.strictObject({ kind: z.literal("print-key") }),
  z.strictObject({ kind: z.literal("power-up") }),
]) satisfies z.ZodType<ScaleStimulus>;

const scaleOptionsSchema = z.strictObject({
  serial: z.string().min(1).max(20).default(scaleDefaults.serial),
  unit: z.enum(["g", "kg"]).default(scaleDefaults.unit),
  decimals: z.number().int().min(0).max(6).default(scaleDefaults.decimals),
  capacity: z.number().int().min(1).max(10_000_000).default(scaleDefaults.capacity),
  motionMs: z.number().int().min(0).max(60_000).default(scaleDefaults.motionMs),
  echo: z.enum(["S", "SI"]).default(scaleDefaults.echo),
}) satisfies z.ZodType<ScaleOptions>;

export const scaleWorlds = {
  "mt-sics": { options: scaleOptionsSchema, stimulus: scaleStimulusSchema },
} as const;
