import { type DelayBounds, nextDelayMs } from "../../protocols/decorrelated-jitter.ts";
import {
  answerMeaning,
  isDuplicate,
  jobGone,
  jobMeaning,
  limitIn,
  lookMeaning,
  type Meaning,
  meaningOf,
} from "./answers.ts";
import type {
  CaptureEffect,
  CaptureInput,
  CaptureItem,
  CaptureRules,
  CaptureState,
  Piece,
} from "./capture-state.ts";
import type { CaptureResponse } from "./exchange.ts";

interface Step {
  readonly state: CaptureState;
  readonly effect: CaptureEffect;
}

/** A repository that is busy is asked again soon, one that is down every few minutes. */
const retryBounds: DelayBounds = { minMs: 1_000, maxMs: 300_000, firstMsMax: 5_000 };
/** Nothing is to be done: a look every so often, and at once when something is committed. */
const idleMs = 5_000;
/** Between two looks at a job: at first short, for most are done at once. */
const pollMs = { first: 200, most: 5_000 } as const;
/** Looks at one job: a quarter of an hour; then it is sent again, and what it did is found as a duplicate. */
const pollsMax = 200;
/** Whatever the repository says, it takes nothing: HQ hears of it, for it cannot see that by itself. */
const troubleToldMs = 3_600_000;
/** OpenEPCIS finds an event a second after it has it; until then a look is in vain. */
const lookAgainMs = 5_000;
const looksMax = 2;
/** So many bad events one after the other are no bad events: it is the repository that lacks something. */
const setAsideInRowMax = 20;
/** Events of other kinds are passed over without a word to the disk, up to so many. */
const unkeptMax = 1_000;

/** One thing after the other: what to do next, given what the last thing brought. */
export function captureStep(state: CaptureState, input: CaptureInput, rules: CaptureRules): Step {
  const { doing } = state;
  if (input.kind === "start") return doingNext(state, { kind: "ask" });
  if (input.kind === "found") return found(state, input);
  if (input.kind === "done") return done(state);
  if (input.kind === "silence") return judged(state, input.meaning, 0, rules);
  if (doing.kind === "ask") return limitsKnown(state, input.response, rules);
  if (doing.kind === "look") return looked(state, input.response, rules);
  if (doing.kind === "poll") {
    const meaning = jobMeaning(input.response);
    return meaning === undefined ? pollAgain(state, doing.path) : judged(state, meaning, 0, rules);
  }
  return judged(state, meaningOf(input.response), input.response.status, rules);
}

const doingNext = (state: CaptureState, effect: CaptureEffect): Step => ({
  state: { ...state, doing: effect },
  effect,
});

function limitsKnown(state: CaptureState, response: CaptureResponse, rules: CaptureRules): Step {
  const meaning = answerMeaning(response);
  // A repository that does not know OPTIONS names no limits; whether it takes events is seen then.
  const silent = [404, 405, 501].includes(response.status);
  // Nothing was sent that could be refused.
  if (meaning.kind === "refused") return judged(state, { ...meaning, kind: "shut" }, response.status, rules);
  if (meaning.kind !== "delivered" && !silent) return judged(state, meaning, response.status, rules);
  const { eventsMax, bytesMax } = rules.limits;
  return next({
    ...state,
    delayMs: 0,
    eventsMax: Math.min(eventsMax, limitIn(response, "gs1-epcis-capture-limit") ?? eventsMax),
    bytesMax: Math.min(bytesMax, limitIn(response, "gs1-epcis-capture-file-size-limit") ?? bytesMax),
  });
}

/** The next piece, or what lies behind the pieces; what was read has to be on disk as delivered first. */
function next(state: CaptureState): Step {
  const [piece] = state.pieces;
  const [item] = piece ?? [];
  if (piece !== undefined && item !== undefined) {
    if (item.flaw !== undefined) return doingNext(state, { kind: "set-aside", item, reason: item.flaw });
    return doingNext({ ...state, polls: 0 }, { kind: "post", items: piece });
  }
  const { readThrough, eventsMax, bytesMax } = state;
  return doingNext(
    { ...state, place: readThrough },
    { kind: "read", after: readThrough, eventsMax, bytesMax },
  );
}

function found(state: CaptureState, input: Extract<CaptureInput, { kind: "found" }>): Step {
  const { items, through, first } = input;
  const after = state.readThrough;
  const read: CaptureState = { ...state, readThrough: through, pieces: piecesOf(items) };
  if (first !== undefined && first > after + 1) {
    return doingNext(read, { kind: "tell-lost", from: after + 1, to: first - 1 });
  }
  if (items.length > 0) return next(read);
  if (through - state.kept >= unkeptMax)
    return doingNext({ ...read, place: through }, { kind: "keep", through });
  if (through > after) return next(read);
  return doingNext({ ...read, again: undefined }, { kind: "wait", ms: idleMs, wakes: true });
}

/** Flawed ones stand alone, for they are not sent; no identity is twice in one document. */
function piecesOf(items: readonly CaptureItem[]): readonly Piece[] {
  const pieces: CaptureItem[][] = [];
  const ids = new Set<string>();
  for (const item of items) {
    const last = pieces.at(-1);
    const joins = item.flaw === undefined && last?.[0]?.flaw === undefined && !ids.has(item.eventId);
    if (last !== undefined && joins) last.push(item);
    else {
      pieces.push([item]);
      ids.clear();
    }
    ids.add(item.eventId);
  }
  return pieces;
}

