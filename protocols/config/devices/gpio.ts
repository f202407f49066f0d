import { z } from "zod";
import { keyNames } from "../../codecs/hid-keyboard/key-names.ts";
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

const keypadSchema = z.strictObject({
  ...common,
  driver: z.literal("hid-keypad"),
  settings: z.strictObject({
    /** By the key: a digit or letter, `enter`, `plus`, `f1` and the like; other keys do nothing. */
    buttons: z.partialRecord(z.enum(keyNames), queueActionSchema),
  }),
});

export const gpioSchemas = [buttonsSchema, keypadSchema] as const;

export const gpioTransports = {
  "gpio-buttons": ["gpio"],
  "hid-keypad": ["hid"],
} as const;
