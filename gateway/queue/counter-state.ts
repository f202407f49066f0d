import type { Stamp } from "../../protocols/readings.ts";
import type { Ticket } from "./line.ts";
import type { Readable } from "./turn.ts";

/** The ticket that a counter has to do with. */
export interface CounterTicket {
  readonly ticket: Ticket;
  readonly state: "called" | "serving";
  /** Rises with each recall. */
  readonly attempt: number;
  readonly called: Stamp;
}

/** A counter that somebody stands at; one that nobody does has no document. */
export interface CounterState {
  readonly state: "open" | "paused";
  readonly since: Stamp;
  /** The last press, so that an impatient finger is known; `heard` by the gateway's own clock, whatever the agent's says. */
  readonly pressed: { readonly what: string; readonly at: Stamp; readonly heard: Stamp };
  readonly current?: CounterTicket | undefined;
  /** The customer who has just gone, while others wait: how long it takes to the next call belongs to the pace. */
  readonly gone?: { readonly service: string; readonly called: Stamp; readonly ended: Stamp } | undefined;
}

export const counterKey = (readPoint: string): string => `counter/${readPoint}`;
export const counterStateOf = (documents: Readable, readPoint: string): CounterState | undefined =>
  documents.get(counterKey(readPoint)) as CounterState | undefined;
