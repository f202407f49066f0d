import type { EventTypeName } from "../../protocols/events.ts";
import type { LineFault } from "../line-faults.ts";
import type { Stimulus } from "../stimuli.ts";

/** An event that HQ is to hold because of an action. */
export interface ExpectedEvent {
  readonly type: EventTypeName;
  /** The event's subject, where it can be known beforehand: the item's URI. Tickets get their names at the gateway. */
  readonly subject?: string;
  /** False when something was broken at that moment, so that the store may not have noticed. */
  readonly certain: boolean;
}

/** One thing that happens to one device, and what it causes. */
export type TimedAction = {
  /** Since the scenario began. */
  readonly atMs: number;
  readonly device: string;
  readonly expected: readonly ExpectedEvent[];
} & (
  | { readonly what: "stimulus"; readonly stimulus: Stimulus }
  | { readonly what: "line-fault"; readonly fault: LineFault }
  | { readonly what: "unplug" }
  | { readonly what: "replug" }
);

export function stimulate(
  atMs: number,
  device: string,
  stimulus: Stimulus,
  ...expected: readonly ExpectedEvent[]
): TimedAction {
  return { atMs: Math.round(atMs), device, what: "stimulus", stimulus, expected };
}
