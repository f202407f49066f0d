import { z } from "zod";
import { nameSchema, type QueueAction, queueActionSchema } from "../../readings.ts";
import { common } from "./every-device.ts";

/** What a press of this button means to the queue. */
export type ButtonAction = QueueAction;

const buttonsSchema = z.strictObject({
  ...common,
  driver: z.literal("gpio-buttons"),
  settings: z.strictObject({
    /** By the name of the GPIO line. */
    buttons: z.record(nameSchema, queueActionSchema),
  }),
});

export const gpioSchemas = [buttonsSchema] as const;

export const gpioTransports = {
  "gpio-buttons": ["gpio"],
} as const;
