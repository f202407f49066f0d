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
  "queue-long": {
    words: "many people wait for one service",
    wordsChinese: "某业务等候人数过多",
    cure: "Open another counter for it, or raise queue.attention.waiting.",
    cureChinese: "为该业务加开柜台，或调高 queue.attention.waiting。",
    retry: true,
  },
  "queue-wait-long": {
    words: "somebody has been waiting for very long",
    wordsChinese: "有顾客等候过久",
    cure: "Call the next number, and open another counter for this service.",
    cureChinese: "请呼叫下一号，并为该业务加开柜台。",
    retry: true,
  },
  "counter-unattended": {
    words: "people wait, and nobody is at an open counter",
    wordsChinese: "有人等候但柜台无人",
    cure: "Send somebody to the counter, or pause it.",
    cureChinese: "派人到柜台，或将其暂停。",
    retry: true,
  },
  "queue-abandoned": {
    words: "many customers are gone when they are called",
    wordsChinese: "过号或放弃的顾客过多",
    cure: "Look at the waiting times; see that the board can be read and heard.",
    cureChinese: "检查等候时间；确认叫号屏看得清、听得见。",
    retry: true,
  },
} as const satisfies Record<string, FaultEntry>;
