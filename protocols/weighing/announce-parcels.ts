import { z } from "zod";
import { orderIdSchema } from "../orders.ts";
import { decimalSchema } from "../readings.ts";

/** Parcels in one message: some 60 bytes each, so that a message is 16 KiB. */
export const announceParcelsMax = 256;
/** Parcels that a gateway keeps; some 100 bytes each, and what a large depot expects in a fortnight. */
export const announcedParcelsMax = 10_000;

export const announcedParcelSchema = z.object({
  sscc: z.string().regex(/^\d{18}$/, "an SSCC has 18 digits"),
  /** Exact, more than nothing. */
  kilograms: decimalSchema.regex(/^[^-]*[1-9]/, "a parcel weighs something"),
});
export type AnnouncedParcel = z.infer<typeof announcedParcelSchema>;

/**
 * `cmd/weighing-announce`: HQ tells a site what parcels should weigh that are on their way to it. Told again it changes
 * nothing, another weight of the same parcel replaces the first; the reply comes when it is on disk.
 */
export const announceParcelsSchema = z.object({
  id: orderIdSchema,
  /** Wall time in ms; whoever has not come by then is not expected any more. */
  untilMs: z.number().int().positive(),
  parcels: z.array(announcedParcelSchema).min(1).max(announceParcelsMax),
});
export type AnnounceParcels = z.infer<typeof announceParcelsSchema>;
export const announceCommand = "weighing-announce";
