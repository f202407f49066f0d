import type { Stream } from "../../protocols/topics.ts";
import { streams } from "../../protocols/topics.ts";
import { beatLengthMs, isSpent } from "./drain.ts";
import { backlogRoom, isDraining, type Lane, liveRoom, sentThrough, withTrack } from "./lane.ts";
import {
  type ReadyBatch,
  type Step,
  still,
  type UplinkEffect,
  type UplinkRules,
  type UplinkState,
  withLane,
} from "./state.ts";

/** Read at once: enough to fill several batches of each category, little enough to hold in memory. */
export const readRowsMax = 2_048;
/** Batches ready before their turn, of live events and of others; with fewer the wire would wait for the disk. */
const readyBatchesMax = 32;
/** The wait between probes doubles up to 2^3 times `resendAfterMs`. */
const doublingsMax = 3;

type Turn = UplinkState["drainTurn"];
type Read = Extract<UplinkEffect, { kind: "read" }>;

/** Each in its turn, so that a long backlog of one keeps no other waiting for hours. */
const turns: readonly Turn[] = ["again", "evt", "tel"];

/** Sends what is ready, reads ahead of the wire, keeps the drain's beat, and watches the watermark. */
export function pump(state: UplinkState, rules: UplinkRules): Step {
  if (!state.up) return still(state);
  let step = sendReady(state, rules);
  for (const stream of streams) step = then(step, (next) => readLive(next, stream, rules));
  step = then(step, readDrain);
  step = then(step, keepBeat);
  for (const stream of streams) step = then(step, (next) => watch(next, stream, rules));
  return step;
}

function then(step: Step, next: (state: UplinkState) => Step): Step {
  const { state, effects } = next(step.state);
  return { state, effects: effects.length === 0 ? step.effects : [...step.effects, ...effects] };
}

function sendReady(state: UplinkState, rules: UplinkRules): Step {
  const { live, drain } = state.ready;
  if (live.length + drain.length === 0) return still(state);
  const { evt, tel } = state.lanes;
  const draining = evt.backlog.inFlight.length + tel.backlog.inFlight.length + state.again.inFlight;
  const free = rules.batchesInFlightMax - draining - evt.live.inFlight.length - tel.live.inFlight.length;
  const first = live.slice(0, Math.max(0, free));
  const others = Math.min(free - first.length, state.drain.inFlightMax - draining);
  const behind = drain.slice(0, Math.max(0, others));
  const sent = [...first, ...behind];
  const ready = { live: live.slice(first.length), drain: drain.slice(behind.length) };
  const next = sent.reduce(withInFlight, { ...state, ready });
  return { state: next, effects: sent.map((batch) => ({ kind: "publish", ready: batch })) };
}

function withInFlight(state: UplinkState, { errand, stream, through }: ReadyBatch): UplinkState {
  if (errand === "again") return { ...state, again: { ...state.again, inFlight: state.again.inFlight + 1 } };
  const lane = state.lanes[stream];
  const inFlight = [...lane[errand].inFlight, through];
  return withLane(state, stream, withTrack(lane, errand, { inFlight }));
}

function readLive(state: UplinkState, stream: Stream, rules: UplinkRules): Step {
  const lane = state.lanes[stream];
  const { reading, held, cursor: after } = lane.live;
  const rowsMax = Math.min(readRowsMax, liveRoom(lane, rules.unconfirmedEventsMax));
  if (reading || held || after >= lane.last || rowsMax < 1) return still(state);
  if (state.ready.live.length >= readyBatchesMax) return still(state);
  const { generation } = lane;
  const read: Read = { kind: "read", errand: "live", stream, generation, after, rowsMax, to: undefined };
  return { state: withLane(state, stream, withTrack(lane, "live", { reading: true })), effects: [read] };
}

/** One read at a time, within the beat's allowance. */
function readDrain(state: UplinkState): Step {
  const { lanes, again, ready, drain } = state;
  const reading = again.reading || lanes.evt.backlog.reading || lanes.tel.backlog.reading;
  if (reading || drain.allowance < 1 || ready.drain.length >= readyBatchesMax) return still(state);
  const before = turns.indexOf(state.drainTurn) + 1;
  for (const turn of [...turns.slice(before), ...turns.slice(0, before)]) {
    const rowsMax = Math.min(readRowsMax, drain.allowance);
    const read = turn === "again" ? againRead(state, rowsMax) : backlogRead(lanes[turn], turn, rowsMax);
    if (read === undefined) continue;
    const next = { ...state, drainTurn: turn };
    return { state: turn === "again" ? readingAgain(next) : readingBacklog(next, turn), effects: [read] };
  }
  return still(state);
}

const readingAgain = (state: UplinkState): UplinkState => ({
  ...state,
  again: { ...state.again, reading: true },
});

const readingBacklog = (state: UplinkState, stream: Stream): UplinkState =>
  withLane(state, stream, withTrack(state.lanes[stream], "backlog", { reading: true }));

function backlogRead(lane: Lane, stream: Stream, allowed: number): Read | undefined {
  const rowsMax = Math.min(allowed, backlogRoom(lane));
  if (lane.backlog.held || rowsMax < 1) return undefined;
  const { generation, boundary: to } = lane;
  return { kind: "read", errand: "backlog", stream, generation, after: lane.backlog.cursor, rowsMax, to };
}

function againRead({ jobs, again }: UplinkState, allowed: number): Read | undefined {
  const [job] = jobs;
  if (job === undefined) return undefined;
  const { stream, cursor: after, to } = job;
  const rowsMax = Math.min(allowed, to - after);
  return { kind: "read", errand: "again", stream, generation: again.generation, after, rowsMax, to };
}

/** The beat goes on as long as there is something to drain. */
function keepBeat(state: UplinkState): Step {
  const { drain, jobs, lanes } = state;
  const wanted = jobs.length > 0 || isDraining(lanes.evt) || isDraining(lanes.tel);
  if (drain.beating || !wanted || !isSpent(drain)) return still(state);
  const timer: UplinkEffect = { kind: "timer", name: "beat", delayMs: beatLengthMs(drain) };
  return { state: { ...state, drain: { ...drain, beating: true } }, effects: [timer] };
}

function watch(state: UplinkState, stream: Stream, rules: UplinkRules): Step {
  const lane = state.lanes[stream];
  if (lane.watched || sentThrough(lane) <= lane.settled) return still(state);
  const delayMs = rules.resendAfterMs * 2 ** Math.min(doublingsMax, lane.fruitlessRewinds);
  const watched = withLane(state, stream, { watched: true, acknowledgedSinceWatch: false });
  return { state: watched, effects: [{ kind: "timer", name: stream, delayMs }] };
}
