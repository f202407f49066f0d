import type { Stream } from "../../protocols/topics.ts";
import { streams } from "../../protocols/topics.ts";
import type { Lane } from "./lane.ts";
import {
  type Step,
  still,
  type UplinkEffect,
  type UplinkRules,
  type UplinkState,
  withLane,
} from "./state.ts";

/** Read at once: enough to fill several batches of each category, little enough to hold in memory. */
export const readRowsMax = 2_048;
/** Batches ready before their turn; with fewer the wire would wait for the disk. */
const readyBatchesMax = 32;
/** The wait between probes doubles up to 2^3 times `resendAfterMs`. */
const doublingsMax = 3;
/** Sends what is ready, reads ahead of the wire, and watches the watermark. */
export function pump(state: UplinkState, rules: UplinkRules): Step {
  if (!state.up) return still(state);
  const sent = sendReady(state, rules);
  const effects: UplinkEffect[] = [...sent.effects];
  let next = sent.state;
  for (const stream of streams) {
    const lane = next.lanes[stream];
    const read = readAhead(next, stream, lane);
    if (read !== undefined) {
      effects.push(read);
      next = withLane(next, stream, { reading: true });
    }
    if (!lane.watched && lane.cursor > lane.settled) {
      const delayMs = rules.resendAfterMs * 2 ** Math.min(doublingsMax, lane.fruitlessRewinds);
      effects.push({ kind: "timer", name: stream, delayMs });
      next = withLane(next, stream, { watched: true, acknowledgedSinceWatch: false });
    }
  }
  const again = readAgain(next);
  if (again === undefined) return { state: next, effects };
  return { state: { ...next, again: { ...next.again, reading: true } }, effects: [...effects, again] };
}

function sendReady(state: UplinkState, rules: UplinkRules): Step {
  const { evt, tel } = state.lanes;
  const free = rules.batchesInFlightMax - evt.inFlight.length - tel.inFlight.length - state.again.inFlight;
  const count = Math.min(Math.max(0, free), state.ready.length);
  if (count === 0) return still(state);
  const sent = state.ready.slice(0, count);
  let next: UplinkState = { ...state, ready: state.ready.slice(count) };
  for (const { lane, through } of sent) {
    if (lane === "again") next = { ...next, again: { ...next.again, inFlight: next.again.inFlight + 1 } };
    else next = withLane(next, lane, { inFlight: [...next.lanes[lane].inFlight, through] });
  }
  return { state: next, effects: sent.map((ready) => ({ kind: "publish", ready })) };
}

function readAhead(state: UplinkState, stream: Stream, lane: Lane): UplinkEffect | undefined {
  const allowed = lane.settled + lane.window - lane.cursor;
  const rowsMax = Math.min(readRowsMax, allowed);
  if (lane.reading || lane.held || lane.cursor >= lane.last || rowsMax < 1) return undefined;
  if (state.ready.length >= readyBatchesMax) return undefined;
  const { generation, cursor: after } = lane;
  return { kind: "read", lane: stream, stream, generation, after, rowsMax, to: undefined };
}

function readAgain({ jobs, again, ready }: UplinkState): UplinkEffect | undefined {
  const [job] = jobs;
  if (job === undefined || again.reading || ready.length >= readyBatchesMax) return undefined;
  const { stream, cursor: after, to } = job;
  const rowsMax = Math.min(readRowsMax, to - after);
  return { kind: "read", lane: "again", stream, generation: again.generation, after, rowsMax, to };
}
