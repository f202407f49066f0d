import type { StreamPosition } from "../../outbox/outbox.ts";
import type { Stream } from "../../protocols/topics.ts";
import type { Batch, Hole } from "./batches.ts";
import type { Errand, ReadyBatch, TimerName } from "./state.ts";

/** What a read brought. */
export interface ReadInput {
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

/** What HQ says. */
export type HeadquartersInput =
  /** Its watermark, of our epoch. */
  | { readonly kind: "watermark"; readonly through: Readonly<Record<Stream, number>> }
  /** The backlog may go so fast, for so long. */
  | { readonly kind: "grant"; readonly eventsPerSecond: number; readonly validMs: number }
  | { readonly kind: "resend"; readonly stream: Stream; readonly from: number; readonly to: number };

export type UplinkInput =
  | ReadInput
  | HeadquartersInput
  | { readonly kind: "up" }
  | { readonly kind: "down" }
  /** The outbox has moved. */
  | { readonly kind: "stored"; readonly positions: Readonly<Record<Stream, StreamPosition>> }
  | { readonly kind: "published"; readonly ready: ReadyBatch; readonly tookMs: number }
  | { readonly kind: "refused"; readonly ready: ReadyBatch }
  | { readonly kind: "timer"; readonly name: TimerName };