function done(state: CaptureState): Step {
  const { doing, again } = state;
  if (doing.kind === "keep") return next({ ...state, kept: doing.through });
  if (doing.kind === "set-aside") {
    // What our own validator found says nothing of the repository.
    const more = doing.item.flaw === undefined ? 1 : 0;
    return passed({ ...state, setAsideInRow: state.setAsideInRow + more }, 0);
  }
  if (doing.kind === "tell-shut") {
    return doingNext({ ...state, shut: true }, { kind: "wait", ms: doing.ms, wakes: false });
  }
  if (doing.kind === "wait" && again !== undefined) return doingNext({ ...state, again: undefined }, again);
  return next(state);
}

function judged(state: CaptureState, meaning: Meaning, status: number, rules: CaptureRules): Step {
  switch (meaning.kind) {
    case "delivered":
      return delivered(state);
    case "job":
      return doingNext({ ...state, delayMs: 0 }, { kind: "poll", path: meaning.path });
    case "refused":
      return refused(isStubborn(state) ? state : { ...state, ...heard }, meaning.reason, status);
    case "too-large":
      return tooLarge(state, meaning.reason);
    case "shut":
      return waiting({ ...state, again: state.doing }, retryBounds.maxMs, meaning.reason, true);
    case "later":
      return later(state, meaning, rules);
  }
}

/** The repository said what has become of a piece. */
const heard = { delayMs: 0, troubleMs: 0, shut: false } as const;

/** It has refused so many in a row that the next refusal is no news of an event. */
const isStubborn = ({ setAsideInRow }: CaptureState): boolean => setAsideInRow >= setAsideInRowMax;

const delivered = (state: CaptureState): Step =>
  passed({ ...state, setAsideInRow: 0 }, state.pieces[0]?.length ?? 0);

/** The first piece is with the repository, or set aside. */
function passed(state: CaptureState, count: number): Step {
  const [piece, ...pieces] = state.pieces;
  const through = pieces.length === 0 ? state.readThrough : (piece?.at(-1)?.sequence ?? state.place);
  const captured = state.captured + count;
  const after = { ...state, ...heard, pieces, place: through, captured, refusal: "", looks: 0 };
  return doingNext(after, { kind: "keep", through });
}

/** In halves, until one event stands alone: is it there already, or is it that one? */
function refused(state: CaptureState, reason: string, status: number): Step {
  const [piece = [], ...others] = state.pieces;
  const [item] = piece;
  if (item === undefined) return next(state);
  if (piece.length === 1) {
    if (isDuplicate(status, reason) && item.declaresError === undefined) return delivered(state);
    return doingNext({ ...state, refusal: reason }, { kind: "look", eventId: item.eventId });
  }
  const middle = Math.ceil(piece.length / 2);
  return next({ ...state, pieces: [piece.slice(0, middle), piece.slice(middle), ...others] });
}

/** The repository's limits are other than it said, or it has new ones. */
function tooLarge(state: CaptureState, reason: string): Step {
  const [piece = []] = state.pieces;
  const [item] = piece;
  if (piece.length === 1 && item !== undefined) return setAside(state, item, reason);
  const eventsMax = Math.max(1, Math.floor(piece.length / 2));
  return refused({ ...state, eventsMax: Math.min(state.eventsMax, eventsMax) }, reason, 413);
}

/** The repository has the refused event after all, or it is set aside. */
function looked(state: CaptureState, response: CaptureResponse, rules: CaptureRules): Step {
  const { doing, refusal } = state;
  const item = state.pieces[0]?.[0];
  if (item === undefined) return next(state);
  const meaning = lookMeaning(response, item.eventId, item.declaresError);
  if (meaning.kind !== "refused") return judged(state, meaning, response.status, rules);
  const looks = state.looks + 1;
  if (looks < looksMax) return waiting({ ...state, looks, again: doing }, lookAgainMs, meaning.reason);
  return setAside({ ...state, looks: 0 }, item, refusal);
}

/** Unless it has refused so many in a row: then it is sent again, for whoever mends the repository wants all of them. */
function setAside(state: CaptureState, item: CaptureItem, reason: string): Step {
  if (!isStubborn(state)) return doingNext(state, { kind: "set-aside", item, reason });
  const again = { ...state, again: undefined };
  return waiting(again, retryBounds.maxMs, `it refuses everything: ${reason}`, true);
}

function pollAgain(state: CaptureState, path: string): Step {
  const polls = state.polls + 1;
  if (polls >= pollsMax) return next(state);
  const ms = Math.min(pollMs.most, pollMs.first * 2 ** Math.min(polls, 10));
  const again: CaptureEffect = { kind: "poll", path };
  return waiting({ ...state, polls, again }, ms, `${path} has been running for an hour`);
}

/** A job that cannot be seen is sent again, all else is tried as it was. */
function later(
  state: CaptureState,
  { reason, afterMs }: { readonly reason: string; readonly afterMs: number },
  rules: CaptureRules,
): Step {
  const { doing } = state;
  const delayMs = Math.max(afterMs, nextDelayMs(state.delayMs, retryBounds, rules.random));
  const polls = doing.kind === "poll" ? state.polls + 1 : state.polls;
  const again = polls >= pollsMax || reason === jobGone ? undefined : doing;
  const after = { ...state, delayMs: Math.min(delayMs, retryBounds.maxMs), polls, again };
  return waiting(after, delayMs, reason);
}

/** Until the next try; HQ is told once where it has gone on for too long. */
function waiting(before: CaptureState, ms: number, reason: string, isShut = false): Step {
  const state = { ...before, troubleMs: before.troubleMs + ms };
  const isTold = state.shut || (!isShut && state.troubleMs < troubleToldMs);
  return doingNext(state, isTold ? { kind: "wait", ms, wakes: false } : { kind: "tell-shut", reason, ms });
}
