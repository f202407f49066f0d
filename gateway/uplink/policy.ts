import type { StreamPosition } from "../../outbox/outbox.ts";
import { batchEventsMax } from "../../protocols/events.ts";
import { type Stream, streams } from "../../protocols/topics.ts";
import { beaten, granted, newDrain, paced } from "./drain.ts";
import type { HeadquartersInput, UplinkInput } from "./inputs.ts";
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
import { readStep, retryTimer } from "./reads.ts";
import {
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
const timerNames: readonly TimerName[] = [...streams, "retry", "hold", "beat", "grant"];

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
  if (isWord(input)) return wordStep(state, input, rules);
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
      return publishedStep(state, input, rules);
    case "refused":
      return { state, effects: isCurrent(state, input.ready) ? [retryTimer] : [] };
    case "timer":
      return still(timerStep(state, input.name, rules));
  }
}

function isWord(input: UplinkInput): input is HeadquartersInput {
  return input.kind === "watermark" || input.kind === "grant" || input.kind === "resend";
}

function wordStep(state: UplinkState, input: HeadquartersInput, rules: UplinkRules): Step {
  switch (input.kind) {
    case "watermark":
      return watermarkStep(state, input.through, rules);
    case "grant":
      return grantStep(state, input);
    case "resend":
      return still(withJob(state, input));
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
  if (!state.up) return state;
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
    case "evt":
    case "tel":
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
