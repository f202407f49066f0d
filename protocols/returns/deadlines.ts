import type { StepName } from "./steps.ts";

/** What is done for the customer; scanned from the sheet, or told by HQ. */
export const cares = ["informed", "answered", "planned", "progressed", "solved", "called-back"] as const;
export type Care = (typeof cares)[number];

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

interface DeadlineRule {
  readonly words: string;
  readonly wordsChinese: string;
  /** It runs from here ... */
  readonly from: StepName | Care;
  /** ... until one of these. */
  readonly until: readonly (StepName | Care)[];
  /** Unless the configuration says otherwise. */
  readonly defaultMs: number;
  readonly cure: string;
  readonly cureChinese: string;
}

/** What a customer and the house may expect, and by when. */
export const deadlineRules = {
  inspection: {
    words: "inspection",
    wordsChinese: "检验",
    from: "handed-in",
    until: ["inspected", "graded", "repair-begun", "packed", "restocked", "shipped", "lost"],
    defaultMs: 3 * minuteMs,
    cure: "Inspect the item now, or send help to the inspection post.",
    cureChinese: "请立即检验商品，或向检验工位增派人手。",
  },
  informed: {
    words: "the customer is informed",
    wordsChinese: "通知顾客",
    from: "handed-in",
    until: ["informed", "answered", "solved"],
    defaultMs: 5 * minuteMs,
    cure: "Tell the customer that the item has come, and scan INFORMED.",
    cureChinese: "请告知顾客商品已收到，并扫描“已通知顾客”。",
  },
  "first-answer": {
    words: "first answer to the customer",
    wordsChinese: "首次答复顾客",
    from: "handed-in",
    until: ["answered", "planned", "solved"],
    defaultMs: hourMs,
    cure: "Give the customer a first answer, and scan ANSWERED.",
    cureChinese: "请给顾客首次答复，并扫描“已首次答复”。",
  },
  plan: {
    words: "a plan for the customer",
    wordsChinese: "向顾客告知方案",
    from: "handed-in",
    until: ["planned", "progressed", "solved"],
    defaultMs: 8 * hourMs,
    cure: "Tell the customer what will be done and by when, and scan PLANNED.",
    cureChinese: "请告知顾客处理方案和期限，并扫描“已告知方案”。",
  },
  progress: {
    words: "progress told to the customer",
    wordsChinese: "向顾客告知进展",
    from: "handed-in",
    until: ["progressed", "solved"],
    defaultMs: 24 * hourMs,
    cure: "Tell the customer how far it has come, and scan PROGRESS.",
    cureChinese: "请告知顾客目前进展，并扫描“已告知进展”。",
  },
  solved: {
    words: "the customer's case is solved",
    wordsChinese: "解决顾客的问题",
    from: "handed-in",
    until: ["solved"],
    defaultMs: 72 * hourMs,
    cure: "Solve the case with refund, exchange or repair, and scan SOLVED.",
    cureChinese: "请以退款、换货或维修解决问题，并扫描“已解决”。",
  },
  "call-back": {
    words: "the customer is called back",
    wordsChinese: "回访顾客",
    from: "solved",
    until: ["called-back"],
    defaultMs: 7 * 24 * hourMs,
    cure: "Call the customer and ask whether all is well, and scan CALLED-BACK.",
    cureChinese: "请致电顾客询问是否满意，并扫描“已回访”。",
  },
} as const satisfies Record<string, DeadlineRule>;
export type DeadlineName = keyof typeof deadlineRules;
export const deadlineNames = Object.keys(deadlineRules) as readonly DeadlineName[];

/** A warning comes when so much of a deadline has passed. */
export const warningShare = 0.8;

/** The deadlines that begin with this, and those that it meets. */
export const begunBy = (fact: StepName | Care): readonly DeadlineName[] => beginning.get(fact) ?? [];
export const metBy = (fact: StepName | Care): readonly DeadlineName[] => meeting.get(fact) ?? [];

const beginning = new Map<string, DeadlineName[]>();
const meeting = new Map<string, DeadlineName[]>();
for (const name of deadlineNames) {
  const { from, until } = deadlineRules[name];
  beginning.set(from, [...(beginning.get(from) ?? []), name]);
  for (const fact of until) meeting.set(fact, [...(meeting.get(fact) ?? []), name]);
}
