import type { Stamp } from "../../protocols/readings.ts";
import type { DocumentChange, Documents } from "../service.ts";

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
}

/** Where a line begins and ends: tickets stand at `head` up to, not including, `tail`. */
interface Line {
  readonly head: number;
  readonly tail: number;
}

const emptyLine: Line = { head: 0, tail: 0 };
const lineKey = (service: string, priorityClass: string): string => `line/${service}/${priorityClass}`;
const placeKey = (service: string, priorityClass: string, place: number): string =>
  `place/${service}/${priorityClass}/${place}`;

/**
 * The people who wait for one service in one priority class, first come first served. Each ticket is a
 * document of its own, so that neither joining nor leaving a long line rewrites it.
 */
export function waitingIn(documents: Documents, service: string, priorityClass: string): number {
  const { head, tail } = lineOf(documents, service, priorityClass);
  return tail - head;
}

export function firstIn(documents: Documents, service: string, priorityClass: string): Ticket | undefined {
  const { head } = lineOf(documents, service, priorityClass);
  return documents.get(placeKey(service, priorityClass, head)) as Ticket | undefined;
}

export function joinLine(documents: Documents, ticket: Ticket): readonly DocumentChange[] {
  const { service, priorityClass } = ticket;
  const { head, tail } = lineOf(documents, service, priorityClass);
  return [
    { key: placeKey(service, priorityClass, tail), value: ticket },
    { key: lineKey(service, priorityClass), value: { head, tail: tail + 1 } },
  ];
}

/** Takes out the first of the line, which must be this ticket. */
export function leaveLine(documents: Documents, ticket: Ticket): readonly DocumentChange[] {
  const { service, priorityClass } = ticket;
  const { head, tail } = lineOf(documents, service, priorityClass);
  return [
    { key: placeKey(service, priorityClass, head), value: undefined },
    { key: lineKey(service, priorityClass), value: { head: head + 1, tail } },
  ];
}

const lineOf = (documents: Documents, service: string, priorityClass: string): Line =>
  (documents.get(lineKey(service, priorityClass)) as Line | undefined) ?? emptyLine;
