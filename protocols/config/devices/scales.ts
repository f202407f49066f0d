import { z } from "zod";
import { common } from "./every-device.ts";

const mtSicsSchema = z.strictObject({
  ...common,
  driver: z.literal("mt-sics"),
  settings: z
    .strictObject({
      /** How often the weight is asked for. */
      pollMs: z.number().int().min(50).max(10_000).default(200),
    })
    .prefault({}),
});

export const scaleSchemas = [mtSicsSchema] as const;

export const scaleTransports = {
  "mt-sics": ["serial", "tcp"],
} as const;
