import type { ReadInput } from "./inputs.ts";
import { type TrackName, withTrack } from "./lane.ts";
import { type ReadyBatch, type Step, still, type UplinkRules, type UplinkState, withLane } from "./state.ts";

/** A read that failed, or a publish that was refused while the link is up, is tried again after this time. */
export const retryTimer = { kind: "timer", name: "retry", delayMs: 1_000 } as const;
/** What may not leave yet is asked for again after this time. */
const holdTimer = { kind: "timer", name: "hold", delayMs: 1_000 } as const;

export function readStep(state: UplinkState, input: ReadInput, rules: UplinkRules): Step {
  const { errand, stream, through, held = false } = input;
  const lane = state.lanes[stream];
  if (errand === "again") return againStep(state, input);
  if (input.generation !== lane.generation) return still(state);
  const track = lane[errand];
  if (through === undefined) return nothingRead(state, input, errand);
  const batches = input.batches.length;
  const changed = withTrack(lane, errand, {
    reading: false,
    held,
    cursor: Math.max(track.cursor, through),
    ...(rules.confirm === "broker"
      ? { unacknowledged: [...track.unacknowledged, { through, batches }] }
      : {}),
  });
  const next = withReady(withLane(state, stream, changed), input, through);
  return { state: next, effects: held ? [holdTimer] : [] };
}

function nothingRead(state: UplinkState, { stream, held = false }: ReadInput, name: TrackName): Step {
  const lane = state.lanes[stream];
  const end = name === "live" ? lane.last : lane.boundary;
  // `reading` stays set until the retry, so that an unreadable disk is not asked in a circle.
  if (!held && lane[name].cursor < end) return { state, effects: [retryTimer] };
  const next = withLane(state, stream, withTrack(lane, name, { reading: false, held }));
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
