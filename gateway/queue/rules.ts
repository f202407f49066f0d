import type { Configuration } from "../../protocols/config/configuration.ts";
import type { ButtonAction } from "../../protocols/config/devices.ts";
import type { EventData, EventDraft } from "../../protocols/events.ts";
import type { Reading } from "../../protocols/readings.ts";
import type { LocalTime } from "../local-time.ts";
import { type Documents, momentOf, type StepContext } from "../service.ts";
import type { Ticket } from "./line.ts";

export type QueueServiceConfig = Configuration["queue"]["services"][number];

/** The configured queue, made ready for looking up. */
export interface QueueRules {
  readonly siteName: string;
  readonly localTime: (timeMs: number) => LocalTime;
  /** What a press means, by device and button. */
  readonly actions: ReadonlyMap<string, ReadonlyMap<string, ButtonAction>>;
  readonly services: ReadonlyMap<string, QueueServiceConfig>;
  /** Highest rank first. */
  readonly classesByRank: readonly string[];
  /** The services that a counter calls, by its read point. */
  readonly counters: ReadonlyMap<string, readonly string[]>;
  /** The device that prints, by the kiosk's read point. */
  readonly printers: ReadonlyMap<string, string>;
  readonly waitingMax: number;
}

/** One press of a button, and all that is needed to know what it does. */
export interface Press {
  readonly documents: Documents;
  readonly reading: Reading;
  readonly rules: QueueRules;
  readonly context: StepContext;
}

/** What every event of the queue says about where it comes from. */
export const factOf = ({ device, at, id }: Reading, subject: string) =>
  ({ subject, origin: device, ...momentOf(at), reading: id }) as const;

/** What every event of a ticket says about when and where it comes from. */
export const ticketFactOf = (reading: Reading, { ticket, unsetAt }: Ticket) => ({
  ...factOf(reading, ticket),
  ...(unsetAt === undefined ? {} : { businessDayAt: unsetAt }),
});

/** What every event of a ticket says of it. */
export function ticketFacts(
  { rules, context }: Pick<Press, "rules" | "context">,
  ticket: Ticket,
): EventData<"storewire.queue.ticket.issued"> {
  const { order: _, unsetAt, ...facts } = ticket;
  const issuedAt = unsetAt && context.time.departed(unsetAt);
  // The day that the shop believed in when the ticket was drawn may not have been the right one.
  return issuedAt === undefined ? facts : { ...facts, businessDay: rules.localTime(issuedAt.wallMs).day };
}

/** How many wait, told on every change. */
export function lengthEvent(
  reading: Reading,
  service: string,
  priorityClass: string,
  waiting: number,
): EventDraft {
  return {
    type: "storewire.queue.length",
    ...factOf(reading, `${service}/${priorityClass}`),
    data: { service, priorityClass, waiting },
  };
}
