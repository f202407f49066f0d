import { z } from "zod";

export const returnsSchema = z.strictObject({
  /** A weight belongs to the item handed in at the same desk no longer ago than this. */
  weightJoinMs: z.number().int().min(0).max(600_000).default(30_000),
  /** The same item at the same post again within this time is no new step. */
  repeatMs: z.number().int().min(0).max(86_400_000).default(600_000),
  /** Cases kept in memory; the oldest finished ones go first. */
  casesMax: z.number().int().min(100).max(1_000_000).default(50_000),
});
