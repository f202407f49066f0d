/*
 * When a load is at rest, for frames that do not say so. A value has come to rest when so many frames in a row
 * and so much time have shown nothing else. At rest, one other frame alone is not believed: a Yaohua's check
 * does not see digits that changed places, and a load that is really lifted shows in the next frame as well.
 *
 *   moving --- the same, often and long enough ---> resting <--- the old value ---.
 *     ^                                                |                          |
 *     |                                                '--- another value ---> doubted
 *     '------------------------- another value again ---------------------------'
 */
export interface RestingRule {
  readonly frames: number;
  readonly forMs: number;
}

export interface Resting {
  /** Weight, unit and mode as one text; undefined before the first frame. */
  readonly value: string | undefined;
  readonly frames: number;
  /** So much time has passed since the value was first seen. */
  readonly timeIsUp: boolean;
  readonly doubted: boolean;
}

export const unseen: Resting = { value: undefined, frames: 0, timeIsUp: false, doubted: false };

export interface RestingStep {
  readonly state: Resting;
  /** `doubted`: nothing is to be said of this frame. `moved`: the time counts anew. */
  readonly verdict: "moved" | "moving" | "resting" | "doubted";
}

/** A frame has shown `value`. */
export function restingStep(rule: RestingRule, before: Resting, value: string): RestingStep {
  if (value === before.value) {
    const frames = Math.min(before.frames + 1, rule.frames);
    const state = { ...before, frames, doubted: false };
    return { state, verdict: isResting(rule, state) ? "resting" : "moving" };
  }
  if (isResting(rule, before) && !before.doubted)
    return { state: { ...before, doubted: true }, verdict: "doubted" };
  return { state: { value, frames: 1, timeIsUp: rule.forMs === 0, doubted: false }, verdict: "moved" };
}

const isResting = (rule: RestingRule, { frames, timeIsUp }: Resting): boolean =>
  timeIsUp && frames >= rule.frames;
