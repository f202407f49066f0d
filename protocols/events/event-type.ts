import { z } from "zod";
import type { Category } from "../topics.ts";

/** One type of event: where it travels and what it holds. */
export interface EventType {
  readonly category: Category;
  /** For the people at HQ who read the published schemas. */
  readonly words: string;
  readonly data: z.ZodType;
}

/** A 64-bit sequence travels as a string, because JSON numbers end at 2^53. */
export const sequenceStringSchema = z
  .string()
  .regex(/^[1-9]\d{0,18}$/, "a positive whole number as a string");
