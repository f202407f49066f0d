import type { ButtonAction } from "../../protocols/config/devices.ts";
import type { EventDraft } from "../../protocols/events.ts";
import { faults } from "../../protocols/faults.ts";
import type { Reading } from "../../protocols/readings.ts";
import { type Documents, nothing, type ServiceOutcome } from "../service.ts";
import { joinLine, type Ticket, waitingIn } from "./line.ts";
import { type DayNumber, nextNumber, ticketNumber } from "./numbering.ts";
import { orderPrint, ticketElements } from "./printing.ts";
import {
  factOf,
  lengthEvent,
  type Press,
  type QueueRules,
  type QueueServiceConfig,
  ticketFactOf,
  ticketFacts,
} from "./rules.ts";

type IssueAction = Extract<ButtonAction, { kind: "issue" }>;

/** What is counted per site. */
interface Tally {
  readonly order: number;
  /** HQ knows that tickets are being refused. */
  readonly refusing: boolean;
}

const tallyKey = "tally";
const daysKey = (service: string): string => `days/${service}`;

/** A press at the kiosk becomes a ticket: numbered, in line, and on its way to the printer. */
export function issueTicket(press: Press, { service, priorityClass }: IssueAction): ServiceOutcome {
  const { documents, reading, rules, context } = press;
  const wanted = rules.services.get(service);
  if (wanted === undefined) return nothing;
  const tally = (documents.get(tallyKey) as Tally | undefined) ?? { order: 0, refusing: false };
  if (waitingNow(documents, rules) >= rules.waitingMax) return refuse(reading, tally, rules.waitingMax);

  const { day } = rules.localTime(reading.at.wallMs);
  const before = (documents.get(daysKey(service)) as readonly DayNumber[] | undefined) ?? [];
  const isUnset = reading.at.clock === "estimated" && context.time.departed(reading.at) === undefined;
  const drawn = { day, at: reading.at, isUnset };
  const { number, days } = nextNumber(before, drawn, context.time, rules.localTime);
  const ticket: Ticket = {
    ticket: context.newId(),
    number: ticketNumber(wanted.prefix, number),
    service,
    priorityClass,
    businessDay: day,
    ...(isUnset ? { unsetAt: reading.at } : {}),
    order: tally.order + 1,
  };
  const waiting = waitingIn(documents, service, priorityClass) + 1;
  const print = printOf(press, ticket, wanted);
  return {
    changes: [
      { key: tallyKey, value: { order: ticket.order, refusing: false } },
      { key: daysKey(service), value: days },
      ...joinLine(documents, ticket),
      ...print.changes,
    ],
    events: [
      {
        type: "storewire.queue.ticket.issued",
        ...ticketFactOf(reading, ticket),
        data: ticketFacts(press, ticket),
      },
      lengthEvent(reading, service, priorityClass, waiting),
    ],
    commands: print.commands,
  };
}

function waitingNow(documents: Documents, { services, classesByRank }: QueueRules): number {
  let waiting = 0;
  for (const service of services.keys()) {
    for (const priorityClass of classesByRank) waiting += waitingIn(documents, service, priorityClass);
  }
  return waiting;
}

/** Told once until a ticket can be issued again; the presses between change nothing. */
function refuse(reading: Reading, tally: Tally, waitingMax: number): ServiceOutcome {
  if (tally.refusing) return nothing;
  const { words, cure } = faults["queue-full"];
  const alert: EventDraft = {
    type: "storewire.alert.gateway",
    ...factOf(reading, "queue-full"),
    data: { code: "queue-full", cause: words, cure, waitingMax },
  };
  return { ...nothing, changes: [{ key: tallyKey, value: { ...tally, refusing: true } }], events: [alert] };
}

function printOf(
  { documents, reading, rules }: Press,
  ticket: Ticket,
  service: QueueServiceConfig,
): Pick<ServiceOutcome, "changes" | "commands"> {
  const device = rules.printers.get(reading.readPoint);
  if (device === undefined) return nothing;
  const elements = ticketElements(ticket.number, {
    name: service.name,
    nameChinese: service.nameChinese,
    siteName: rules.siteName,
    waitingBefore: waitingBefore(documents, rules, ticket),
    // A wrong time on paper is worse than none.
    issued: reading.at.clock === "synced" ? rules.localTime(reading.at.wallMs) : undefined,
  });
  const { command, changes } = orderPrint(documents, ticket, device, elements);
  return { changes, commands: [command] };
}

/** Whoever is called sooner: the same service's lines of this rank and above. */
function waitingBefore(documents: Documents, { classesByRank }: QueueRules, ticket: Ticket): number {
  const sooner = classesByRank.slice(0, classesByRank.indexOf(ticket.priorityClass) + 1);
  return sooner.reduce((sum, priorityClass) => sum + waitingIn(documents, ticket.service, priorityClass), 0);
}
