import type { Observation } from "../../protocols/readings.ts";

export type PresenceObservation = Extract<Observation, { kind: "presence" }>;

/** Said when it changes; a sensor that repeats itself says nothing new. */
export interface Presences {
  told(presence: PresenceObservation): readonly PresenceObservation[];
  /** Nobody knows what happens meanwhile, so the next word is news whatever it is. */
  unwatched(): void;
}

export function presences(): Presences {
  let last: boolean | undefined;
  return {
    told(presence) {
      if (presence.present === last) return [];
      last = presence.present;
      return [presence];
    },
    unwatched() {
      last = undefined;
    },
  };
}
