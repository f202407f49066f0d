import type { FaultEntry } from "./fault-entry.ts";

export const queueFaults = {
  "queue-full": {
    words: "more tickets wait than may",
    wordsChinese: "等候人数已达上限",
    cure: "Open more counters, or raise queue.waitingMax.",
    retry: true,
  },
} as const satisfies Record<string, FaultEntry>;
