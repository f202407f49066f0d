import { z } from "zod";
import { orderIdSchema } from "../orders.ts";
import { deadlineNames } from "./deadlines.ts";
import { stepNames } from "./steps.ts";

/** Cases in one message: some 400 bytes each, so that the message stays below `orderBytesMax`. */
export const continueCasesMax = 128;

const uriSchema = z.string().min(1).max(256);
const timeSchema = z.number().int();

const continuedCaseSchema = z.object({
  item: uriSchema,
  /** What the item was called before it got a new identity: its old tag may still be on it. */
  formerly: uriSchema.optional(),
  /** The case's own id, given where it was opened. */
  case: z.string().min(1).max(64),
  /** Wall time, as the site that opened it has told it. */
  openedMs: timeSchema,
  step: z.enum(stepNames),
  container: uriSchema.optional(),
  grade: z.string().max(16).optional(),
  gtin: z.string().max(14).optional(),
  /** What it weighed at hand-in. */
  grams: z.number().positive().optional(),
  /** Deadlines that still run: since when, and whether somebody was warned. */
  waits: z.partialRecord(
    z.enum(deadlineNames as [(typeof deadlineNames)[number], ...(typeof deadlineNames)[number][]]),
    /** Without `dueMs` the site reckons it by its own configuration. What is due before the case is taken is HQ's. */
    z.object({ fromMs: timeSchema, warned: z.boolean(), dueMs: timeSchema.optional() }),
  ),
});
export type ContinuedCase = z.infer<typeof continuedCaseSchema>;

/**
 * `cmd/returns-continue`: HQ tells a site of cases that another one began and that are on their way to it. Told
 * again it changes nothing; the reply comes when it is on disk.
 */
export const continueCasesSchema = z.object({
  id: orderIdSchema,
  cases: z.array(continuedCaseSchema).min(1).max(continueCasesMax),
});
export type ContinueCases = z.infer<typeof continueCasesSchema>;
export const continueCommand = "returns-continue";
