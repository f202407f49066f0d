import type { returnsFaults } from "../../protocols/faults/returns.ts";
import { faults } from "../../protocols/faults.ts";
import { present } from "../../protocols/present.ts";
import { clerkAt } from "./post-state.ts";
import { caseOf, type ReturnCase } from "./return-case.ts";
import type { Cause, Turn } from "./turn.ts";

export type ReturnFault = keyof typeof returnsFaults;

/** What an alert says beside its code; `cure` where the table's is too general. */
export interface AlertFacts {
  readonly item?: string;
  /** Where the item's case is not open here any more, or not yet. */
  readonly case?: string;
  readonly detail: string;
  readonly detailChinese: string;
  readonly cure?: string;
  readonly cureChinese?: string;
  readonly [more: string]: unknown;
}

/** Tells that somebody is needed: which case, what is wrong, why, and what to do. */
export function alert(turn: Turn, cause: Cause, code: ReturnFault, facts: AlertFacts): void {
  const { item, case: given, detail, detailChinese, cure, cureChinese, ...more } = facts;
  const fault = faults[code];
  const known = item === undefined ? undefined : caseOf(turn, item);
  const data = {
    code,
    cause: `${fault.words}: ${detail}`,
    cure: cure ?? fault.cure,
    causeChinese: `${fault.wordsChinese}：${detailChinese}`,
    cureChinese: cureChinese ?? fault.cureChinese,
    ...present({ case: given ?? known?.id, item, ...whereAndWho(turn, cause, known) }),
    ...more,
  };
  const subject = item ?? code;
  turn.tell(cause, { type: "storewire.alert.return", subject, data }, item === undefined ? [] : [item]);
}

/** Where it turned out, or where the item was last; what is on its way to us is at no post of ours. */
function whereAndWho(turn: Turn, { post, at }: Cause, known: ReturnCase | undefined) {
  const last = known?.post === "" ? undefined : known?.post;
  return { post: post?.id ?? last, clerk: clerkAt(turn, post, at) ?? known?.clerk };
}
