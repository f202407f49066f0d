import type { StreamPosition } from "../../outbox/outbox.ts";
import { batchEventsMax } from "../../protocols/events.ts";
import { type Stream, streams } from "../../protocols/topics.ts";
import type { Batch, Hole } from "./batches.ts";
import { acknowledged, confirmed, type Lane, newLane, rewound } from "./lane.ts";
import { pump } from "./pump.ts";
import {
  type LaneName,
  type ReadyBatch,
  type Step,
  still,
  type TimerName,
  type UplinkEffect,
  type UplinkRules,
  type UplinkState,
  withLane,
} from "./state.ts";

/** Ranges that HQ may ask for at a time; it asks again for what it still misses. */
const resendJobsMax = 64;
/** After silence from HQ one batch is sent as a probe, not the whole backlog into the dark. */
const probeEvents = batchEventsMax;
/** A publish that was refused while the link is up is tried again after this time. */
const retryAfterMs = 1_000;
const retryTimer = { kind: "timer", name: "retry", delayMs: retryAfterMs } as const;
/** What may not leave yet is asked for again after this time. */
const holdTimer = { kind: "timer", name: "hold", delayMs: 1_000 } as const;
const timerNames: readonly TimerName[] = [...streams, "retry", "hold"];

export type UplinkInput =
  | { readonly kind: "up" }
  | { readonly kind: "down" }
  /** The outbox has moved. */
  | { readonly kind: "stored"; readonly positions: Readonly<Record<Stream, StreamPosition>> }
  | {
      readonly kind: "read";
      readonly lane: LaneName;
      readonly generation: number;
      readonly batches: readonly Batch[];
      /** The last sequence that was read; undefined when nothing was there, or reading failed. */
      readonly through: number | undefined;
      readonly holes?: readonly Hole[];
      /** What follows may not leave yet. */
      readonly held?: boolean;
    }
  | { readonly kind: "published"; readonly ready: ReadyBatch }
  | { readonly kind: "refused"; readonly ready: ReadyBatch }
  /** HQ's watermark, of our epoch. */
  | { readonly kind: "watermark"; readonly through: Readonly<Record<Stream, number>> }
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
      ready: [],
      jobs: [],
      again: { generation: 1, reading: false, inFlight: 0 },
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
      return readStep(state, input, rules);
    case "published":
      return publishedStep(state, input.ready, rules);
    case "refused":
      return refusedStep(state, input.ready);
    case "watermark":
      return watermarkStep(state, input.through, rules);
    case "resend":
      return still(withJob(state, input));
    case "timer":
      return still(timerStep(state, input.name, rules));
  }
}

function withLanes(state: UplinkState, change: (lane: Lane, stream: Stream) => Lane): UplinkState {
  return { ...state, lanes: { evt: change(state.lanes.evt, "evt"), tel: change(state.lanes.tel, "tel") } };
}

/** The outbox settles by itself what it had to drop; that need not be sent any more. */
function moved(lane: Lane, { last, settled }: StreamPosition): Lane {
  const reached = Math.max(lane.settled, settled);
  return { ...lane, last, settled: reached, cursor: Math.max(lane.cursor, reached) };
}

function wentUp(state: UplinkState, rules: UplinkRules): UplinkState {
  const fresh = (lane: Lane): Lane => ({
    ...rewound(lane),
    window: rules.unconfirmedEventsMax,
    fruitlessRewinds: 0,
    watched: false,
  });
  return { ...withLanes(fallen(state), fresh), up: true };
}

function fallen(state: UplinkState): UplinkState {
  const idle = withLanes(state, (lane) => ({ ...rewound(lane), watched: false }));
  return { ...withoutAgain(idle), up: false, ready: [] };
}

function readStep(
  state: UplinkState,
  input: Extract<UplinkInput, { kind: "read" }>,
  rules: UplinkRules,
): Step {
  if (input.lane === "again") return resendReadStep(state, input);
  const lane = state.lanes[input.lane];
  if (input.generation !== lane.generation) return still(state);
  const { through } = input;
  if (input.held === true && through === undefined)
    return { state: withLane(state, input.lane, { reading: false, held: true }), effects: [holdTimer] };
  if (through === undefined) {
    const effects: UplinkEffect[] = lane.cursor < lane.last ? [retryTimer] : [];
    // `reading` stays set until the retry, so that an unreadable disk is not asked in a circle.
    return { state: effects.length > 0 ? state : withLane(state, input.lane, { reading: false }), effects };
  }
  const unacknowledged =
    rules.confirm === "broker"
      ? [...lane.unacknowledged, { through, batches: input.batches.length }]
      : lane.unacknowledged;
  const held = input.held === true;
  const changed = withLane(state, input.lane, { reading: false, cursor: through, unacknowledged, held });
  return { state: withReady(changed, input, input.lane, through), effects: held ? [holdTimer] : [] };
}

