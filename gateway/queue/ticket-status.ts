import { counterStateOf } from "./counter-state.ts";
import { waitingAhead } from "./expected-wait.ts";
import { waitingTicket, whereaboutsOf } from "./line.ts";
import type { ExpectedWait } from "./pace.ts";
import {
  agoMs,
  type CounterTicketView,
  counterTicketView,
  expectedFor,
  type Now,
  outlookOf,
  type TicketView,
} from "./queue-view.ts";
import type { QueueRules } from "./rules.ts";
import type { Readable } from "./turn.ts";

/** What a ticket's own page shows. */
export type TicketStatus =
  | {
      readonly state: "waiting";
      readonly ticket: TicketView;
      readonly before: number;
      /** From now on; absent where no counter is open for it. */
      readonly expected?: ExpectedWait;
    }
  | {
      readonly state: "called" | "serving";
      readonly ticket: CounterTicketView;
      readonly counter: string;
      readonly counterName: string;
    }
  /** It has ended, or there never was one. */
  | { readonly state: "unknown" };

export function ticketStatus(documents: Readable, rules: QueueRules, now: Now, id: string): TicketStatus {
  const where = whereaboutsOf(documents, id);
  if (where?.kind === "counter") {
    const current = counterStateOf(documents, where.counter)?.current;
    if (current?.ticket.ticket !== id) return { state: "unknown" };
    const counterName = rules.counters.get(where.counter)?.name ?? where.counter;
    const ticket = counterTicketView(current, now);
    return { state: current.state, ticket, counter: where.counter, counterName };
  }
  const found = waitingTicket(documents, id);
  if (found === undefined) return { state: "unknown" };
  const { ticket, number, service, priorityClass, since } = found;
  const shown = { ticket, number, service, priorityClass, waitedMs: agoMs(now, since) };
  const outlook = outlookOf(documents, rules, now);
  const before = waitingAhead(outlook, found);
  return { state: "waiting", ticket: shown, before, ...expectedFor(outlook, found) };
}
