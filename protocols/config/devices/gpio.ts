import { z } from "zod";
import { nameSchema } from "../../readings.ts";
import { common } from "./every-device.ts";

/** What a press of this button means to the queue. */
const buttonActionSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("issue"),
    service: nameSchema,
    priorityClass: nameSchema.default("regular"),
  }),
  z.strictObject({ kind: z.literal("call-next") }),
  z.strictObject({ kind: z.literal("serve") }),
  z.strictObject({ kind: z.literal("finish") }),
  z.strictObject({ kind: z.literal("no-show") }),
]);
export type ButtonAction = z.infer<typeof buttonActionSchema>;

const buttonsSchema = z.strictObject({
  ...common,
  driver: z.literal("gpio-buttons"),
  settings: z.strictObject({
    /** By the name of the GPIO line. */
    buttons: z.record(nameSchema, buttonActionSchema),
  }),
});

export const gpioSchemas = [buttonsSchema] as const;

export const gpioTransports = {
  "gpio-buttons": ["gpio"],
} as const;
