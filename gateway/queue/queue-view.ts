import type { FaultCode } from "../../protocols/faults.ts";
import type { StepContext } from "../service.ts";
import { type Call, callsIn } from "./calls.ts";
import { mayCall } from "./counter.ts";
import { type CounterTicket, counterStateOf } from "./counter-state.ts";
import { crowdViews } from "./crowd.ts";
import { foretellWaitMs, type Outlook } from "./expected-wait.ts";
import { type KioskTicket, kioskTickets, printerTrouble } from "./kiosk.ts";
import { firstIn, standingIn, type Ticket, transferredIn, waitingIn } from "./line.ts";
import { type ExpectedWait, honestly } from "./pace.ts";
import type { CounterConfig, QueueRules, QueueServiceConfig } from "./rules.ts";
import { type ShelfView, shelfViews } from "./shelf.ts";
import type { Readable } from "./turn.ts";

/** The moment that is looked at. */
export type Now = Pick<StepContext, "now" | "time">;

export interface CounterView {
  readonly readPoint: string;
  readonly name: string;
  readonly state: "open" | "paused" | "closed";
  /** How long it has been in this state; absent where it is closed. */
  readonly sinceMs?: number;
  readonly services: readonly string[];
  readonly ticket?: CounterTicketView;
}

export interface CounterTicketView {
  readonly ticket: string;
  readonly number: string;
  readonly service: string;
  readonly priorityClass: string;
  readonly state: CounterTicket["state"];
  readonly attempt: number;
  /** Since the first call. */
  readonly calledMs: number;
}

export interface WaitingView {
  readonly priorityClass: string;
  readonly waiting: number;
  /** For whoever came now; absent where no counter is open for the service. */
  readonly expected?: ExpectedWait;
}

export interface ServiceView {
  readonly id: string;
  readonly name: string;
  readonly nameChinese: string;
  readonly waiting: number;
  readonly classes: readonly WaitingView[];
  readonly longestWaitMs: number;
}

/** A call as it is shown: how long ago instead of when, since a page's clock may be another one. */
export type CallView = Omit<Call, "at"> & { readonly counterName: string; readonly agoMs: number };

export interface KioskView {
  readonly readPoint: string;
  /** The fault that keeps it from printing: paper-end, cover-open, printer-error, device-absent. */
  readonly trouble?: FaultCode;
  /** What was drawn here last, the oldest first, to be shown as long as a page wants. */
  readonly tickets: readonly KioskTicket[];
}

export interface TicketView {
  readonly ticket: string;
  readonly number: string;
  readonly service: string;
  readonly priorityClass: string;
  readonly waitedMs: number;
}

/** A queue without tickets: how many stand in it, and between what the truth lies. */
export type CrowdView = ReturnType<typeof crowdViews>[number];

/** The waiting area as pages show it; all of it can be sent as JSON. */
export interface QueueView {
  readonly siteName: string;
  readonly faces: number;
  readonly priorityClasses: readonly {
    readonly id: string;
    readonly name: string;
    readonly nameChinese: string;
  }[];
  readonly counters: readonly CounterView[];
  readonly services: readonly ServiceView[];
  /** Tickets at counters, the latest call first. */
  readonly nowServing: readonly CallView[];
  /** Those who are likely to be called soon, the next one first. */
  readonly next: readonly TicketView[];
  /** The latest first; a board speaks each `call` once. */
  readonly calls: readonly CallView[];
  readonly kiosks: readonly KioskView[];
  /** Where staff was called to. */
  readonly shelves: readonly ShelfView[];
  readonly crowds: readonly CrowdView[];
}

/** Those who come soon, as far as a board shows them. */
const nextShown = 8;

/** What whoever came now for a service, in a priority class, would have to expect. */
export type Foretelling = (service: string, priorityClass: string) => { readonly expected?: ExpectedWait };

