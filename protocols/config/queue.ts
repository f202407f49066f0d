import { z } from "zod";
import { nameSchema } from "../readings.ts";

const queueServiceSchema = z.strictObject({
  id: nameSchema,
  /** What a ticket number begins with: `A` makes A-001. */
  prefix: z
    .string()
    .regex(/^[A-Z]{1,2}$/, "one or two capital letters")
    .meta({ description: "one or two capital letters" }),
  name: z.string().min(1).max(40),
  nameChinese: z.string().min(1).max(40),
});

export const queueSchema = z.strictObject({
  services: z.array(queueServiceSchema).max(26).default([]),
  /** Priority classes; a higher rank is called first. */
  priorityClasses: z
    .array(z.strictObject({ id: nameSchema, rank: z.number().int().min(0).max(9) }))
    .max(9)
    .default([
      { id: "regular", rank: 0 },
      { id: "priority", rank: 1 },
    ]),
  counters: z
    .array(z.strictObject({ readPoint: nameSchema, services: z.array(nameSchema).min(1) }))
    .max(64)
    .default([]),
  /** The device that prints tickets, per kiosk read point. */
  printers: z
    .array(z.strictObject({ kiosk: nameSchema, device: nameSchema }))
    .max(16)
    .default([]),
  /** Tickets that may wait at once; beyond it a press is refused with an alert. */
  waitingMax: z.number().int().min(1).max(10_000).default(999),
});
