import { z } from "zod";
import { common } from "./every-device.ts";

const printerSchema = z.strictObject({
  ...common,
  driver: z.literal("escpos-printer"),
  settings: z
    .strictObject({
      /** Chinese text as GB18030, or GBK for printers that know no more. */
      encoding: z.enum(["gb18030", "gbk"]).default("gb18030"),
      /** A barcode that is wider than the paper is left out, where a QR code or a line of text beside it says the same. */
      paperMm: z.union([z.literal(58), z.literal(80)]).default(80),
      /** Custom's kiosk printers tell whether a ticket stands in the output; `presence` says when it is taken. */
      ticketSensor: z.boolean().default(false),
      statusEveryMs: z.number().int().min(200).max(60_000).default(2_000),
    })
    .prefault({}),
});

export const printerSchemas = [printerSchema] as const;

export const printerTransports = {
  "escpos-printer": ["serial", "tcp"],
} as const;
