import { z } from "zod";
import { decimalSchema, nameSchema } from "../readings.ts";
import type { EventType } from "./event-type.ts";

/** As the scale sent it; `kilograms` is the same exactly, where its unit is a metric one. */
const weighedSchema = z.object({
  terminal: nameSchema,
  value: decimalSchema,
  unit: z.string(),
  kilograms: decimalSchema.optional(),
});

/** What a label says, or would have said. */
export const labelSchema = weighedSchema.extend({
  gtin: z.string(),
  name: z.string(),
  /** Absent where no clock vouches for it: then the label leaves room for a pen. */
  packedAt: z.iso.datetime().optional(),
  bestBefore: z.iso.date().optional(),
  /** The barcode's AIs; absent where six digits cannot say the weight exactly. */
  label: z.string().optional(),
});

export const weighingEvents = {
  "storewire.weighing.labelled": {
    category: "weighing",
    words: "A product was weighed at a terminal, and its label is out; or there is no printer to make one.",
    data: labelSchema.extend({ printed: z.boolean() }),
  },
  "storewire.weighing.parcel": {
    category: "weighing",
    words: "A parcel was weighed, and compared with the weight that it was announced with.",
    data: weighedSchema.extend({
      sscc: z.string(),
      announced: decimalSchema.optional(),
      announcedBy: z.enum(["label", "hq", "configuration"]).optional(),
      /** Weighed less announced, in kilograms. */
      difference: decimalSchema.optional(),
      outcome: z.enum(["right", "different", "unannounced", "not-comparable"]),
    }),
  },
} as const satisfies Record<string, EventType>;
