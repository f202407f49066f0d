import { z } from "zod";
import type { EventType } from "./event-type.ts";

export const gatewayEvents = {
  "storewire.gateway.started": {
    category: "gateway",
    words: "The gateway's process started.",
    data: z.object({ boot: z.string(), version: z.string(), store: z.string() }),
  },
  "storewire.gateway.wear": {
    category: "gateway",
    words: "What the card took within the last day, and how long it will last at that pace.",
    data: z.object({
      /** The whole disk as the kernel counts it, or this process alone. */
      basis: z.enum(["disk", "process"]),
      observedHours: z.number().nonnegative(),
      bytesWrittenPerDay: z.number().int().nonnegative(),
      /** Of that, the gateway's process, and what of it were events, state and marks. */
      ownBytesPerDay: z.number().int().nonnegative(),
      payloadBytesPerDay: z.number().int().nonnegative(),
      bytesWrittenTotal: z.number().int().nonnegative(),
      lifeDaysForecast: z.number().int().nonnegative(),
      shareUsed: z.number().nonnegative(),
      /** How long commits are held now to spare it. */
      commitWaitMs: z.number().nonnegative(),
    }),
  },
  "storewire.gateway.clock": {
    category: "gateway",
    words:
      "The gateway's clock was set, or jumped; an estimated event of this boot was at bootTime + monotonic.",
    data: z.object({
      change: z.enum(["set", "jumped"]),
      /** How far the wall clock moved against the monotonic one. */
      jumpMs: z.number().int(),
      boot: z.string(),
      /** When the monotonic clock of this boot said 0, as the clock says now. */
      bootTime: z.iso.datetime(),
    }),
  },
} as const satisfies Record<string, EventType>;
