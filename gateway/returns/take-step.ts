import type { EventTypeName } from "../../protocols/events.ts";
import type { StepName } from "../../protocols/returns/steps.ts";
import { alert } from "./alerts.ts";
import { changePost, clerkAt } from "./post-state.ts";
import { caseOf, keepCase, makeRoom, pastOf, type ReturnCase } from "./return-case.ts";
import { serviceMs } from "./service-clock.ts";
import { type Sight, type Step, stepEvent } from "./step-event.ts";
import type { Turn } from "./turn.ts";
import { waitsAfter } from "./waits.ts";

/** An item takes a step at a post: told to HQ, and the case goes on, or is opened. */
export function takeStep(turn: Turn, sight: Sight, uri: string, step: Step): void {
  const before = caseOf(turn, uri);
  const open = caseForStep(turn, sight, uri, step.name);
  const event = stepEvent(turn, sight, open, step);
  const type: EventTypeName = `storewire.return.${step.name}`;
  const told = turn.tell(sight, { type, subject: uri, data: event }, [uri]);
  keepCase(turn, caseAfter(turn, sight, open, step));
  changePost(turn, sight.post, { last: { uri, told, event, at: sight.at, before: before ?? null } });
}

/** The case that the step belongs to: the open one, or one that begins with it. */
export const caseForStep = (turn: Turn, sight: Sight, uri: string, name: StepName): ReturnCase =>
  continued(turn, sight, name, caseOf(turn, uri)) ?? opened(turn, sight, uri, name);

/** The open case that the step belongs to, once it is known whether the step may follow. */
function continued(
  turn: Turn,
  sight: Sight,
  name: StepName,
  known: ReturnCase | undefined,
): ReturnCase | undefined {
  const isHandIn = name === "handed-in";
  if (known === undefined || (isHandIn && known.ended === true)) return undefined;
  const { uri: item, id: earlier, step } = known;
  if (isHandIn && step !== "lost")
    alert(turn, sight, "return-again", {
      item,
      detail: `its case is open, ${step}`,
      detailChinese: `原退货尚未结束，处于“${turn.rules.steps[step].wordsChinese}”`,
      earlier,
    });
  else checkOrder(turn, sight, item, { name, last: step });
  return known;
}

interface Succession {
  readonly name: StepName;
  readonly last: StepName | "none";
}

function checkOrder(turn: Turn, sight: Sight, item: string, { name, last }: Succession): void {
  if (turn.rules.steps[name].after.includes(last)) return;
  const { steps } = turn.rules;
  const [before, beforeChinese] =
    last === "none" ? ["no case being open", "尚未登记退货"] : [last, steps[last].wordsChinese];
  alert(turn, sight, "return-out-of-order", {
    item,
    detail: `${name} after ${before}`,
    detailChinese: `“${beforeChinese}”之后为“${steps[name].wordsChinese}”`,
    step: name,
    last,
  });
}

function opened(turn: Turn, sight: Sight, uri: string, name: StepName): ReturnCase {
  const earlier = caseOf(turn, uri) ?? pastOf(turn, uri);
  const { order, given } = makeRoom(turn);
  if (given > 0)
    alert(turn, sight, "return-cases-full", {
      detail: `${given} given up`,
      detailChinese: `${given}个不再跟踪`,
      count: given,
    });
  const id = sight.reading ?? turn.context.newId();
  if (name !== "handed-in") checkOrder(turn, sight, uri, { name, last: "none" });
  else if (earlier !== undefined) {
    const detail = `an earlier case ended as ${earlier.step}`;
    const detailChinese = `之前的退货以“${turn.rules.steps[earlier.step].wordsChinese}”结束`;
    alert(turn, sight, "return-again", { item: uri, case: id, detail, detailChinese, earlier: earlier.id });
  }
  const { post, at } = sight;
  const seen = { post: post.id, at, ms: serviceMs(turn, at) };
  return { uri, id, order, openedAt: at, step: name, told: 0, post: post.id, posts: {}, seen, waits: {} };
}

/** Member by member and not as a copy with changes: all cases have one shape, which is quick to make and to read. */
export function caseAfter(turn: Turn, sight: Sight, open: ReturnCase, step: Step): ReturnCase {
  const { post, at } = sight;
  const { name, gtin, grade } = step;
  const rule = turn.rules.steps[name];
  const ms = serviceMs(turn, at);
  return {
    uri: open.uri,
    id: open.id,
    order: open.order,
    openedAt: open.openedAt,
    step: rule.passing === true ? open.step : name,
    told: turn.ledger.told,
    clerk: custodian(turn, sight, open, step),
    post: post.id,
    container: containerAfter(open, step),
    gtin: gtin ?? open.gtin,
    grade: grade ?? open.grade,
    grams: open.grams,
    posts: { ...open.posts, [post.id]: at },
    seen: { post: post.id, at, ms },
    unseenTold: undefined,
    // What goes on to another site is continued there, customer and all.
    waits: name === "shipped" ? {} : waitsAfter(open.waits, name, ms, turn.rules.limits.deadlines),
    ended: rule.ends ?? open.ended,
    nextDueMs: open.nextDueMs,
  };
}

/** At another post custody is nobody's until a badge says whose it is. */
function custodian(turn: Turn, { post, at }: Sight, open: ReturnCase, { signed }: Step): string | undefined {
  return signed?.taker ?? clerkAt(turn, post, at) ?? (post.id === open.post ? open.clerk : undefined);
}

function containerAfter({ container: before }: ReturnCase, { name, container }: Step): string | undefined {
  if (name === "packed") return container;
  return name === "unpacked" ? undefined : before;
}
