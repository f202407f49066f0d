import type { Stamp } from "../../protocols/readings.ts";
import type { CounterTicket } from "./counter-state.ts";
import { showCall } from "./displays.ts";
import type { Readable, Turn } from "./turn.ts";

/** One call, as boards show and speak it; a recall is another one. */
export interface Call {
  /** Rises with each call of the site, so that a board knows which it has spoken. */
  readonly call: number;
  readonly ticket: string;
  readonly number: string;
  readonly service: string;
  readonly counter: string;
  readonly attempt: number;
  readonly at: Stamp;
}

/** Calls that boards can still show: two screens full. */
const callsKept = 16;
const callsKey = "calls";

/** The oldest first. */
export const callsIn = (documents: Readable): readonly Call[] =>
  (documents.get(callsKey) as readonly Call[] | undefined) ?? [];

export function noteCall(turn: Turn, { ticket, attempt }: CounterTicket, counter: string): void {
  const before = callsIn(turn);
  const { number, service } = ticket;
  const call = (before.at(-1)?.call ?? 0) + 1;
  const made: Call = { call, ticket: ticket.ticket, number, service, counter, attempt, at: turn.cause.at };
  turn.put(callsKey, [...before, made].slice(-callsKept));
  showCall(turn, made);
}
