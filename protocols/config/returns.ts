import { z } from "zod";
import { nameSchema } from "../readings.ts";
import { type DeadlineName, deadlineNames, deadlineRules } from "../returns/deadlines.ts";
import { stepNames } from "../returns/steps.ts";
import { filePathSchema } from "./file-path.ts";

const glnWords = "a GLN of 13 digits in quotes";
const partySchema = z
  .string()
  .regex(/^\d{13}$/, glnWords)
  .meta({ description: glnWords });
const gtinWords = "a GTIN of 14 digits in quotes";
const dayMs = 86_400_000;
/** Longer than any customer waits. */
const waitSchema = z
  .number()
  .int()
  .min(0)
  .max(90 * dayMs);
const fewSeconds = z.number().int().min(0).max(600_000);
const antennasSchema = z.array(z.number().int().min(0).max(255)).min(1).max(16);

/** 0 switches a deadline off. */
const deadlinesSchema = z.strictObject(
  Object.fromEntries(
    deadlineNames.map((name) => [name, waitSchema.default(deadlineRules[name].defaultMs)]),
  ) as Record<DeadlineName, z.ZodDefault<typeof waitSchema>>,
);

/** How a read point knows whether things come or go; without one a dock knows it by its role. */
const directionSchema = z.discriminatedUnion("by", [
  /** A pair of beams at the same read point. */
  z.strictObject({ by: z.literal("passage"), readPoint: nameSchema }),
  /** Two antennas: what is seen last inside has come in. */
  z.strictObject({
    by: z.literal("antennas"),
    readPoint: nameSchema,
    inside: antennasSchema,
    outside: antennasSchema,
  }),
]);

export const returnsSchema = z.strictObject({
  /** What the devices at one desk say within this time is one hand-in; a code without a serial waits so long for its tag. */
  joinMs: fewSeconds.default(2_000),
  /** A weight belongs to the item seen at the same post no longer ago than this. */
  weightJoinMs: fewSeconds.default(30_000),
  /** A command belongs to the item seen at the same post no longer ago than this; both badges come within it as well. */
  commandJoinMs: fewSeconds.default(60_000),
  /** A tag and the passage through its door belong together within this time. */
  doorJoinMs: fewSeconds.default(5_000),
  /** The same item at the same post again within this time is no new step. */
  repeatMs: z.number().int().min(0).max(dayMs).default(600_000),
  /** The same item at two posts within this time is a copied tag or a misread; 0: never. */
  twoPlacesMs: fewSeconds.default(1_000),
  /** A container whose unpacking rests so long is taken as done, and what is missing is told. */
  unpackMs: z.number().int().min(1_000).max(dayMs).default(1_800_000),
  /** A badge names the clerk of a post so long; a shift. */
  badgeMs: z.number().int().min(60_000).max(dayMs).default(43_200_000),
  /** An item of an open case that no device has seen for so long is worth a look; 0: never. */
  unseenMs: waitSchema.default(3 * dayMs),
  /** By when what is due; 0: never. */
  deadlines: deadlinesSchema.prefault({}),
  /** For a step, the steps that it may follow where they are not the usual ones; `none`: no case is open. */
  follows: z.partialRecord(z.enum(stepNames), z.array(z.enum([...stepNames, "none"]))).default({}),
  /** A weight may differ by so many grams, or by so many percent where that is more. */
  weightToleranceGrams: z.number().min(0).max(100_000).default(20),
  weightTolerancePercent: z.number().min(0).max(100).default(3),
  /** What a whole product weighs, with all that belongs to it. */
  products: z
    .array(
      z.strictObject({
        gtin: z
          .string()
          .regex(/^\d{14}$/, gtinWords)
          .meta({ description: gtinWords }),
        grams: z.number().positive().max(1_000_000),
      }),
    )
    .max(100_000)
    .default([]),
  /** How a receipt's code begins; the rest is its number. A GDTI (AI 253) is a receipt as well. */
  receiptPrefixes: z.array(z.string().min(2).max(32)).max(16).default(["RECEIPT:"]),
  /** The device that prints labels: at a desk for goods without a serial number, at any other post for new identities. */
  printers: z
    .array(z.strictObject({ desk: nameSchema, device: nameSchema }))
    .max(16)
    .default([]),
  directions: z.array(directionSchema).max(64).default([]),
  /** The retailer that takes possession; the site's own GLN where it is absent. */
  party: partySchema.optional(),
  /** The GLN of the depot that a dock ships to. */
  shipTo: partySchema.optional(),
  /** Who gets what goes back to its maker, and who collects what is recycled. */
  supplier: partySchema.optional(),
  recycler: partySchema.optional(),
  /** Open cases kept in memory; the oldest go first, and HQ is told. */
  casesMax: z.number().int().min(100).max(1_000_000).default(50_000),
  /** Closed cases whose serials are still known when they come again; a few months of a busy store. */
  pastMax: z.number().int().min(0).max(100_000).default(5_000),
  /** The box's own key that signs evidence; made on first use. */
  evidenceKeyFile: filePathSchema.default("/var/lib/storewire/evidence.key"),
  /** Steps kept on disk for `storewire returns show`, some 800 bytes each; the oldest go first. */
  historyStepsMax: z.number().int().min(1_000).max(10_000_000).default(100_000),
});
export type ReturnsConfiguration = z.infer<typeof returnsSchema>;
