import type { Stamp } from "../../protocols/readings.ts";
import { counterStateOf } from "./counter-state.ts";
import { standingLonger, type Ticket, transferredIn, waitingIn } from "./line.ts";
import { arrivalsPerMs, paceMs } from "./pace.ts";
import type { QueueRules } from "./rules.ts";
import type { Readable } from "./turn.ts";

/** What a wait is foretold from. */
export interface Outlook {
  readonly documents: Readable;
  readonly rules: QueueRules;
  readonly at: Stamp;
  readonly since: (at: Stamp) => number;
}

/** An open counter that calls the services in question. */
interface OpenCounter {
  readonly readPoint: string;
  readonly services: readonly string[];
  /** The service that it is busy with. */
  readonly busyWith: string | undefined;
}

/** A counter that has had nobody and pressed nothing for so long is not counted on. */
const attendedMs = 900_000;
/** Who overtakes depends on the wait and the wait on who overtakes: so many rounds settle it mostly to the second. */
const rounds = 12;
const settledMs = 1_000;

/**
 * How long a ticket that waits, or has just been drawn, will wait from now on: the work of all who will be called before it, shared by the
 * counters that are open for it. Undefined where no counter is. In what order people are called is taken from the policy's ages.
 */
export function foretellWaitMs(outlook: Outlook, ticket: Ticket): number | undefined {
  const counters = openCounters(outlook);
  const pool = counters.filter(({ readPoint, services }) =>
    ticket.counter === undefined ? services.includes(ticket.service) : readPoint === ticket.counter,
  );
  if (pool.length === 0) return undefined;
  const lines = linesBefore(outlook, counters, pool);
  const busy = pool.filter(({ busyWith }) => busyWith !== undefined);
  const pace = (service: string): number => paceMs(outlook.documents, outlook.rules, service, outlook.at);
  // Where all are busy one has to end first, on average after the share of a pace that its colleagues leave.
  const firstEndMs =
    busy.length < pool.length
      ? 0
      : busy.reduce((sum, { busyWith = "" }) => sum + pace(busyWith), 0) / busy.length / pool.length;
  let waitMs = firstEndMs;
  for (let round = 0; round < rounds; round += 1) {
    const workMs = lines.reduce((sum, line) => sum + line.before(ticket, waitMs) * line.workMs, 0);
    const nextMs = firstEndMs + workMs / pool.length;
    if (Math.abs(nextMs - waitMs) < settledMs) return Math.round(nextMs);
    waitMs = (waitMs + nextMs) / 2;
  }
  return Math.round(waitMs);
}

interface LineBefore {
  /** What one of its customers costs the pool: its pace, as far as the pool and not others serve it. */
  readonly workMs: number;
  /** How many of it are called before this ticket, if that waits so long from now. */
  before(ticket: Ticket, waitMs: number): number;
}

function linesBefore(
  outlook: Outlook,
  counters: readonly OpenCounter[],
  pool: readonly OpenCounter[],
): readonly LineBefore[] {
  const { documents, rules, at } = outlook;
  const served = [...rules.services.keys()].filter((service) =>
    pool.some(({ services }) => services.includes(service)),
  );
  return served.flatMap((service) => {
    const calls = ({ services }: OpenCounter): boolean => services.includes(service);
    const share = pool.filter(calls).length / counters.filter(calls).length;
    const workMs = paceMs(documents, rules, service, at) * share;
    return rules.classes
      .filter(({ id }) => waitingIn(documents, service, id) > 0 || arrivalsOf(outlook, service, id) > 0)
      .map(({ id }) => ({ workMs, before: whoComesBefore(outlook, service, id) }));
  });
}

const arrivalsOf = ({ documents, since }: Outlook, service: string, priorityClass: string): number =>
  arrivalsPerMs(documents, `${service}/${priorityClass}`, since);

/** Where no counter is open nobody knows how long it takes; who overtakes is judged as after an hour. */
const unknownWaitMs = 3_600_000;

/** Of those who wait now for the same service, how many are called before this ticket. */
export function waitingAhead(outlook: Outlook, ticket: Ticket): number {
  const waitMs = foretellWaitMs(outlook, ticket) ?? unknownWaitMs;
  return outlook.rules.classes.reduce(
    (sum, { id }) => sum + Math.round(standingBefore(outlook, ticket.service, id)(ticket, waitMs)),
    0,
  );
}

function whoComesBefore(outlook: Outlook, service: string, priorityClass: string): LineBefore["before"] {
  const perMs = arrivalsOf(outlook, service, priorityClass);
  const standing = standingBefore(outlook, service, priorityClass);
  return (ticket, waitMs) => {
    const olderMs = olderThanMs(outlook, ticket, priorityClass, waitMs);
    return standing(ticket, waitMs) + (olderMs < 0 ? perMs * -olderMs : 0);
  };
}

/** Whoever of this class has waited longer has the greater claim when the ticket's turn comes; below 0 those who are still to come. */
function olderThanMs(
  { rules: { policy }, since }: Outlook,
  ticket: Ticket,
  priorityClass: string,
  waitMs: number,
): number {
  const ages = policy.ages(priorityClass);
  const granted = policy.headStartMs(ticket.priorityClass) - policy.headStartMs(priorityClass);
  const claimMs = policy.ages(ticket.priorityClass) * (since(ticket.since) + waitMs) + granted;
  return claimMs / ages - waitMs;
}

function standingBefore(outlook: Outlook, service: string, priorityClass: string): LineBefore["before"] {
  const { documents, since } = outlook;
  const sent = transferredIn(documents).filter(
    (other) => other.service === service && other.priorityClass === priorityClass,
  );
  return (ticket, waitMs) => {
    const olderMs = olderThanMs(outlook, ticket, priorityClass, waitMs);
    const isOlder = (other: Ticket): boolean =>
      other.ticket !== ticket.ticket &&
      (since(other.since) > olderMs || (since(other.since) === olderMs && other.order < ticket.order));
    return standingLonger(documents, service, priorityClass, isOlder) + sent.filter(isOlder).length;
  };
}

function openCounters({ documents, rules, since }: Outlook): readonly OpenCounter[] {
  return [...rules.counters.values()].flatMap(({ readPoint, services }) => {
    const state = counterStateOf(documents, readPoint);
    if (state?.state !== "open") return [];
    const { current } = state;
    if (current === undefined && since(state.pressed.heard) > attendedMs) return [];
    return [{ readPoint, services, busyWith: current?.ticket.service }];
  });
}
