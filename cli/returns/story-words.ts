import { commandCodes } from "../../protocols/returns/command-codes.ts";
import { cares } from "../../protocols/returns/deadlines.ts";
import { stepNames, stepRules } from "../../protocols/returns/steps.ts";
import type { Words } from "../paper/language.ts";

/** What stands before a fact of an event. */
export const labels = {
  case: { english: "case ", chinese: "退货编号 " },
  clerk: { english: "clerk ", chinese: "员工 " },
  grade: { english: "grade ", chinese: "等级 " },
  in: { english: "in ", chinese: "容器 " },
  from: { english: "from ", chinese: "交出 " },
  to: { english: "to ", chinese: "交至 " },
  was: { english: "was ", chinese: "原为 " },
  is: { english: "is ", chinese: "现为 " },
} as const satisfies Record<string, Words>;

export const nothingKnown: Words = {
  english: "nothing is known of it here",
  chinese: "此处没有该商品的记录",
};

/** Events of an item that are no steps; in English they are called as the event is. */
const otherEvents: Readonly<Record<string, string>> = {
  weighed: "称重",
  receipt: "关联小票",
  retired: "旧标签停用",
  cared: "顾客沟通",
  withdrawn: "撤销",
  "unpacking-done": "拆箱完成",
};

/** Words of CBV 2.0 that our events have as disposition, and grades; in English they stand for themselves. */
const chineseWords: Readonly<Record<string, string>> = {
  active: "启用",
  available: "可用",
  completeness_verified: "数量完整",
  conformant: "合格",
  damaged: "损坏",
  destroyed: "已销毁",
  disposed: "待处置",
  expired: "过期",
  in_progress: "处理中",
  in_transit: "运输中",
  inactive: "已停用",
  mismatch_instance: "与清单不符",
  non_conformant: "不合格",
  non_sellable_other: "暂不可售",
  recalled: "召回",
  retail_sold: "已售出",
  returned: "已退回",
  sellable_accessible: "在售",
  unavailable: "不可用",
  unknown: "去向不明",
};

/** What happened, by the event's type without its prefix. */
export function eventWords(name: string): Words {
  const step = stepNames.find((each) => each === name);
  if (step === undefined) return { english: name, chinese: otherEvents[name] ?? name };
  return { english: stepRules[step].words, chinese: stepRules[step].wordsChinese };
}

/** A value of ours or of CBV's; what has no Chinese word stands as it is. */
export function valueWords(value: string): Words {
  const care = cares.find((each) => each === value);
  const chinese = care === undefined ? chineseWords[value] : commandCodes[care].wordsChinese;
  return { english: value, chinese: chinese ?? value };
}
