import type { CaptureConfiguration } from "../../protocols/config/capture.ts";
import { type DelayBounds, nextDelayMs } from "../../protocols/decorrelated-jitter.ts";
import type { Random } from "../../protocols/random.ts";
import { isDuplicate, jobGone, jobMeaning, limitIn, type Meaning, meaningOf } from "./answers.ts";
import type { CaptureResponse } from "./exchange.ts";

/** One return event on its way to the repository. */
export interface CaptureItem {
  /** Its place in the outbox. */
  readonly sequence: number;
  readonly eventId: string;
  /** The EPCIS event as JSON. */
  readonly text: string;
  /** Why no repository would take it; found by our own validator before it is sent. */
  readonly flaw?: string;
}

/** Events that are sent together, in their order. */
type Piece = readonly CaptureItem[];

/** What the shell is to do next; it answers with one input. */
export type CaptureEffect =
  | { readonly kind: "ask" }
  | { readonly kind: "read"; readonly after: number; readonly eventsMax: number; readonly bytesMax: number }
  | { readonly kind: "post"; readonly items: Piece }
  | { readonly kind: "poll"; readonly path: string }
  | { readonly kind: "look"; readonly eventId: string }
  /** Everything up to here is delivered or set aside. */
  | { readonly kind: "keep"; readonly through: number }
  | { readonly kind: "set-aside"; readonly item: CaptureItem; readonly reason: string }
  | { readonly kind: "tell-shut"; readonly reason: string }
  | { readonly kind: "tell-lost"; readonly from: number; readonly to: number }
  | { readonly kind: "wait"; readonly ms: number; readonly wakes: boolean };

export type CaptureInput =
  | { readonly kind: "start" }
  | { readonly kind: "response"; readonly response: CaptureResponse }
  /** No answer came. */
  | { readonly kind: "silence"; readonly reason: string }
  | {
      readonly kind: "found";
      readonly items: readonly CaptureItem[];
      /** Nothing that is for the repository lies between the last item and here. */
      readonly through: number;
      /** The first place that is still there. */
      readonly first: number | undefined;
    }
  /** What was to be done is done, or the wait is over. */
  | { readonly kind: "done" };

export interface CaptureState {
  /** What the input answers. */
  readonly doing: CaptureEffect;
  /** Everything up to here is delivered or set aside, and up to `kept` that is on disk. */
  readonly place: number;
  readonly kept: number;
  /** Events that the repository took, or had, since this start. */
  readonly captured: number;
  readonly readThrough: number;
  /** Read and not delivered yet, the first one is on its way. */
  readonly pieces: readonly Piece[];
  readonly eventsMax: number;
  readonly bytesMax: number;
  /** After the wait; undefined: whatever is next. */
  readonly again: CaptureEffect | undefined;
  /** The last wait between two tries, 0 after a success. */
  readonly delayMs: number;
  readonly polls: number;
  /** HQ has been told that the repository takes nothing from us. */
  readonly shut: boolean;
  /** The reason that the piece that is being looked for was refused with. */
  readonly refusal: string;
}

export interface CaptureRules {
  readonly limits: Pick<CaptureConfiguration, "eventsMax" | "bytesMax">;
  readonly random: Random;
}

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
/** Events of other kinds are passed over without a word to the disk, up to so many. */
const unkeptMax = 1_000;

export function startCaptureState(place: number, { limits }: CaptureRules): CaptureState {
  return {
    doing: { kind: "ask" },
    place,
    kept: place,
    captured: 0,
    readThrough: place,
    pieces: [],
    ...limits,
    again: undefined,
    delayMs: 0,
    polls: 0,
    shut: false,
    refusal: "",
  };
}

