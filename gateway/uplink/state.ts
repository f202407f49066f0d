import type { Stream } from "../../protocols/topics.ts";
import type { Batch, Hole } from "./batches.ts";
import type { Drain } from "./drain.ts";
import { type Lane, type ResendJob, rewound, type TrackName } from "./lane.ts";

export interface UplinkRules {
  readonly confirm: "watermark" | "broker";
  readonly batchesInFlightMax: number;
  readonly unconfirmedEventsMax: number;
  readonly resendAfterMs: number;
  readonly drainEventsPerSecond: number;
}

/** `again` serves HQ's requests; the other two follow the outbox. */
export type Errand = TrackName | "again";

export interface ReadyBatch {
  readonly errand: Errand;
  readonly stream: Stream;
  readonly generation: number;
  /** The last sequence of the read that it came from. */
  readonly through: number;
  readonly batch: Batch;
}

export interface UplinkState {
  readonly up: boolean;
  readonly lanes: Readonly<Record<Stream, Lane>>;
  /** Batches before their turn. Live ones go first, however long the others have waited. */
  readonly ready: { readonly live: readonly ReadyBatch[]; readonly drain: readonly ReadyBatch[] };
  readonly jobs: readonly ResendJob[];
  readonly again: { readonly generation: number; readonly reading: boolean; readonly inFlight: number };
  readonly drain: Drain;
  /** Whose turn it was to be read within the drain's allowance. */
  readonly drainTurn: Stream | "again";
}

/** `beat` gives the drain a new allowance, `grant` ends HQ's grant, the streams' watch their watermarks. */
export type TimerName = Stream | "retry" | "hold" | "beat" | "grant";

export type UplinkEffect =
  | {
      readonly kind: "read";
      readonly errand: Errand;
      readonly stream: Stream;
      readonly generation: number;
      readonly after: number;
      readonly rowsMax: number;
      readonly to: number | undefined;
    }
  | { readonly kind: "publish"; readonly ready: ReadyBatch }
  | { readonly kind: "settle"; readonly stream: Stream; readonly through: number }
  /** HQ asked for what is no longer kept. */
  | { readonly kind: "lost"; readonly stream: Stream; readonly hole: Hole }
  | { readonly kind: "timer"; readonly name: TimerName; readonly delayMs: number }
  | { readonly kind: "cancel-timer"; readonly name: TimerName };

export interface Step {
  readonly state: UplinkState;
  readonly effects: readonly UplinkEffect[];
}

export const still = (state: UplinkState): Step => ({ state, effects: [] });

export function withLane(state: UplinkState, stream: Stream, change: Partial<Lane>): UplinkState {
  return { ...state, lanes: { ...state.lanes, [stream]: { ...state.lanes[stream], ...change } } };
}

/** Without the ready batches for which it holds. */
export function withoutReady(state: UplinkState, stale: (ready: ReadyBatch) => boolean): UplinkState {
  const rest = (batches: readonly ReadyBatch[]): readonly ReadyBatch[] =>
    batches.some(stale) ? batches.filter((ready) => !stale(ready)) : batches;
  return { ...state, ready: { live: rest(state.ready.live), drain: rest(state.ready.drain) } };
}

/** A connection that is stuck holds the slots of what HQ asked for as well; it asks again. */
export function withoutAgain(state: UplinkState): UplinkState {
  const generation = state.again.generation + 1;
  const rest = withoutReady(state, ({ errand }) => errand === "again");
  return { ...rest, jobs: [], again: { generation, reading: false, inFlight: 0 } };
}

/** Back to the watermark with everything that follows it. */
export function rewindLane(state: UplinkState, stream: Stream, change: Partial<Lane>): UplinkState {
  const rest = withoutReady(state, (ready) => ready.errand !== "again" && ready.stream === stream);
  return withLane(rest, stream, { ...rewound(state.lanes[stream]), ...change });
}
