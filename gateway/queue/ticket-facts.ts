import type { EventData } from "../../protocols/events.ts";
import type { Ticket } from "./line.ts";
import type { Turn } from "./turn.ts";

/** What every event of a ticket says about when and where it comes from. */
export const ticketFact = (turn: Turn, { ticket, unsetAt }: Ticket) => ({
  ...turn.fact(ticket),
  ...(unsetAt === undefined ? {} : { businessDayAt: unsetAt }),
});

/** What every event of a ticket says of it. */
export function ticketData(
  { rules, context }: Turn,
  { ticket, number, service, priorityClass, businessDay, unsetAt }: Ticket,
): EventData<"storewire.queue.ticket.issued"> {
  const issuedAt = unsetAt && context.time.departed(unsetAt);
  // The day that the shop believed in when the ticket was drawn may not have been the right one.
  const day = issuedAt === undefined ? businessDay : rules.localTime(issuedAt.wallMs).day;
  return { ticket, number, service, priorityClass, businessDay: day };
}
