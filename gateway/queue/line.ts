import type { Stamp } from "../../protocols/readings.ts";
import type { Readable, Turn } from "./turn.ts";

/** A ticket from the press that made it. */
export interface Ticket {
  readonly ticket: string;
  readonly number: string;
  readonly service: string;
  readonly priorityClass: string;
  readonly businessDay: string;
  /** When it was drawn, where the clock was not set: the business day is known once that is. */
  readonly unsetAt?: Stamp;
  /** Rises with each ticket of the site, so that lines can be compared. */
  readonly order: number;
  /** Since when its customer waits. */
  readonly since: Stamp;
  /** The only counter that may call it. */
  readonly counter?: string;
  /** How long it was foretold to wait, before anybody corrected that by what is usual. */
  readonly foretoldMs?: number;
}

/** Where a ticket is, by its id; one that is nowhere has ended. */
export type Whereabouts =
  | {
      readonly kind: "line";
      readonly service: string;
      readonly priorityClass: string;
      readonly place: number;
    }
  | { readonly kind: "transferred" }
  | { readonly kind: "counter"; readonly counter: string };

/** Where a line begins and ends: tickets stand at `head` up to, not including, `tail`, but for those who are `gone`. */
interface Line {
  readonly head: number;
  readonly tail: number;
  readonly gone?: number;
}

const emptyLine: Line = { head: 0, tail: 0 };
const lineKey = (service: string, priorityClass: string): string => `line/${service}/${priorityClass}`;
const placeKey = (service: string, priorityClass: string, place: number): string =>
  `place/${service}/${priorityClass}/${place}`;
const whereKey = (ticket: string): string => `ticket/${ticket}`;
/** Those who were sent on from a counter: few at a time, in the order in which they were. */
const transferredKey = "transferred";

/**
 * The people who wait for one service in one priority class, first come first served. Each ticket is a
 * document of its own, so that neither joining nor leaving a long line rewrites it.
 */
export function waitingIn(documents: Readable, service: string, priorityClass: string): number {
  const { head, tail, gone = 0 } = lineOf(documents, service, priorityClass);
  const sentHere = transferredIn(documents).filter(
    (ticket) => ticket.service === service && ticket.priorityClass === priorityClass,
  );
  return tail - head - gone + sentHere.length;
}

/** Whoever came first of those in a line. */
export function firstIn(documents: Readable, service: string, priorityClass: string): Ticket | undefined {
  const { head } = lineOf(documents, service, priorityClass);
  return documents.get(placeKey(service, priorityClass, head)) as Ticket | undefined;
}

/** Those who stand first in a line, in its order. */
export function standingIn(
  documents: Readable,
  service: string,
  priorityClass: string,
  most: number,
): readonly Ticket[] {
  const { head, tail } = lineOf(documents, service, priorityClass);
  const standing: Ticket[] = [];
  for (let place = head; place < tail && standing.length < most; place += 1) {
    const ticket = documents.get(placeKey(service, priorityClass, place)) as Ticket | undefined;
    if (ticket !== undefined) standing.push(ticket);
  }
  return standing;
}

/** How many stand in a line before the first for whom this does not hold; it holds for those who came first. */
export function standingLonger(
  documents: Readable,
  service: string,
  priorityClass: string,
  isOlder: (ticket: Ticket) => boolean,
): number {
  const { head, tail, gone = 0 } = lineOf(documents, service, priorityClass);
  let [from, to] = [head, tail];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const place = takenFrom(documents, { service, priorityClass }, middle, to);
    const ticket = documents.get(placeKey(service, priorityClass, place)) as Ticket | undefined;
    if (ticket !== undefined && isOlder(ticket)) from = place + 1;
    else to = middle;
  }
  // Where there are gaps they are spread over the line.
  return tail === head ? 0 : ((from - head) * (tail - head - gone)) / (tail - head);
}

export const transferredIn = (documents: Readable): readonly Ticket[] =>
  (documents.get(transferredKey) as readonly Ticket[] | undefined) ?? [];

export const whereaboutsOf = (documents: Readable, ticket: string): Whereabouts | undefined =>
  documents.get(whereKey(ticket)) as Whereabouts | undefined;

/** The ticket with this id, where it waits. */
export function waitingTicket(documents: Readable, id: string): Ticket | undefined {
  const where = whereaboutsOf(documents, id);
  if (where?.kind === "transferred") return transferredIn(documents).find(({ ticket }) => ticket === id);
  if (where?.kind !== "line") return undefined;
  return documents.get(placeKey(where.service, where.priorityClass, where.place)) as Ticket | undefined;
}

/** Takes its place at the end of its line. */
export function joinLine(turn: Turn, ticket: Ticket): void {
  const { service, priorityClass } = ticket;
  const line = lineOf(turn, service, priorityClass);
  const where: Whereabouts = { kind: "line", service, priorityClass, place: line.tail };
  turn.put(placeKey(service, priorityClass, line.tail), ticket);
  turn.put(lineKey(service, priorityClass), { ...line, tail: line.tail + 1 });
  turn.put(whereKey(ticket.ticket), where);
}

/** Waits beside the lines, because it came from a counter. */
export function joinTransferred(turn: Turn, ticket: Ticket): void {
  const where: Whereabouts = { kind: "transferred" };
  turn.put(transferredKey, [...transferredIn(turn), ticket]);
  turn.put(whereKey(ticket.ticket), where);
}

/** A counter has to do with it. */
export function joinCounter(turn: Turn, { ticket }: Ticket, counter: string): void {
  const where: Whereabouts = { kind: "counter", counter };
  turn.put(whereKey(ticket), where);
}

/** Its life has ended: nothing of it stays. */
export const forgetTicket = (turn: Turn, { ticket }: Ticket): void => turn.put(whereKey(ticket), undefined);

/** Goes out of wherever it waits. */
export function leaveLine(turn: Turn, { ticket }: Ticket): void {
  const where = whereaboutsOf(turn, ticket);
  if (where?.kind === "transferred") {
    turn.put(
      transferredKey,
      transferredIn(turn).filter((other) => other.ticket !== ticket),
    );
  }
  if (where?.kind === "line") leavePlace(turn, where);
  turn.put(whereKey(ticket), undefined);
}

/** From the middle a gap stays behind, until the line's head has come past it. */
function leavePlace(turn: Turn, where: Extract<Whereabouts, { kind: "line" }>): void {
  const { service, priorityClass, place } = where;
  turn.put(placeKey(service, priorityClass, place), undefined);
  const { head, tail, gone = 0 } = lineOf(turn, service, priorityClass);
  let [next, gaps] = [head, gone + 1];
  while (next < tail && turn.get(placeKey(service, priorityClass, next)) === undefined) {
    next += 1;
    gaps -= 1;
  }
  turn.put(lineKey(service, priorityClass), { head: next, tail, ...(gaps === 0 ? {} : { gone: gaps }) });
}

/** The first place from this one on that somebody stands at. */
function takenFrom(
  documents: Readable,
  { service, priorityClass }: Pick<Ticket, "service" | "priorityClass">,
  from: number,
  to: number,
): number {
  let place = from;
  while (place < to && documents.get(placeKey(service, priorityClass, place)) === undefined) place += 1;
  return place;
}

const lineOf = (documents: Readable, service: string, priorityClass: string): Line =>
  (documents.get(lineKey(service, priorityClass)) as Line | undefined) ?? emptyLine;
