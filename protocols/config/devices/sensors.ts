import { z } from "zod";
import { common } from "./every-device.ts";

const centimetres = (least: number, most: number) => z.number().int().min(least).max(most);
/** As far as the sensor sees. */
const reachCm = 1_200;

const tfminiSettings = z
  .strictObject({
    /** How far what stands behind everybody is: floor, wall or shelf. Without it the first three quiet seconds say it. */
    emptyCm: centimetres(10, reachCm).optional(),
    /** Somebody is there who is nearer than that by so much. */
    nearCm: centimetres(5, reachCm).default(30),
    /** And gone only once they are farther by so much again: who sways does not come and go. */
    hysteresisCm: centimetres(0, 500).default(10),
    /** So long before a coming or a going is believed; who walks through breaks the beam for a fifth of a second. */
    minimumMs: z.number().int().min(0).max(10_000).default(100),
    /** Across a doorway: everybody who has passed counts in this direction, which one sensor alone cannot tell. */
    counts: z.enum(["in", "out"]).optional(),
  })
  .refine(({ hysteresisCm, nearCm }) => hysteresisCm < nearCm, {
    path: ["hysteresisCm"],
    message: "less than nearCm",
  })
  .refine(({ emptyCm, nearCm }) => emptyCm === undefined || nearCm < emptyCm, {
    path: ["nearCm"],
    message: "less than emptyCm",
  });

const tfminiSchema = z.strictObject({
  ...common,
  driver: z.literal("tfmini"),
  settings: tfminiSettings.prefault({}),
});

export const sensorSchemas = [tfminiSchema] as const;

export const sensorTransports = { tfmini: ["serial", "tcp"] } as const;