export const foretelling =
  (documents: Readable, rules: QueueRules, now: Now): Foretelling =>
  (service, priorityClass) =>
    expectedFor(outlookOf(documents, rules, now), comingTo(service, priorityClass, now));

/** Foretelling is most of the work; whoever looks often may bring an older one. */
export function queueView(
  documents: Readable,
  rules: QueueRules,
  now: Now,
  foretell: Foretelling = foretelling(documents, rules, now),
): QueueView {
  const calls = [...callsIn(documents)].reverse().map((call) => callView(call, rules, now));
  const counters = [...rules.counters.keys()].map((readPoint) =>
    counterView(documents, rules, now, readPoint),
  );
  return {
    siteName: rules.siteName,
    faces: rules.settings.faces,
    priorityClasses: rules.classes.map(({ id, name = id, nameChinese = name }) => ({
      id,
      name,
      nameChinese,
    })),
    counters,
    services: [...rules.services.values()].map((service) => ({
      ...serviceView(documents, rules, service, foretell),
      longestWaitMs: longestWaitMs(documents, rules, now, service.id),
    })),
    nowServing: servingIn(counters, calls),
    next: comingNext(documents, rules, now),
    calls,
    kiosks: rules.kiosks.map((readPoint) => kioskView(documents, rules, readPoint)),
    shelves: shelfViews(documents, rules, now),
    crowds: crowdViews(documents, rules),
  };
}

export const agoMs = ({ now, time }: Now, at: Ticket["since"]): number =>
  Math.max(0, time.elapsedMs(at, now));

function counterView(documents: Readable, rules: QueueRules, now: Now, readPoint: string): CounterView {
  const { services = [], name = readPoint } = rules.counters.get(readPoint) ?? {};
  const state = counterStateOf(documents, readPoint);
  if (state === undefined) return { readPoint, name, services, state: "closed" };
  const { current } = state;
  const shown = { readPoint, name, services, state: state.state, sinceMs: agoMs(now, state.since) };
  return current === undefined ? shown : { ...shown, ticket: counterTicketView(current, now) };
}

export function counterTicketView(
  { ticket, state, attempt, called }: CounterTicket,
  now: Now,
): CounterTicketView {
  const { number, service, priorityClass } = ticket;
  return {
    ticket: ticket.ticket,
    number,
    service,
    priorityClass,
    state,
    attempt,
    calledMs: agoMs(now, called),
  };
}

function serviceView(
  documents: Readable,
  rules: QueueRules,
  { id, name, nameChinese }: QueueServiceConfig,
  foretell: Foretelling,
): Omit<ServiceView, "longestWaitMs"> {
  const classes = rules.classes.map(({ id: priorityClass }) => ({
    priorityClass,
    waiting: waitingIn(documents, id, priorityClass),
    ...foretell(id, priorityClass),
  }));
  const waiting = classes.reduce((sum, each) => sum + each.waiting, 0);
  return { id, name, nameChinese, waiting, classes };
}

export const outlookOf = (documents: Readable, rules: QueueRules, { now, time }: Now): Outlook => ({
  documents,
  rules,
  at: now,
  since: (at) => time.elapsedMs(at, now),
});

/** Whoever would draw a ticket now. */
const comingTo = (service: string, priorityClass: string, { now }: Now): Ticket => ({
  ticket: "",
  number: "",
  service,
  priorityClass,
  businessDay: "",
  order: Number.POSITIVE_INFINITY,
  since: now,
});

export function expectedFor(outlook: Outlook, ticket: Ticket): { readonly expected?: ExpectedWait } {
  const foretoldMs = foretellWaitMs(outlook, ticket);
  return foretoldMs === undefined ? {} : { expected: honestly(outlook.documents, foretoldMs) };
}

