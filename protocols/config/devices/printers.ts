import { z } from "zod";
import { common } from "./every-device.ts";

const printerSchema = z.strictObject({
  ...common,
  driver: z.literal("escpos-printer"),
  settings: z
    .strictObject({
      /** Chinese text as GB18030, or GBK for printers that know no more. */
      encoding: z.enum(["gb18030", "gbk"]).default("gb18030"),
      statusEveryMs: z.number().int().min(200).max(60_000).default(2_000),
    })
    .prefault({}),
});

export const printerSchemas = [printerSchema] as const;

export const printerTransports = {
  "escpos-printer": ["serial", "tcp"],
} as const;
