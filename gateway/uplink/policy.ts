import type { StreamPosition } from "../../outbox/outbox.ts";
import { batchEventsMax } from "../../protocols/events.ts";
import { type Stream, streams } from "../../protocols/topics.ts";
import type { Batch, Hole } from "./batches.ts";
import { beaten, granted, newDrain, paced } from "./drain.ts";
import {
  acknowledged,
  acknowledgedThrough,
  confirmed,
  type Lane,
  moved,
  newLane,
  rewound,
  sentThrough,
  withTrack,
} from "./lane.ts";
import { pump } from "./pump.ts";
import {
  type Errand,
  type ReadyBatch,
  rewindLane,
  type Step,
  still,
  type TimerName,
  type UplinkEffect,
  type UplinkRules,
  type UplinkState,
  withLane,
  withoutAgain,
  withoutReady,
} from "./state.ts";

/** Ranges that HQ may ask for at a time; it asks again for what it still misses. */
const resendJobsMax = 64;
/** After silence from HQ one batch is sent as a probe, not the whole backlog into the dark. */
const probeEvents = batchEventsMax;
/** A publish that was refused while the link is up is tried again after this time. */
const retryTimer = { kind: "timer", name: "retry", delayMs: 1_000 } as const;
/** What may not leave yet is asked for again after this time. */
const holdTimer = { kind: "timer", name: "hold", delayMs: 1_000 } as const;
const timerNames: readonly TimerName[] = [...streams, "retry", "hold", "beat", "grant"];

type ReadInput = Extract<UplinkInput, { kind: "read" }>;

export type UplinkInput =
  | { readonly kind: "up" }
  | { readonly kind: "down" }
  /** The outbox has moved. */
  | { readonly kind: "stored"; readonly positions: Readonly<Record<Stream, StreamPosition>> }
  | {
      readonly kind: "read";
      readonly errand: Errand;
      readonly stream: Stream;
      readonly generation: number;
      readonly batches: readonly Batch[];
      /** The last sequence that was read; undefined when nothing was there, or reading failed. */
      readonly through: number | undefined;
      readonly holes?: readonly Hole[];
      /** What follows may not leave yet. */
      readonly held?: boolean;
    }
  | { readonly kind: "published"; readonly ready: ReadyBatch; readonly tookMs: number }
  | { readonly kind: "refused"; readonly ready: ReadyBatch }
  /** HQ's watermark, of our epoch. */
  | { readonly kind: "watermark"; readonly through: Readonly<Record<Stream, number>> }
  /** HQ lets the backlog go so fast, for so long. */
  | { readonly kind: "grant"; readonly eventsPerSecond: number; readonly validMs: number }
  | { readonly kind: "resend"; readonly stream: Stream; readonly from: number; readonly to: number }
  | { readonly kind: "timer"; readonly name: TimerName };

/** Decides what to read, send, settle and repeat; owns no link, no clock and no disk. */
export interface UplinkPolicy {
  readonly initial: UplinkState;
  step(state: UplinkState, input: UplinkInput): Step;
}

export function uplinkPolicy(
  rules: UplinkRules,
  positions: Readonly<Record<Stream, StreamPosition>>,
): UplinkPolicy {
  const lane = (stream: Stream): Lane => newLane(positions[stream], rules.unconfirmedEventsMax);
  return {
    initial: {
      up: false,
      lanes: { evt: lane("evt"), tel: lane("tel") },
      ready: { live: [], drain: [] },
      jobs: [],
      again: { generation: 1, reading: false, inFlight: 0 },
      drain: newDrain(rules.drainEventsPerSecond),
      drainTurn: "again",
    },
    step(state, input) {
      const decided = decide(state, input, rules);
      const pumped = pump(decided.state, rules);
      return { state: pumped.state, effects: [...decided.effects, ...pumped.effects] };
    },
  };
}

