import type { Smoothing } from "../protocols/config/devices.ts";
import type { Observation } from "../protocols/readings.ts";
import { buttons } from "./smoothing/buttons.ts";
import { presences } from "./smoothing/presences.ts";
import { scans } from "./smoothing/scans.ts";
import { tags } from "./smoothing/tags.ts";
import { weights } from "./smoothing/weights.ts";

/** Makes of a device's raw observations what is worth a reading. Times are monotonic and never go back. */
export interface Smoother {
  observe(observation: Observation, nowMs: number): readonly Observation[];
  /** Whether the device can see anything from now on. */
  look(looking: boolean, nowMs: number): void;
  /** What follows from time alone. */
  tick(nowMs: number): readonly Observation[];
  /** When `tick` is to be called next; undefined when nothing can become due by itself. */
  dueMs(): number | undefined;
}

export function smoother(settings: Smoothing): Smoother {
  const tagsInView = tags(settings);
  const weighings = weights(settings);
  const presses = buttons(settings);
  const codes = scans(settings);
  const presence = presences();
  return {
    observe(observation, nowMs) {
      if (isWhole(observation)) return [observation];
      switch (observation.kind) {
        case "tag":
          return tagsInView.seen(observation, nowMs);
        case "weight":
          return weighings.weighed(observation);
        case "button":
          return presses.changed(observation, nowMs);
        case "scan":
          return codes.scanned(observation, nowMs);
        case "presence":
          return presence.told(observation);
      }
    },
    look(looking, nowMs) {
      tagsInView.look(looking, nowMs);
      if (!looking) {
        weighings.unwatched();
        presence.unwatched();
      }
    },
    tick: (nowMs) => tagsInView.departures(nowMs),
    dueMs: () => tagsInView.dueMs(),
  };
}

/** Kinds that are worth a reading as they are observed. */
const wholeKinds = ["passage", "printer", "answer", "action", "health"] as const;

function isWhole(
  observation: Observation,
): observation is Extract<Observation, { kind: (typeof wholeKinds)[number] }> {
  return (wholeKinds as readonly string[]).includes(observation.kind);
}
