import type { StepName } from "./steps.ts";

/** What is done for the customer; scanned from the sheet, or told by HQ. */
export const cares = ["informed", "answered", "planned", "progressed", "solved", "called-back"] as const;
export type Care = (typeof cares)[number];

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

interface DeadlineRule {
  readonly words: string;
  /** It runs from here ... */
  readonly from: StepName | Care;
  /** ... until one of these. */
  readonly until: readonly (StepName | Care)[];
  /** Unless the configuration says otherwise. */
  readonly defaultMs: number;
  readonly cure: string;
}

/** What a customer and the house may expect, and by when. */
export const deadlineRules = {
  inspection: {
    words: "inspection",
    from: "handed-in",
    until: ["inspected", "graded", "repair-begun", "packed", "restocked", "shipped", "lost"],
    defaultMs: 3 * minuteMs,
    cure: "Inspect the item now, or send help to the inspection post.",
  },
  informed: {
    words: "the customer is informed",
    from: "handed-in",
    until: ["informed", "answered", "solved"],
    defaultMs: 5 * minuteMs,
    cure: "Tell the customer that the item has come, and scan INFORMED.",
  },
  "first-answer": {
    words: "first answer to the customer",
    from: "handed-in",
    until: ["answered", "planned", "solved"],
    defaultMs: hourMs,
    cure: "Give the customer a first answer, and scan ANSWERED.",
  },
  plan: {
    words: "a plan for the customer",
    from: "handed-in",
    until: ["planned", "progressed", "solved"],
    defaultMs: 8 * hourMs,
    cure: "Tell the customer what will be done and by when, and scan PLANNED.",
  },
  progress: {
    words: "progress told to the customer",
    from: "handed-in",
    until: ["progressed", "solved"],
    defaultMs: 24 * hourMs,
    cure: "Tell the customer how far it has come, and scan PROGRESS.",
  },
  solved: {
    words: "the customer's case is solved",
    from: "handed-in",
    until: ["solved"],
    defaultMs: 72 * hourMs,
    cure: "Solve the case with refund, exchange or repair, and scan SOLVED.",
  },
  "call-back": {
    words: "the customer is called back",
    from: "solved",
    until: ["called-back"],
    defaultMs: 7 * 24 * hourMs,
    cure: "Call the customer and ask whether all is well, and scan CALLED-BACK.",
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
