import { z } from "zod";
import { nameSchema } from "../readings.ts";
import type { EventType } from "./event-type.ts";

const ticketSchema = z.object({
  ticket: z.string(),
  number: z.string(),
  service: nameSchema,
  priorityClass: nameSchema,
  businessDay: z.string(),
});
const counterStepSchema = ticketSchema.extend({ counter: nameSchema, attempt: z.number().int().positive() });

export const queueEvents = {
  "storewire.queue.ticket.issued": {
    category: "queue",
    words: "A customer took a ticket and waits.",
    data: ticketSchema,
  },
  "storewire.queue.ticket.printed": {
    category: "queue",
    words: "The kiosk's printer said that the ticket is out.",
    data: ticketSchema,
  },
  "storewire.queue.ticket.print-failed": {
    category: "queue",
    words: "The ticket is not out, or nobody can say whether it is.",
    data: ticketSchema.extend({ outcome: z.enum(["failed", "in-doubt"]), fault: z.string().optional() }),
  },
  "storewire.queue.ticket.called": {
    category: "queue",
    words: "A counter called the ticket; again with a higher attempt.",
    data: counterStepSchema,
  },
  "storewire.queue.ticket.serving": {
    category: "queue",
    words: "The customer came to the counter.",
    data: counterStepSchema,
  },
  "storewire.queue.ticket.served": {
    category: "queue",
    words: "The counter is done with the customer.",
    data: counterStepSchema,
  },
  "storewire.queue.ticket.no-show": {
    category: "queue",
    words: "The customer was called and did not come.",
    data: counterStepSchema,
  },
  "storewire.queue.length": {
    category: "queue",
    words: "How many wait for a service in a priority class, at every change.",
    data: z.object({
      service: nameSchema,
      priorityClass: nameSchema,
      waiting: z.number().int().nonnegative(),
    }),
  },
} as const satisfies Record<string, EventType>;
