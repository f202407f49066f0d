import { z } from "zod";
import { nameSchema, queueActionSchema } from "../../readings.ts";
import { common } from "./every-device.ts";

const ledLineSchema = z.strictObject({
  ...common,
  driver: z.literal("led-line"),
  settings: z
    .strictObject({
      /** Text in holding registers, or a line of text that nobody answers. */
      protocol: z.enum(["modbus-rtu", "ascii"]).default("modbus-rtu"),
      /** Of the display on its line; only modbus-rtu has one. */
      address: z.number().int().min(1).max(247).default(1),
      /** The first holding register of the text, counted from 0; two characters stand in each. */
      register: z.number().int().min(0).max(65_413).default(0),
      /** Bytes that the display shows; a Chinese character takes two. Shorter text is filled up with spaces. */
      columns: z.number().int().min(2).max(246).multipleOf(2).default(16),
      /** What a character that it lacks becomes is `?`. */
      encoding: z.enum(["gb18030", "gbk", "ascii"]).default("gbk"),
      /** How often a modbus-rtu display is asked whether it is there. */
      checkEveryMs: z.number().int().min(500).max(60_000).default(5_000),
    })
    .prefault({}),
});

const frameWords = '1 to 32 bytes as hex such as "aa01fe"';
const pagerSchema = z.strictObject({
  ...common,
  driver: z.literal("serial-pager"),
  settings: z
    .strictObject({
      /** By a name of your own for each key. */
      buttons: z.record(nameSchema, queueActionSchema),
      /** The bytes that each key sends, as its maker's page or `storewire devices watch --raw` shows them. */
      frames: z.record(
        nameSchema,
        z
          .string()
          .regex(/^([0-9a-f]{2}){1,32}$/, frameWords)
          .meta({ description: frameWords }),
      ),
    })
    .refine(({ buttons, frames }) => Object.keys(buttons).every((button) => Object.hasOwn(frames, button)), {
      error: "a frame for each of its buttons",
      path: ["frames"],
    })
    .refine(({ frames }) => !hasPrefix(Object.values(frames)), {
      error: "frames of which none begins with another one",
      path: ["frames"],
    }),
});

const hasPrefix = (frames: readonly string[]): boolean =>
  frames.some((frame, index) => frames.some((other, place) => place !== index && other.startsWith(frame)));

export const queueHardwareSchemas = [ledLineSchema, pagerSchema] as const;

export const queueHardwareTransports = {
  "led-line": ["serial", "tcp"],
  "serial-pager": ["serial", "tcp"],
} as const;
