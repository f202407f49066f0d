import { fromHex } from "../../protocols/stream/bytes.ts";
import type { Simulator } from "../simulator.ts";

export interface PagerOptions {
  /** The bytes of each key as hex, by its button. */
  readonly frames: Readonly<Record<string, string>>;
  /** So often each press is sent: radio pagers repeat themselves. */
  readonly repeats: number;
}
export const pagerDefaults: PagerOptions = { frames: {}, repeats: 1 };

export interface PagerStimulus {
  readonly kind: "press";
  readonly button: string;
}

/** A clerk's pager: it says what is pressed, and hears nothing. */
export function createPager({ frames, repeats }: PagerOptions): Simulator<undefined, PagerStimulus> {
  return {
    name: "serial-pager",
    initial: undefined,
    step(state, input) {
      const bytes = input.kind === "stimulus" ? fromHex(frames[input.stimulus.button] ?? "") : undefined;
      if (bytes === undefined || bytes.length === 0) return { state, effects: [] };
      return { state, effects: Array.from({ length: repeats }, () => ({ kind: "send", bytes }) as const) };
    },
  };
}
