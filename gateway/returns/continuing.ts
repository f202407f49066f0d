import type { ContinuedCase } from "../../protocols/returns/continue-case.ts";
import { type DeadlineName, deadlineNames } from "../../protocols/returns/deadlines.ts";
import { containerOf, keepContainer, relocate } from "./containers.ts";
import { caseOf, keepCase, makeRoom, pastOf, type ReturnCase, remember } from "./return-case.ts";
import { serviceMs } from "./service-clock.ts";
import type { Turn } from "./turn.ts";
import { dueOf, onItsWay, type Wait } from "./waits.ts";

/**
 * HQ tells of a case that another site began. Told again it changes nothing; where its item was here first, the
 * case that it opened becomes that one.
 */
export function continueCase(turn: Turn, told: ContinuedCase): void {
  const open = caseOf(turn, told.item);
  // It has been here and gone, or it is known already.
  if (open?.id === told.case || pastOf(turn, told.item)?.id === told.case) return;
  const { container, formerly, step } = told;
  if (formerly !== undefined) remember(turn, formerly, { id: told.case, step, successor: told.item });
  if (container !== undefined && open === undefined) announce(turn, told.item, container);
  keepCase(turn, open === undefined ? begun(turn, told) : joined(turn, open, told));
}

function announce(turn: Turn, item: string, uri: string): void {
  const known = containerOf(turn, uri);
  keepContainer(turn, known ?? { uri, content: [], posts: {}, announced: true });
  relocate(turn, item, undefined, uri);
}

function begun(
  turn: Turn,
  { item, step, container, gtin, grade, grams, ...told }: ContinuedCase,
): ReturnCase {
  const { now } = turn.context;
  const { order } = makeRoom(turn);
  const ms = serviceMs(turn, now);
  return {
    uri: item,
    id: told.case,
    order,
    openedAt: { ...now, wallMs: told.openedMs },
    step,
    // Its opening was told elsewhere.
    told: -1,
    post: onItsWay,
    posts: {},
    seen: { post: onItsWay, at: now, ms },
    waits: waitsHere(turn, told.waits, ms),
    container,
    gtin,
    grade,
    grams,
  };
}

/** The item was seen here before HQ told of it: what was done here stands, the rest comes from there. */
function joined(
  turn: Turn,
  open: ReturnCase,
  { openedMs, gtin, grade, grams, ...told }: ContinuedCase,
): ReturnCase {
  const ms = serviceMs(turn, turn.context.now);
  return {
    ...open,
    gtin: open.gtin ?? gtin,
    grade: open.grade ?? grade,
    grams: open.grams ?? grams,
    id: told.case,
    openedAt: { ...open.openedAt, wallMs: openedMs },
    waits: { ...waitsHere(turn, told.waits, ms), ...open.waits },
  };
}

/** HQ tells times of the wall clock; from now on they run on ours. */
function waitsHere(turn: Turn, waits: ContinuedCase["waits"], nowMs: number): ReturnCase["waits"] {
  const { deadlines } = turn.rules.limits;
  const here: Partial<Record<DeadlineName, Wait>> = {};
  for (const name of deadlineNames) {
    const wait = waits[name];
    if (wait === undefined || deadlines[name] === 0) continue;
    const fromMs = nowMs + wait.fromMs - turn.context.now.wallMs;
    const dueMs = fromMs + (wait.dueMs === undefined ? deadlines[name] : wait.dueMs - wait.fromMs);
    const running = taken({ fromMs, dueMs, ...(wait.warned && { warned: true }) }, nowMs);
    if (running !== undefined) here[name] = running;
  }
  return here;
}

/** What was due before we had the case HQ has told, or tells once it hears that we have it. */
function taken(wait: Wait, nowMs: number): Wait | undefined {
  if (wait.dueMs <= nowMs) return undefined;
  return dueOf(wait) <= nowMs ? { ...wait, warned: true } : wait;
}