function resendReadStep(state: UplinkState, input: Extract<UplinkInput, { kind: "read" }>): Step {
  const [job, ...others] = state.jobs;
  if (input.generation !== state.again.generation || job === undefined) return still(state);
  // HQ asks again for what may not leave yet.
  const cursor = input.held === true ? job.to : (input.through ?? job.to);
  const jobs = cursor >= job.to ? others : [{ ...job, cursor }, ...others];
  const changed = { ...state, jobs, again: { ...state.again, reading: false } };
  const effects = (input.holes ?? []).map((hole) => ({ kind: "lost", stream: job.stream, hole }) as const);
  return { state: withReady(changed, input, job.stream, cursor), effects };
}

function withReady(
  state: UplinkState,
  { lane, generation, batches }: Extract<UplinkInput, { kind: "read" }>,
  stream: Stream,
  through: number,
): UplinkState {
  const added = batches.map((batch): ReadyBatch => ({ lane, stream, generation, through, batch }));
  return { ...state, ready: [...state.ready, ...added] };
}

/** Whether it was sent since the last rewind; what is older no longer counts. */
function isCurrent(state: UplinkState, { lane, generation }: ReadyBatch): boolean {
  return generation === (lane === "again" ? state.again : state.lanes[lane]).generation;
}

function refusedStep(state: UplinkState, ready: ReadyBatch): Step {
  return { state, effects: isCurrent(state, ready) ? [retryTimer] : [] };
}

function publishedStep(state: UplinkState, ready: ReadyBatch, rules: UplinkRules): Step {
  if (!isCurrent(state, ready)) return still(state);
  if (ready.lane === "again") {
    return still({ ...state, again: { ...state.again, inFlight: state.again.inFlight - 1 } });
  }
  const lane = state.lanes[ready.lane];
  const counted = acknowledged(lane, ready.through);
  const next = withLane(state, ready.lane, counted.lane);
  return rules.confirm === "broker" ? settleStep(next, ready.lane, counted.contiguous, rules) : still(next);
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
  const next = confirmed(lane, through, rules.unconfirmedEventsMax);
  const ready = state.ready.filter((batch) => batch.lane !== stream || batch.through > through);
  const settled = withLane({ ...state, ready }, stream, { ...next, watched: false });
  const effects: UplinkEffect[] = [{ kind: "settle", stream, through }];
  if (lane.watched) effects.push({ kind: "cancel-timer", name: stream });
  return { state: settled, effects };
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
  if (!state.up) return state;
  if (name === "retry") return rewindAll(state);
  if (name === "hold") return withLanes(state, (lane) => ({ ...lane, held: false }));
  const lane = state.lanes[name];
  const unwatched = withLane(state, name, { watched: false, acknowledgedSinceWatch: false });
  // A slow link that still moves is no reason to send everything twice.
  const slow = lane.inFlight.length > 0 && lane.acknowledgedSinceWatch;
  if (slow || lane.cursor <= lane.settled) return unwatched;
  return rewindLane(withoutAgain(unwatched), name, {
    window: Math.min(probeEvents, rules.unconfirmedEventsMax),
    fruitlessRewinds: lane.fruitlessRewinds + 1,
  });
}

/** A connection that is stuck holds the slots of what HQ asked for as well; it asks again. */
function withoutAgain(state: UplinkState): UplinkState {
  const generation = state.again.generation + 1;
  const ready = state.ready.filter(({ lane }) => lane !== "again");
  return { ...state, ready, jobs: [], again: { generation, reading: false, inFlight: 0 } };
}

function rewindAll(state: UplinkState): UplinkState {
  return streams.reduce((changed, stream) => rewindLane(changed, stream, {}), state);
}

function rewindLane(state: UplinkState, stream: Stream, change: Partial<Lane>): UplinkState {
  const ready = state.ready.filter(({ lane }) => lane !== stream);
  return withLane({ ...state, ready }, stream, { ...rewound(state.lanes[stream]), ...change });
}