/** How long whoever has waited longest for a service has done so; 0 where nobody waits. */
export function longestWaitMs(documents: Readable, rules: QueueRules, now: Now, service: string): number {
  const first = rules.classes.map(({ id }) => firstIn(documents, service, id));
  const sent = transferredIn(documents).filter((ticket) => ticket.service === service);
  return Math.max(
    0,
    ...[...first, ...sent].map((ticket) => (ticket === undefined ? 0 : agoMs(now, ticket.since))),
  );
}

function callView({ at, ...call }: Call, { counters }: QueueRules, now: Now): CallView {
  const counterName = counters.get(call.counter)?.name ?? call.counter;
  return { ...call, counterName, agoMs: agoMs(now, at) };
}

/** The last call of each ticket that is at a counter. */
function servingIn(counters: readonly CounterView[], calls: readonly CallView[]): readonly CallView[] {
  const serving = counters.flatMap(({ readPoint, name, ticket: current }) => {
    if (current === undefined) return [];
    const { ticket, number, service, attempt, calledMs } = current;
    const known = calls.find((call) => call.ticket === ticket);
    const made = { ticket, number, service, counter: readPoint, counterName: name, attempt };
    return [known ?? { ...made, call: 0, agoMs: calledMs }];
  });
  return serving.sort((left, right) => left.agoMs - right.agoMs);
}

/** By the policy's own choice, as if one counter called everybody. */
function comingNext(documents: Readable, rules: QueueRules, now: Now): readonly TicketView[] {
  const lines = linesAt(documents, rules, rules.services.keys(), nextShown);
  const sent = transferredIn(documents).map((ticket) => [ticket]);
  const anywhere = { prefers: [], most: nextShown };
  return inCallingOrder([...lines, ...sent], rules, now, anywhere);
}

/** A clerk looks at those who come next; more of them than this would only be scrolled past. */
const waitingShown = 30;

/** Whom a counter may call, in the order in which it would now. */
export function waitingFor(
  documents: Readable,
  rules: QueueRules,
  now: Now,
  readPoint: string,
): readonly TicketView[] {
  const counter = rules.counters.get(readPoint);
  if (counter === undefined) return [];
  const lines = linesAt(documents, rules, counter.services, waitingShown);
  const sent = transferredIn(documents).filter((ticket) => mayCall(counter, ticket));
  const there = { prefers: counter.prefers, most: waitingShown };
  return inCallingOrder([...lines, ...sent.map((ticket) => [ticket])], rules, now, there);
}

/** The first of each line of these services, `most` of each. */
const linesAt = (
  documents: Readable,
  rules: QueueRules,
  services: Iterable<string>,
  most: number,
): readonly (readonly Ticket[])[] =>
  [...services].flatMap((service) => rules.classes.map(({ id }) => standingIn(documents, service, id, most)));

/** As if nobody else came, and nobody waited on in between: within a line nobody overtakes, so its first stands for it. */
function inCallingOrder(
  lines: readonly (readonly Ticket[])[],
  { policy }: QueueRules,
  now: Now,
  { prefers, most }: { readonly prefers: CounterConfig["prefers"]; readonly most: number },
): readonly TicketView[] {
  const left = lines.map((line) => line.map((ticket) => ({ ...ticket, waitedMs: agoMs(now, ticket.since) })));
  const ordered: TicketView[] = [];
  while (ordered.length < most) {
    const firsts = left.flatMap((line) => line.slice(0, 1));
    const chosen = policy.choose(firsts, { prefers });
    if (chosen === undefined) break;
    left.find(([first]) => first === chosen)?.shift();
    const { ticket, number, service, priorityClass, waitedMs } = chosen;
    ordered.push({ ticket, number, service, priorityClass, waitedMs });
  }
  return ordered;
}

function kioskView(documents: Readable, { printers }: QueueRules, readPoint: string): KioskView {
  const printer = printers.get(readPoint);
  const trouble = printer === undefined ? undefined : printerTrouble(documents, printer);
  const tickets = kioskTickets(documents, readPoint);
  return { readPoint, ...(trouble === undefined ? {} : { trouble }), tickets };
}
