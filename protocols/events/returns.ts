import { z } from "zod";
import type { EventType } from "./event-type.ts";

/** An EPCIS 2.0 event; its own schema is the official one, so only what we lean on is named here. */
const epcisEventSchema = z.looseObject({
  type: z.string(),
  eventTime: z.string(),
  eventTimeZoneOffset: z.string(),
  eventID: z.string(),
});

export const returnEvents = {
  "storewire.return.handed-in": {
    category: "return",
    words: "A customer handed an item in at a returns desk; its return case is open.",
    data: epcisEventSchema,
  },
  "storewire.return.inspected": {
    category: "return",
    words: "The item was looked at where inspection is done.",
    data: epcisEventSchema,
  },
  "storewire.return.stored": {
    category: "return",
    words: "The item was put where returned items are kept.",
    data: epcisEventSchema,
  },
  "storewire.return.weighed": {
    category: "return",
    words: "A scale gave the item's weight.",
    data: epcisEventSchema,
  },
} as const satisfies Record<string, EventType>;