/** One thing after the other: what to do next, given what the last thing brought. */
export function captureStep(state: CaptureState, input: CaptureInput, rules: CaptureRules): Step {
  const { doing } = state;
  if (input.kind === "start") return doingNext(state, { kind: "ask" });
  if (input.kind === "found") return found(state, input);
  if (input.kind === "done") return done(state);
  if (input.kind === "silence") return later(state, { reason: input.reason, afterMs: 0 }, rules);
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
  const meaning = meaningOf(response);
  // A repository that does not know OPTIONS names no limits; whether it takes events is seen then.
  const silent = [404, 405, 501].includes(response.status);
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

/** Flawed ones stand alone, for they are not sent. */
function piecesOf(items: readonly CaptureItem[]): readonly Piece[] {
  const pieces: CaptureItem[][] = [];
  for (const item of items) {
    const last = pieces.at(-1);
    if (last === undefined || item.flaw !== undefined || last[0]?.flaw !== undefined) pieces.push([item]);
    else last.push(item);
  }
  return pieces;
}

function done(state: CaptureState): Step {
  const { doing, again } = state;
  if (doing.kind === "keep") return next({ ...state, kept: doing.through });
  if (doing.kind === "set-aside") return passed(state, 0);
  if (doing.kind === "tell-shut") {
    return doingNext({ ...state, shut: true }, { kind: "wait", ms: state.delayMs, wakes: false });
  }
  if (doing.kind === "wait" && again !== undefined) return doingNext({ ...state, again: undefined }, again);
  return next(state);
}

function judged(state: CaptureState, meaning: Meaning, status: number, rules: CaptureRules): Step {
  switch (meaning.kind) {
    case "delivered":
      return delivered(state);
    case "job":
      return doingNext({ ...state, delayMs: 0, shut: false }, { kind: "poll", path: meaning.path });
    case "refused":
      return refused({ ...state, delayMs: 0, shut: false }, meaning.reason, status);
    case "too-large":
      return tooLarge(state, meaning.reason);
    case "shut":
      return later(state, { reason: meaning.reason, afterMs: retryBounds.maxMs, tell: !state.shut }, rules);
    case "later":
      return later(state, meaning, rules);
  }
}

const delivered = (state: CaptureState): Step => passed(state, state.pieces[0]?.length ?? 0);

/** The first piece is with the repository, or set aside. */
function passed(state: CaptureState, count: number): Step {
  const [piece, ...pieces] = state.pieces;
  const through = pieces.length === 0 ? state.readThrough : (piece?.at(-1)?.sequence ?? state.place);
  const captured = state.captured + count;
  const after = { ...state, pieces, place: through, captured, delayMs: 0, shut: false, refusal: "" };
  return doingNext(after, { kind: "keep", through });
}

/** In halves, until one event stands alone: is it there already, or is it that one? */
function refused(state: CaptureState, reason: string, status: number): Step {
  const [piece = [], ...others] = state.pieces;
  const [item] = piece;
  if (item === undefined) return next(state);
  if (piece.length === 1) {
    if (isDuplicate(status, reason)) return delivered(state);
    return doingNext({ ...state, refusal: reason }, { kind: "look", eventId: item.eventId });
  }
  const middle = Math.ceil(piece.length / 2);
  return next({ ...state, pieces: [piece.slice(0, middle), piece.slice(middle), ...others] });
}

/** The repository's limits are other than it said, or it has new ones. */
function tooLarge(state: CaptureState, reason: string): Step {
  const [piece = []] = state.pieces;
  const [item] = piece;
  if (piece.length === 1 && item !== undefined) return doingNext(state, { kind: "set-aside", item, reason });
  const eventsMax = Math.max(1, Math.floor(piece.length / 2));
  return refused({ ...state, eventsMax: Math.min(state.eventsMax, eventsMax) }, reason, 413);
}

/** The repository has the refused event after all, or it is set aside. */
function looked(state: CaptureState, response: CaptureResponse, rules: CaptureRules): Step {
  const { status } = response;
  if (status === 200) return delivered(state);
  const meaning = meaningOf(response);
  if (meaning.kind === "later") return later(state, meaning, rules);
  const item = state.pieces[0]?.[0];
  return item === undefined
    ? next(state)
    : doingNext(state, { kind: "set-aside", item, reason: state.refusal });
}

function pollAgain(state: CaptureState, path: string): Step {
  const polls = state.polls + 1;
  if (polls >= pollsMax) return next(state);
  const ms = Math.min(pollMs.most, pollMs.first * 2 ** Math.min(polls, 10));
  const again: CaptureEffect = { kind: "poll", path };
  return doingNext({ ...state, polls, again }, { kind: "wait", ms, wakes: false });
}

/** A job that cannot be seen is sent again, all else is tried as it was. */
function later(
  state: CaptureState,
  {
    reason,
    afterMs,
    tell = false,
  }: { readonly reason: string; readonly afterMs: number; readonly tell?: boolean },
  rules: CaptureRules,
): Step {
  const { doing } = state;
  const delayMs = Math.max(afterMs, nextDelayMs(state.delayMs, retryBounds, rules.random));
  const polls = doing.kind === "poll" ? state.polls + 1 : state.polls;
  const again = polls >= pollsMax || reason === jobGone ? undefined : doing;
  const waiting = { ...state, delayMs: Math.min(delayMs, retryBounds.maxMs), polls, again };
  if (tell) return doingNext({ ...waiting, delayMs }, { kind: "tell-shut", reason });
  return doingNext(waiting, { kind: "wait", ms: delayMs, wakes: false });
}