function decide(state: UplinkState, input: UplinkInput, rules: UplinkRules): Step {
  switch (input.kind) {
    case "up":
      return still(wentUp(state, rules));
    case "down":
      return { state: fallen(state), effects: timerNames.map((name) => ({ kind: "cancel-timer", name })) };
    case "stored":
      return still(withLanes(state, (lane, stream) => moved(lane, input.positions[stream])));
    case "read":
      return input.errand === "again" ? againStep(state, input) : readStep(state, input, rules);
    case "published":
      return publishedStep(state, input, rules);
    case "refused":
      return { state, effects: isCurrent(state, input.ready) ? [retryTimer] : [] };
    case "watermark":
      return watermarkStep(state, input.through, rules);
    case "grant":
      return grantStep(state, input);
    case "resend":
      return still(withJob(state, input));
    case "timer":
      return still(state.up ? timerStep(state, input.name, rules) : state);
  }
}

function withLanes(state: UplinkState, change: (lane: Lane, stream: Stream) => Lane): UplinkState {
  return { ...state, lanes: { evt: change(state.lanes.evt, "evt"), tel: change(state.lanes.tel, "tel") } };
}

function wentUp(state: UplinkState, rules: UplinkRules): UplinkState {
  const fresh = (lane: Lane): Lane => ({
    ...rewound(lane),
    window: rules.unconfirmedEventsMax,
    fruitlessRewinds: 0,
    asleep: false,
    watched: false,
  });
  // HQ grants anew to who says that it is there.
  const drain = newDrain(rules.drainEventsPerSecond);
  return { ...withLanes(fallen(state), fresh), up: true, drain };
}

function fallen(state: UplinkState): UplinkState {
  const idle = withLanes(state, (lane) => ({ ...rewound(lane), watched: false }));
  return { ...withoutAgain(idle), up: false, ready: { live: [], drain: [] } };
}

function readStep(state: UplinkState, input: ReadInput, rules: UplinkRules): Step {
  const { errand, stream, through, held = false } = input;
  const lane = state.lanes[stream];
  if (errand === "again" || input.generation !== lane.generation) return still(state);
  const track = lane[errand];
  if (through === undefined && !held) {
    // `reading` stays set until the retry, so that an unreadable disk is not asked in a circle.
    const missing = track.cursor < (errand === "live" ? lane.last : lane.boundary);
    if (missing) return { state, effects: [retryTimer] };
  }
  const batches = input.batches.length;
  const read = through === undefined || rules.confirm !== "broker" ? [] : [{ through, batches }];
  const changed = withTrack(lane, errand, {
    reading: false,
    held,
    cursor: Math.max(track.cursor, through ?? 0),
    unacknowledged: [...track.unacknowledged, ...read],
  });
  const next = withReady(withLane(state, stream, changed), input, through ?? 0);
  return { state: next, effects: held ? [holdTimer] : [] };
}

/** HQ asks again for what may not leave yet, and for what could not be read. */
function againStep(state: UplinkState, input: ReadInput): Step {
  const [job, ...others] = state.jobs;
  if (input.generation !== state.again.generation || job === undefined) return still(state);
  const cursor = input.held === true ? job.to : (input.through ?? job.to);
  const jobs = cursor >= job.to ? others : [{ ...job, cursor }, ...others];
  const changed = { ...state, jobs, again: { ...state.again, reading: false } };
  const effects = (input.holes ?? []).map((hole) => ({ kind: "lost", stream: job.stream, hole }) as const);
  return { state: withReady(changed, input, cursor), effects };
}

function withReady(
  state: UplinkState,
  { errand, stream, generation, batches }: ReadInput,
  through: number,
): UplinkState {
  const added = batches.map((batch): ReadyBatch => ({ errand, stream, generation, through, batch }));
  if (errand === "live")
    return { ...state, ready: { ...state.ready, live: [...state.ready.live, ...added] } };
  const events = batches.reduce((sum, { eventCount }) => sum + eventCount, 0);
  return {
    ...state,
    ready: { ...state.ready, drain: [...state.ready.drain, ...added] },
    drain: { ...state.drain, allowance: state.drain.allowance - events },
  };
}

/** Whether it was sent since the last rewind; what is older no longer counts. */
function isCurrent(state: UplinkState, { errand, stream, generation }: ReadyBatch): boolean {
  return generation === (errand === "again" ? state.again : state.lanes[stream]).generation;
}

