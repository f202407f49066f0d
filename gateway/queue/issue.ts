import { faults } from "../../protocols/faults.ts";
import type { QueueAction, Stamp } from "../../protocols/readings.ts";
import { foretellWaitMs, type Outlook, waitingAhead } from "./expected-wait.ts";
import { noteKioskTicket } from "./kiosk.ts";
import { noteLength, waitingInAll } from "./lengths.ts";
import { joinLine, type Ticket } from "./line.ts";
import { type DayNumber, nextNumber, ticketNumber } from "./numbering.ts";
import { honestly, learnArrival } from "./pace.ts";
import { orderPrint, ticketElements } from "./printing.ts";
import type { QueueServiceConfig } from "./rules.ts";
import { ticketData, ticketFact } from "./ticket-facts.ts";
import type { Turn } from "./turn.ts";

type IssueAction = Extract<QueueAction, { kind: "issue" }>;

/** What is counted per site. */
interface Tally {
  readonly order: number;
  /** HQ knows that tickets are being refused. */
  readonly refusing: boolean;
  /** The last press that issued a ticket, by device and where it stands: all pages are one device. */
  readonly presses?: Readonly<Record<string, { readonly what: string; readonly at: Stamp }>>;
}

const tallyKey = "tally";
const daysKey = (service: string): string => `days/${service}`;
/** Devices whose last press is remembered: more kiosks than a site has. */
const pressesKept = 32;

/** A press at the kiosk becomes a ticket: numbered, in line, and on its way to the printer. */
export function issueTicket(turn: Turn, action: IssueAction): void {
  const { rules, cause } = turn;
  const { service, priorityClass } = action;
  const wanted = rules.services.get(service);
  if (wanted === undefined || !rules.classes.some(({ id }) => id === priorityClass)) return;
  const tally = (turn.get(tallyKey) as Tally | undefined) ?? { order: 0, refusing: false };
  const what = `${service}/${priorityClass}`;
  if (isPressedAgain(turn, tally, what)) return;
  if (waitingInAll(turn, rules) >= rules.settings.waitingMax) return refuse(turn, tally);

  const ticket = foretold(turn, drawTicket(turn, action, wanted, tally.order + 1));
  const place = placeOf(turn);
  const others = Object.entries(tally.presses ?? {}).filter(([other]) => other !== place);
  const presses = [...others, [place, { what, at: cause.at }]].slice(-pressesKept);
  turn.put(tallyKey, { order: ticket.order, refusing: false, presses: Object.fromEntries(presses) });
  learnArrival(turn, service, priorityClass);
  noteLength(turn, service, priorityClass);
  joinLine(turn, ticket);
  noteLength(turn, service, priorityClass);
  turn.tell({
    type: "storewire.queue.ticket.issued",
    ...ticketFact(turn, ticket),
    data: ticketData(turn, ticket),
  });
  const print = printTicket(turn, ticket, wanted);
  noteKioskTicket(turn, ticket, print);
}

const placeOf = ({ cause }: Turn): string => `${cause.origin} ${cause.readPoint}`;

function foretold(turn: Turn, ticket: Ticket): Ticket {
  const foretoldMs = foretellWaitMs(outlookOf(turn), ticket);
  return foretoldMs === undefined ? ticket : { ...ticket, foretoldMs };
}

const outlookOf = (turn: Turn): Outlook => ({
  documents: turn,
  rules: turn.rules,
  at: turn.cause.at,
  since: (at) => turn.since(at),
});

/** An impatient finger; somebody else cannot have come to the kiosk in so short a time. */
function isPressedAgain(turn: Turn, { presses }: Tally, what: string): boolean {
  const last = presses?.[placeOf(turn)];
  if (last === undefined || last.what !== what) return false;
  const elapsedMs = turn.since(last.at);
  return elapsedMs >= 0 && elapsedMs < turn.rules.settings.pressAgainMs;
}

function drawTicket(
  turn: Turn,
  { service, priorityClass }: IssueAction,
  { prefix }: QueueServiceConfig,
  order: number,
): Ticket {
  const { cause, rules, context } = turn;
  const { day } = rules.localTime(cause.at.wallMs);
  const before = (turn.get(daysKey(service)) as readonly DayNumber[] | undefined) ?? [];
  const isUnset = cause.at.clock === "estimated" && context.time.departed(cause.at) === undefined;
  const drawn = { day, at: cause.at, isUnset };
  const { number, days } = nextNumber(before, drawn, context.time, rules.localTime);
  turn.put(daysKey(service), days);
  return {
    ticket: context.newId(),
    number: ticketNumber(prefix, number),
    service,
    priorityClass,
    businessDay: day,
    ...(isUnset ? { unsetAt: cause.at } : {}),
    order,
    since: cause.at,
  };
}

/** Told once until a ticket can be issued again; the presses between change nothing. */
function refuse(turn: Turn, tally: Tally): void {
  if (tally.refusing) return;
  const { words, cure } = faults["queue-full"];
  const { waitingMax } = turn.rules.settings;
  turn.put(tallyKey, { ...tally, refusing: true });
  turn.tell({
    type: "storewire.alert.gateway",
    ...turn.fact("queue-full"),
    data: { code: "queue-full", cause: words, cure, waitingMax },
  });
}

/** Whether the ticket is on its way to a printer. */
function printTicket(turn: Turn, ticket: Ticket, { name, nameChinese }: QueueServiceConfig): boolean {
  const { rules, cause } = turn;
  const device = rules.printers.get(cause.readPoint);
  if (device === undefined) return false;
  const { statusUrl } = rules.settings;
  const elements = ticketElements(ticket.number, {
    name,
    nameChinese,
    siteName: rules.siteName,
    waitingBefore: waitingAhead(outlookOf(turn), ticket),
    // A wrong time on paper is worse than none.
    expected: ticket.foretoldMs === undefined ? undefined : honestly(turn, ticket.foretoldMs),
    issued: cause.at.clock === "synced" ? rules.localTime(cause.at.wallMs) : undefined,
    statusUrl: statusUrl === undefined ? undefined : statusUrl + ticket.ticket,
  });
  orderPrint(turn, ticket, device, elements);
  return true;
}
