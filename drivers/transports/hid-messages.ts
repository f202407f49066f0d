import { z } from "zod";
import { faults } from "../../protocols/faults.ts";

/** No HID report is longer (HID 1.11, 5.10 gives 16 bits; hidapi reads at most this much). */
const reportBytesMax = 16_384;

const numberSchema = z.number().int().min(0);
const bytesSchema = z.custom<Uint8Array>(
  (value) => value instanceof Uint8Array && value.length <= reportBytesMax,
);
const faultCodes = Object.keys(faults) as [keyof typeof faults, ...(keyof typeof faults)[]];
const faultSchema = z.strictObject({ code: z.enum(faultCodes), detail: z.string() });

/** Which device is meant; the same words as in the configuration. */
const choiceSchema = z.strictObject({
  usb: z.strictObject({
    vendor: z.string(),
    product: z.string(),
    serial: z.string().optional(),
    port: z.string().optional(),
  }),
  usagePage: numberSchema.optional(),
  usage: numberSchema.optional(),
});

/**
 * What the agent asks of the HID process. Each question has a number and gets exactly one answer; a
 * connection bears the number of the question that opened it.
 */
export const hidQuestionSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("open"), question: numberSchema, choice: choiceSchema }),
  z.strictObject({
    kind: z.literal("send"),
    question: numberSchema,
    connection: numberSchema,
    feature: z.boolean(),
    bytes: bytesSchema,
  }),
  z.strictObject({ kind: z.literal("close"), question: numberSchema, connection: numberSchema }),
  /** Whether it is awake: a scanner that nobody uses and a process that hangs are both silent. */
  z.strictObject({ kind: z.literal("wake"), question: numberSchema }),
]);
export type HidQuestion = z.infer<typeof hidQuestionSchema>;
export type HidChoice = z.infer<typeof choiceSchema>;

/** What the HID process says: answers, and what happens on open connections. */
export const hidSayingSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("done"), question: numberSchema }),
  z.strictObject({ kind: z.literal("failed"), question: numberSchema, fault: faultSchema }),
  z.strictObject({ kind: z.literal("report"), connection: numberSchema, bytes: bytesSchema }),
  z.strictObject({ kind: z.literal("lost"), connection: numberSchema, fault: faultSchema }),
]);
export type HidSaying = z.infer<typeof hidSayingSchema>;