function publishedStep(
  before: UplinkState,
  { ready, tookMs }: Extract<UplinkInput, { kind: "published" }>,
  rules: UplinkRules,
): Step {
  const { errand, stream, through } = ready;
  if (!isCurrent(before, ready)) return still(before);
  const drain = errand === "live" ? before.drain : paced(before.drain, tookMs, rules.batchesInFlightMax);
  const state = { ...before, drain };
  if (errand === "again") {
    return still({ ...state, again: { ...state.again, inFlight: state.again.inFlight - 1 } });
  }
  const lane = acknowledged(state.lanes[stream], errand, through);
  const next = withLane(state, stream, lane);
  return rules.confirm === "broker"
    ? settleStep(next, stream, acknowledgedThrough(lane), rules)
    : still(next);
}

function watermarkStep(
  state: UplinkState,
  through: Readonly<Record<Stream, number>>,
  rules: UplinkRules,
): Step {
  let step = still(state);
  for (const stream of streams) {
    const next = settleStep(step.state, stream, through[stream], rules);
    // Any word from HQ says that it is there again: the next probe need not wait longer than the first.
    const awake = withLane(next.state, stream, { fruitlessRewinds: 0 });
    step = { state: awake, effects: [...step.effects, ...next.effects] };
  }
  return step;
}

function settleStep(state: UplinkState, stream: Stream, through: number, rules: UplinkRules): Step {
  const lane = state.lanes[stream];
  if (through <= lane.settled) return still(state);
  const ready = withoutReady(
    state,
    (batch) => batch.errand !== "again" && batch.stream === stream && batch.through <= through,
  );
  const next = { ...confirmed(lane, through, rules.unconfirmedEventsMax), watched: false };
  const effects: UplinkEffect[] = [{ kind: "settle", stream, through }];
  if (lane.watched) effects.push({ kind: "cancel-timer", name: stream });
  return { state: withLane(ready, stream, next), effects };
}

function grantStep(
  state: UplinkState,
  { eventsPerSecond, validMs }: Extract<UplinkInput, { kind: "grant" }>,
): Step {
  if (!state.up) return still(state);
  const timer: UplinkEffect = { kind: "timer", name: "grant", delayMs: validMs };
  return { state: { ...state, drain: granted(state.drain, eventsPerSecond) }, effects: [timer] };
}

function withJob(
  state: UplinkState,
  { stream, from, to }: { stream: Stream; from: number; to: number },
): UplinkState {
  const reachable = Math.min(to, state.lanes[stream].last);
  const known = state.jobs.some((job) => job.stream === stream && job.to === reachable && job.cursor < from);
  if (!state.up || from > reachable || known || state.jobs.length >= resendJobsMax) return state;
  return { ...state, jobs: [...state.jobs, { stream, cursor: from - 1, to: reachable }] };
}

function timerStep(state: UplinkState, name: TimerName, rules: UplinkRules): UplinkState {
  switch (name) {
    case "retry":
      return streams.reduce((changed, stream) => rewindLane(changed, stream, {}), state);
    case "hold":
      return withLanes(state, (lane) =>
        withTrack(withTrack(lane, "live", { held: false }), "backlog", { held: false }),
      );
    case "beat":
      return { ...state, drain: beaten(state.drain) };
    case "grant":
      return { ...state, drain: granted(state.drain, rules.drainEventsPerSecond) };
    default:
      return silenceStep(state, name, rules);
  }
}

function silenceStep(state: UplinkState, stream: Stream, rules: UplinkRules): UplinkState {
  const lane = state.lanes[stream];
  const unwatched = withLane(state, stream, { watched: false, acknowledgedSinceWatch: false });
  // A slow link that still moves is no reason to send everything twice.
  const waiting = lane.backlog.inFlight.length + lane.live.inFlight.length;
  if ((waiting > 0 && lane.acknowledgedSinceWatch) || sentThrough(lane) <= lane.settled) return unwatched;
  return rewindLane(withoutAgain(unwatched), stream, {
    window: Math.min(probeEvents, rules.unconfirmedEventsMax),
    fruitlessRewinds: lane.fruitlessRewinds + 1,
    asleep: true,
  });
}
