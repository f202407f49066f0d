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

const shelfSchema = z.object({
  /** Its read point. */
  shelf: nameSchema,
  presentMs: z.number().int().nonnegative().optional(),
});

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
    words: "A counter called the ticket; each recall again, with a higher attempt.",
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
  "storewire.queue.ticket.transferred": {
    category: "queue",
    words:
      "A counter sent the customer on, to another service's line or to another counter; the number stays.",
    data: counterStepSchema.extend({ fromService: nameSchema, toCounter: nameSchema.optional() }),
  },
  "storewire.queue.ticket.deferred": {
    category: "queue",
    words: "A counter put the customer back behind those who wait already.",
    data: counterStepSchema,
  },
  "storewire.queue.ticket.cancelled": {
    category: "queue",
    words: "The ticket was given up, while it waited or at the counter that is named.",
    data: ticketSchema.extend({ counter: nameSchema.optional() }),
  },
  "storewire.queue.counter.state": {
    category: "queue",
    words: "A counter was opened, paused or closed.",
    data: z.object({ counter: nameSchema, state: z.enum(["open", "paused", "closed"]) }),
  },
  "storewire.queue.rating": {
    category: "queue",
    words: "A customer pressed a face at a counter; 1 is the worst of so many faces.",
    data: z.object({
      counter: nameSchema,
      score: z.number().int().min(1).max(5),
      faces: z.number().int().min(3).max(5),
      /** Whoever is or was just served there. */
      ticket: z.string().optional(),
      service: nameSchema.optional(),
    }),
  },
  "storewire.queue.shelf.staff-called": {
    category: "queue",
    words: "Somebody stands at a shelf for so long that staff was called.",
    data: shelfSchema,
  },
  "storewire.queue.shelf.left": {
    category: "queue",
    words: "Whoever staff was called for has left the shelf.",
    data: shelfSchema,
  },
  "storewire.queue.crowd": {
    category: "queue",
    words:
      "How many stand in a queue without tickets, counted by beams: within a second of each passage, and once a minute.",
    data: z.object({
      crowd: nameSchema,
      length: z.number().int().nonnegative(),
      /** The length is hardly ever outside of these. */
      least: z.number().int().nonnegative(),
      most: z.number().int().nonnegative(),
      /** Of this business day so far, like all that follow. */
      arrivals: z.number().int().nonnegative(),
      departures: z.number().int().nonnegative(),
      /** Who went back out through an entrance. */
      abandoned: z.number().int().nonnegative(),
      /** Corrections: people who left without having come, or who cannot be there any more. */
      miscounts: z.number().int().nonnegative(),
    }),
  },
  "storewire.queue.length": {
    category: "queue",
    words:
      "How many wait for a service in a priority class: within a second of each change, and once a minute.",
    data: z.object({
      service: nameSchema,
      priorityClass: nameSchema,
      waiting: z.number().int().nonnegative(),
      /** The fewest and the most since the last such event of this line. */
      least: z.number().int().nonnegative().optional(),
      most: z.number().int().nonnegative().optional(),
    }),
  },
} as const satisfies Record<string, EventType>;
