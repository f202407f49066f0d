import type { AiRule } from "./ai-rule.ts";
import { fixed, fixedOnly, variable, variableOnly } from "./ai-rule.ts";
import { n, nUpTo, optional, xUpTo } from "./component.ts";
import { checked, dateOrMonth, prefixAt1, prefixAt2 } from "./linters.ts";

/** AIs 00 to 30: logistic units, trade items and what belongs to them, documents. */
export const tradeItemRules: readonly AiRule[] = [
  fixed("00", [n(18, checked, prefixAt2)], { key: [] }),
  fixed("01", [n(14, checked, prefixAt2)], { excludes: "255,37", key: ["22,10,21", "235"] }),
  fixed("02", [n(14, checked, prefixAt2)], { requires: ["37"], excludes: "01,03" }),
  fixedOnly("03", [n(14, checked, prefixAt2)], { excludes: "01,02,37" }),
  variable("10", [xUpTo(20)], { requires: ["01,02,03,8006,8026"] }),
  fixed("11", [n(6, dateOrMonth)], { requires: ["01,02,03,8006,8026"] }),
  fixed("12", [n(6, dateOrMonth)], { requires: ["8020"] }),
  fixed("13", [n(6, dateOrMonth)], { requires: ["01,02,03,8006,8026"] }),
  fixed("15", [n(6, dateOrMonth)], { requires: ["01,02,03,8006,8026"] }),
  fixed("16", [n(6, dateOrMonth)], { requires: ["01,02,03,8006,8026"] }),
  fixed("17", [n(6, dateOrMonth)], { requires: ["01,02,03,255,8006,8026"] }),
  fixed("20", [n(2)], { requires: ["01,02,8006,8026"] }),
  variableOnly("21", [xUpTo(20)], { requires: ["01,03,8006"], excludes: "235" }),
  variableOnly("22", [xUpTo(20)], { requires: ["01"] }),
  variableOnly("235", [xUpTo(28)], { requires: ["01"] }),
  variable("240", [xUpTo(30)], { requires: ["01,02,8006,8026"] }),
  variable("241", [xUpTo(30)], { requires: ["01,02,8006,8026"] }),
  variable("242", [nUpTo(6)], { requires: ["01,02,8006,8026"] }),
  variable("243", [xUpTo(20)], { requires: ["01"] }),
  variable("250", [xUpTo(30)], { requires: ["01,8006", "21"] }),
  variable("251", [xUpTo(30)], { requires: ["01,8006"] }),
  variable("253", [n(13, checked, prefixAt1), optional(xUpTo(17))], { key: [] }),
  variableOnly("254", [xUpTo(20)], { requires: ["414"] }),
  variable("255", [n(13, checked, prefixAt1), optional(nUpTo(12))], {
    excludes: "01,02,415,8006,8020,8026",
    key: [],
  }),
  variable("30", [nUpTo(8)], { requires: ["01,02"] }),
];
