import { z } from "zod";
import { deviceStates, nameSchema } from "../readings.ts";
import type { EventType } from "./event-type.ts";

export const deviceEvents = {
  "storewire.device.state": {
    category: "device",
    words: "A device is absent, opening, ready, degraded or faulted.",
    data: z.object({
      device: nameSchema,
      state: z.enum(deviceStates),
      fault: z.string().optional(),
      noiseBytes: z.number().int().nonnegative(),
      droppedReadings: z.number().int().nonnegative(),
    }),
  },
  "storewire.device.printer": {
    category: "device",
    words: "Paper, cover and errors of a printer.",
    data: z.object({
      device: nameSchema,
      online: z.boolean(),
      paper: z.string(),
      cover: z.string(),
      error: z.boolean(),
    }),
  },
} as const satisfies Record<string, EventType>;
