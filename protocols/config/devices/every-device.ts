import { z } from "zod";
import { nameSchema } from "../../readings.ts";
import { transportSchema } from "../transport.ts";

/** How raw observations become readings; per device, with defaults that suit a shop. */
const smoothingSchema = z.strictObject({
  /** A tag that was not seen for so long has departed. */
  tagSilenceMsMax: z.number().int().min(100).max(3_600_000).default(5_000),
  /** A tag that stays is reported again after this time. */
  tagPresentEveryMs: z.number().int().min(1_000).max(86_400_000).default(60_000),
  /** Tags that one device may have in view; beyond it the oldest is taken as departed. */
  tagsMax: z.number().int().min(1).max(100_000).default(5_000),
  /** The same code scanned again within this time is the same scan. */
  scanRepeatMs: z.number().int().min(0).max(10_000).default(300),
  /** A button is deaf for this time after a press, against double tickets. */
  buttonLockoutMs: z.number().int().min(0).max(10_000).default(700),
  /** Change of weight below which it is still the same load, in the scale's own last digit. */
  weightDigitsMin: z.number().int().min(1).max(1_000).default(2),
});
export type Smoothing = z.infer<typeof smoothingSchema>;

/** What every device has, whatever its family. */
export const common = {
  id: nameSchema,
  readPoint: nameSchema,
  transport: transportSchema,
  smoothing: smoothingSchema.prefault({}),
};
