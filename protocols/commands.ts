import { z } from "zod";
import { nameSchema } from "./readings.ts";

/** One element of something to print, in reading order. */
const printElementSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("text"),
    content: z.string().max(256),
    /** Width and height multiplier, ESC/POS `GS !`. */
    size: z.number().int().min(1).max(8).default(1),
    align: z.enum(["left", "center", "right"]).default("left"),
    bold: z.boolean().default(false),
  }),
  z.object({
    kind: z.literal("qr"),
    content: z.string().min(1).max(512),
    size: z.number().int().min(1).max(16).default(6),
  }),
  z.object({
    kind: z.literal("code128"),
    content: z.string().min(1).max(48),
    /** GS1-128: FNC1 stands in front, and for each GS within. */
    gs1: z.literal(true).optional(),
  }),
  z.object({ kind: z.literal("feed"), lines: z.number().int().min(1).max(20).default(1) }),
  z.object({ kind: z.literal("cut") }),
]);
export type PrintElement = z.infer<typeof printElementSchema>;
export const printElementsSchema = z.array(printElementSchema).min(1).max(64);

/** Longest pulse of an output: a day, far more than a door opener or a lamp is left on for. */
const pulseMsMax = 86_400_000;

const outputSchema = z.object({
  kind: z.literal("output"),
  /** The output by its configured name: a lamp, a relay. */
  line: nameSchema,
  active: z.boolean(),
  /** It goes back to the other state by itself after this time; absent: it stays. */
  pulseMs: z.number().int().min(10).max(pulseMsMax).optional(),
});

const showSchema = z.object({
  kind: z.literal("show"),
  /** One line; a display leaves out what it has no room for. */
  text: z.string().min(1).max(128),
});

const taskSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("print"), elements: printElementsSchema }),
  z.object({ kind: z.literal("tare") }),
  z.object({ kind: z.literal("zero") }),
  outputSchema,
  showSchema,
  /** Takes the tare back: the scale shows gross again. */
  z.object({ kind: z.literal("clear-tare") }),
  z.object({ kind: z.literal("restart") }),
]);
export type CommandTask = z.infer<typeof taskSchema>;

/** An order to one device. Its id makes it at most once: whoever has begun it never begins it again. */
export const deviceCommandSchema = z.object({
  id: z.string().min(1).max(64),
  device: nameSchema,
  task: taskSchema,
});
export type DeviceCommand = z.infer<typeof deviceCommandSchema>;

/** What became of a command; it travels back as an `answer` observation (readings.ts). */
export type CommandOutcome = "done" | "failed" | "in-doubt";

/** Where commands go: the agent in the same process, or the one behind the store broker. */
export interface CommandTarget {
  /**
   * Hands a command over. It may be handed over again until its answer has come back as a reading;
   * whoever takes it drops what it has already begun and repeats the answer that it gave.
   */
  take(command: DeviceCommand): void;
}
