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

const beamPairSchema = z.strictObject({
  ...common,
  driver: z.literal("gpio-beam-pair"),
  settings: z.strictObject({
    /** The line of the beam that somebody who comes in breaks first; active while it is broken. */
    outer: nameSchema,
    /** The line of the other beam. */
    inner: nameSchema,
    /** From the first beam's break to the second's; a slow walker at a wide pair wants more. */
    windowMs: z.number().int().min(100).max(10_000).default(1_500),
  }),
});

const outputsSchema = z.strictObject({
  ...common,
  driver: z.literal("gpio-outputs"),
  settings: z.strictObject({
    /** The lines that commands may drive: lamps and relays; inactive at the start and at the end. */
    outputs: z.array(nameSchema).min(1).max(64),
  }),
});

export const gpioSchemas = [buttonsSchema, keypadSchema, beamPairSchema, outputsSchema] as const;

export const gpioTransports = {
  "gpio-buttons": ["gpio"],
  "hid-keypad": ["hid"],
  "gpio-beam-pair": ["gpio"],
  "gpio-outputs": ["gpio"],
} as const;
