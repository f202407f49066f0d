import type { EpcisEvent } from "../../protocols/epcis/event.ts";
import { movedEvent } from "../../protocols/epcis/moved-event.ts";
import { declaredWrong } from "../../protocols/epcis/relation-events.ts";
import type { Stamp } from "../../protocols/readings.ts";
import { alert } from "./alerts.ts";
import { relocate } from "./containers.ts";
import { takeBackIdentity } from "./new-identity.ts";
import { changePost, type LastStep, postStateOf } from "./post-state.ts";
import {
  caseOf,
  forgetCase,
  forgetPast,
  keepCase,
  pastOf,
  type ReturnCase,
  reopenCase,
} from "./return-case.ts";
import type { Sight } from "./step-event.ts";
import type { Turn } from "./turn.ts";
import { waitsBefore } from "./waits.ts";

/** The last step at this post was a mistake, as long as nothing has followed it elsewhere. */
export function undo(turn: Turn, sight: Sight): void {
  const { post } = sight;
  const { last } = postStateOf(turn, post);
  if (last === undefined || !isNewest(turn, last)) {
    alert(turn, sight, "return-command-idle", {
      detail: "nothing to undo here",
      detailChinese: "此处没有可撤销的步骤",
      command: "undo",
    });
    return;
  }
  withdraw(turn, sight, last);
  changePost(turn, post, { last: undefined, item: undefined });
  const before = caseBefore(turn, last);
  if (last.renamed !== undefined) takeBackIdentity(turn, { ...last, before });
  else takeBackStep(turn, { ...last, before });
}

/** As it was before the step, but for what has been done for the customer, told and weighed since. */
function caseBefore(turn: Turn, { uri, before }: LastStep): ReturnCase | null {
  if (before === null) return null;
  const open = caseOf(turn, uri);
  if (open === undefined) {
    // It closed because nobody waited for anything any more.
    const past = pastOf(turn, uri);
    return past === undefined ? before : { ...before, waits: waitsBefore(before.waits, {}, past.step) };
  }
  const { step, waits, grams } = open;
  const isPassing = step === before.step;
  return {
    ...before,
    waits: isPassing ? waits : waitsBefore(before.waits, waits, step),
    grams: grams ?? before.grams,
  };
}

function isNewest(turn: Turn, { uri, told }: LastStep): boolean {
  const now = caseOf(turn, uri) ?? pastOf(turn, uri);
  return now?.told === undefined || now.told === told;
}

function takeBackStep(turn: Turn, { uri, told, before }: LastStep): void {
  const open = caseOf(turn, uri);
  relocate(turn, uri, open?.container, before?.container);
  if (before !== null) return open === undefined ? reopenCase(turn, before) : keepCase(turn, before);
  forgetCase(turn, uri);
  if (pastOf(turn, uri)?.told === told) forgetPast(turn, uri);
}

/** Newest first, as they are taken back. */
function withdraw(turn: Turn, sight: Sight, { uri, event, at, renamed }: LastStep): void {
  const items = renamed === undefined ? [uri] : [renamed.from, uri];
  for (const each of [event, renamed?.retired]) {
    if (each === undefined) continue;
    const data = declaredWrong(asTold(turn, each, at), sight.at.wallMs);
    const subject = each === event ? uri : items[0];
    turn.tell(sight, { type: "storewire.return.withdrawn", subject: subject ?? uri, data }, items);
  }
}

/** A clock that has been set since has moved the event that HQ has. */
function asTold(turn: Turn, event: EpcisEvent, at: Stamp): EpcisEvent {
  const byMs = turn.context.time.restamped(at).wallMs - at.wallMs;
  return byMs === 0 ? event : (movedEvent(event, byMs, turn.rules.site.timeZone) as EpcisEvent);
}
