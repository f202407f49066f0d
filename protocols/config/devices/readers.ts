import { z } from "zod";
import { common } from "./every-device.ts";

const r2000Schema = z.strictObject({
  ...common,
  driver: z.literal("r2000-a0"),
  settings: z
    .strictObject({
      /** Reader address 0..254; 255 asks whichever is there. */
      address: z.number().int().min(0).max(255).default(1),
      /** Antennas to use, 1-based as printed on the case. */
      antennas: z.array(z.number().int().min(1).max(8)).min(1).max(8).default([1]),
      /** Transmit power; left as it is when absent, because each setting wears the reader's flash. */
      powerDbm: z.number().int().min(20).max(33).optional(),
    })
    .prefault({}),
});

export const readerSchemas = [r2000Schema] as const;

export const readerTransports = {
  "r2000-a0": ["serial", "tcp"],
} as const;
