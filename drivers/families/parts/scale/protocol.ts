import type { StreamCodec } from "../../../../protocols/codec.ts";
import type { ScaleWeight } from "../../../../protocols/codecs/scale/weight.ts";
import type { CommandTask } from "../../../../protocols/commands.ts";
import type { Fault } from "../../../../protocols/faults.ts";
import type { RestingRule } from "./resting.ts";

/** Why a scale shows no weight. */
export type ScaleObstacle = "overload" | "underload" | "no-zero" | "error";

/** What a frame tells; a frame that tells nothing (an echo, a tare) has no word. */
export type ScaleWord =
  | { readonly kind: "weight"; readonly weight: ScaleWeight }
  /** The load moves, and the scale does not say what it weighs meanwhile. */
  | { readonly kind: "unsettled" }
  | { readonly kind: "obstacle"; readonly obstacle: ScaleObstacle; readonly detail: string }
  /** The answer to a greeting. */
  | { readonly kind: "greeted" }
  /** The question goes on: the scale waits for these bytes. */
  | { readonly kind: "proceed"; readonly bytes: Uint8Array }
  | { readonly kind: "not-understood" };

/** One scale protocol as data and small functions; `scale-session.ts` does the rest. */
export interface ScaleProtocol<Frame> {
  readonly codec: StreamCodec<Frame>;
  readonly read: (frame: Frame) => ScaleWord | undefined;
  readonly speaks: Speaks;
  /** The bytes of what can be commanded; anything else is unsupported. */
  readonly commands?: Partial<Record<CommandTask["kind"], Uint8Array>>;
  /** The unit where the frame has none. */
  readonly unit?: string;
  /** When a weight is at rest that comes without saying so. */
  readonly resting?: RestingRule;
  /** More is an overload, where the frame has no word for it; an exact decimal in `unit`. */
  readonly capacity?: string | undefined;
}

export type Speaks =
  | {
      readonly when: "asked";
      readonly ask: Uint8Array;
      /** Sent once before the first question; `greeted` answers it. */
      readonly greet?: Uint8Array;
      readonly everyMs: number;
    }
  /** By itself; `silenceMs` without a frame is its end. The first frame after opening is never told. */
  | { readonly when: "always"; readonly silenceMs: number };

const codes = {
  overload: "scale-overload",
  underload: "scale-underload",
  "no-zero": "scale-no-zero",
  error: "scale-error",
} as const;

export const obstacleFault = (obstacle: ScaleObstacle, detail: string): Fault => ({
  code: codes[obstacle],
  detail,
});

/** A weight, or nothing where the frame holds none. */
export const weightWord = (weight: ScaleWeight | undefined): ScaleWord | undefined =>
  weight && { kind: "weight", weight };
