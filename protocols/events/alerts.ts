import { z } from "zod";
import type { EventType } from "./event-type.ts";
import { sequenceStringSchema } from "./event-type.ts";
import { labelSchema } from "./weighing.ts";

const alertSchema = z.looseObject({ code: z.string(), cause: z.string(), cure: z.string() });

export const alertEvents = {
  "storewire.alert.device": {
    category: "alert",
    words: "A device needs a human: what is wrong, why, and what cures it.",
    data: alertSchema,
  },
  "storewire.alert.gateway": {
    category: "alert",
    words: "The gateway itself needs a human: what is wrong, why, and what cures it.",
    data: alertSchema,
  },
  "storewire.alert.queue": {
    category: "alert",
    words:
      "The waiting area needs a human, or does so no longer (`recovered`): what is wrong, why, and what cures it.",
    data: alertSchema.extend({ recovered: z.boolean() }),
  },
  "storewire.alert.return": {
    category: "alert",
    words: "A return case needs a human: which item, what is wrong, why, and what cures it.",
    data: z.looseObject({
      code: z.string(),
      cause: z.string(),
      cure: z.string(),
      causeChinese: z.string().optional(),
      cureChinese: z.string().optional(),
      /** The return case, the same at every site; absent where none is open. */
      case: z.string().optional(),
      item: z.string().optional(),
      /** The read point where it turned out. */
      post: z.string().optional(),
      clerk: z.string().optional(),
    }),
  },
  "storewire.alert.weighing": {
    category: "alert",
    words: "A weighing terminal needs a human: which product or parcel, what is wrong, and what cures it.",
    data: alertSchema.extend({
      terminal: z.string(),
      /** The label that is not out: no other event tells of its weighing. */
      missing: labelSchema.optional(),
    }),
  },
  "storewire.alert.loss": {
    category: "alert",
    words: "A hole in a stream that HQ need not ask for: what was there, and why it is gone.",
    data: z.object({
      stream: z.enum(["evt", "tel"]),
      epoch: z.string(),
      from: sequenceStringSchema,
      to: sequenceStringSchema,
      reason: z.string(),
    }),
  },
} as const satisfies Record<string, EventType>;
