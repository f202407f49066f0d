import { type DeadlineName, deadlineNames, deadlineRules } from "../../protocols/returns/deadlines.ts";
import { alert } from "./alerts.ts";
import { deadlineIndexOf } from "./deadline-index.ts";
import { caseOf, keepCase, type ReturnCase } from "./return-case.ts";
import { serviceMs } from "./service-clock.ts";
import type { Cause, Turn } from "./turn.ts";
import { dueOf, isAwaited } from "./waits.ts";

/** Cases looked at in one tick; after a day without power the others follow a second later. */
const duePerTickMax = 256;

/** Time has passed: what is due at each case is told, once. */
export function tellDue(turn: Turn, cause: Cause): void {
  const { clock, held } = turn.ledger;
  if (clock === undefined) return;
  const nowMs = serviceMs(turn, cause.at);
  const index = deadlineIndexOf(turn.documents);
  index.tidy(turn.documents, held);
  for (let count = 0; count < duePerTickMax; count += 1) {
    const due = index.take(nowMs);
    if (due === undefined) return;
    const open = caseOf(turn, due.uri);
    // Something has happened since that made it due at another time, and it is in the index with that.
    if (open?.nextDueMs === due.atMs) lookAt(turn, cause, open, nowMs);
  }
}

function lookAt(turn: Turn, cause: Cause, open: ReturnCase, nowMs: number): void {
  const waits = waitsLeft(turn, cause, open, nowMs);
  const { unseenMs } = turn.rules.limits;
  const isUnseen = unseenMs > 0 && isAwaited(open) && open.seen.ms + unseenMs <= nowMs;
  if (isUnseen)
    alert(turn, cause, "return-unseen", {
      item: open.uri,
      detail: `${open.step}, last seen at ${open.seen.post}`,
      detailChinese: `${turn.rules.steps[open.step].wordsChinese}，最后出现在${open.seen.post}`,
      lastSeen: new Date(open.seen.at.wallMs).toISOString(),
    });
  keepCase(turn, { ...open, waits, ...(isUnseen && { unseenTold: true }) });
}

/** Tells of the deadlines that are near or missed; answers what still runs. */
function waitsLeft(turn: Turn, cause: Cause, open: ReturnCase, nowMs: number): ReturnCase["waits"] {
  const waits = { ...open.waits };
  for (const name of deadlineNames) {
    const wait = waits[name];
    if (wait === undefined || dueOf(wait) > nowMs) continue;
    const isMissed = wait.dueMs <= nowMs;
    // One that was switched off since ends without a word.
    const isOff = turn.rules.limits.deadlines[name] === 0;
    if (!isOff) tellDeadline(turn, cause, open, { name, isMissed, dueInMs: wait.dueMs - nowMs });
    if (isMissed || isOff) delete waits[name];
    else waits[name] = { ...wait, warned: true };
  }
  return waits;
}

interface Told {
  readonly name: DeadlineName;
  readonly isMissed: boolean;
  readonly dueInMs: number;
}

function tellDeadline(
  turn: Turn,
  cause: Cause,
  { uri, step }: ReturnCase,
  { name, isMissed, dueInMs }: Told,
): void {
  const { words, wordsChinese, cure, cureChinese } = deadlineRules[name];
  const stepChinese = turn.rules.steps[step].wordsChinese;
  const minutes = Math.ceil(Math.abs(dueInMs) / 60_000);
  alert(turn, cause, isMissed ? "return-deadline-missed" : "return-deadline-near", {
    item: uri,
    detail: isMissed ? `${words}; the item is ${step}` : `${words}, ${minutes} min left; the item is ${step}`,
    detailChinese: `${wordsChinese}${isMissed ? "" : `，还剩${minutes}分钟`}；商品处于“${stepChinese}”`,
    cure,
    cureChinese,
    deadline: name,
  });
}
