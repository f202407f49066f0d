import { type Stream } from "../../protocols/topics.ts";
import type { Batch, Hole } from "./batches.ts";
import type { Lane, ResendJob } from "./lane.ts";

export interface UplinkRules {
  readonly confirm: "watermark" | "broker";
  readonly batchesInFlightMax: number;
  readonly unconfirmedEventsMax: number;
  readonly resendAfterMs: number;
}

/** `again` serves HQ's requests; the other two follow the outbox. */
export type LaneName = Stream | "again";

export interface ReadyBatch {
  readonly lane: LaneName;
  readonly stream: Stream;
  readonly generation: number;
  /** The last sequence of the read that it came from. */
  readonly through: number;
  readonly batch: Batch;
}

export interface UplinkState {
  readonly up: boolean;
  readonly lanes: Readonly<Record<Stream, Lane>>;
  readonly ready: readonly ReadyBatch[];
  readonly jobs: readonly ResendJob[];
  readonly again: Pick<Lane, "generation" | "reading"> & { readonly inFlight: number };
}

export type TimerName = Stream | "retry" | "hold";

export type UplinkEffect =
  | {
      readonly kind: "read";
      readonly lane: LaneName;
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
