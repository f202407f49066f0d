import { z } from "zod";
import { decimalSchema, nameSchema } from "../readings.ts";

const gtinWords = "a GTIN of 14 digits in quotes";
const ssccWords = "an SSCC of 18 digits in quotes";
const decimalWords = 'a decimal in quotes, such as "12.50"';
const exact = decimalSchema.meta({ description: decimalWords });

/** Weighing terminals: read points of role `weighing` with a scale, a scanner and a label printer. */
export const weighingSchema = z.strictObject({
  /** A code and the weight that it is for come within this time, whichever is first. */
  joinMs: z.number().int().min(1_000).max(600_000).default(60_000),
  /** The device that prints labels, per terminal. */
  printers: z
    .array(z.strictObject({ terminal: nameSchema, device: nameSchema }))
    .max(64)
    .default([]),
  /** What is printed beside the weight. */
  products: z
    .array(
      z.strictObject({
        gtin: z
          .string()
          .regex(/^\d{14}$/, gtinWords)
          .meta({ description: gtinWords }),
        name: z.string().min(1).max(40),
        nameChinese: z.string().min(1).max(20).optional(),
        /** Best eaten within so many days after packing; the day of packing is day 0. */
        keepDays: z.number().int().min(0).max(3_650).optional(),
        advice: z.string().max(48).optional(),
        adviceChinese: z.string().max(24).optional(),
      }),
    )
    .max(10_000)
    .default([]),
  /** What parcels are announced to weigh; the label's own AI 330n goes first. */
  parcels: z
    .array(
      z.strictObject({
        sscc: z
          .string()
          .regex(/^\d{18}$/, ssccWords)
          .meta({ description: ssccWords }),
        kilograms: exact,
      }),
    )
    .max(10_000)
    .default([]),
  /** A parcel may differ by so many grams, or so many percent where that is more. */
  toleranceGrams: exact.default("50"),
  tolerancePercent: exact.default("2"),
});
export type WeighingConfiguration = z.infer<typeof weighingSchema>;
