import type { FaultEntry } from "./fault-entry.ts";

export const queueFaults = {
  "queue-full": {
    words: "more tickets wait than may",
    wordsChinese: "等候人数已达上限",
    cure: "Open more counters, or raise queue.waitingMax.",
    cureChinese: "增开窗口，或提高 queue.waitingMax。",
    retry: true,
  },
  "kiosk-cannot-print": {
    words: "the kiosk cannot print tickets",
    wordsChinese: "取号机无法出票",
    cure: "See to its printer; until then the number is given on the screen.",
    cureChinese: "检查其打印机；在此之前号码显示在屏幕上。",
    retry: true,
  },
} as const satisfies Record<string, FaultEntry>;
