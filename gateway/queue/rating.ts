import type { QueueAction, Stamp } from "../../protocols/readings.ts";
import { counterStateOf } from "./counter-state.ts";
import type { Turn } from "./turn.ts";

type RateAction = Extract<QueueAction, { kind: "rate" }>;

/** Whom a counter served last, as far as a rating may still be theirs. */
interface Served {
  readonly ticket: string;
  readonly service: string;
  readonly at: Stamp;
}

/** The last rating at a counter: a customer's first press counts. */
interface Rated {
  readonly ticket?: string;
  readonly at: Stamp;
}

/** A customer presses on the way out; later it is somebody else, who knows whom. */
const wayOutMs = 120_000;
/** Where nobody knows whose rating it is, presses within this time are one customer's. */
const oneCustomerMs = 20_000;

const servedKey = (readPoint: string): string => `served/${readPoint}`;
const ratedKey = (readPoint: string): string => `rated/${readPoint}`;

export function noteServed(turn: Turn, readPoint: string, ticket: Pick<Served, "ticket" | "service">): void {
  const served: Served = { ticket: ticket.ticket, service: ticket.service, at: turn.cause.at };
  turn.put(servedKey(readPoint), served);
}

/** A face was pressed at a counter: one rating for each customer, the first. */
export function rate(turn: Turn, { score }: RateAction): void {
  const { readPoint, at } = turn.cause;
  const { counters, settings } = turn.rules;
  if (!counters.has(readPoint) || score > settings.faces) return;
  const rated = turn.get(ratedKey(readPoint)) as Rated | undefined;
  const customer = customerAt(turn, readPoint);
  if (rated !== undefined && isSameCustomer(turn, rated, customer?.ticket)) return;
  turn.put(ratedKey(readPoint), { ...(customer === undefined ? {} : { ticket: customer.ticket }), at });
  turn.tell({
    type: "storewire.queue.rating",
    ...turn.fact(readPoint),
    data: {
      counter: readPoint,
      score,
      faces: settings.faces,
      ...(customer === undefined ? {} : { ticket: customer.ticket, service: customer.service }),
    },
  });
}

function customerAt(turn: Turn, readPoint: string): Pick<Served, "ticket" | "service"> | undefined {
  const current = counterStateOf(turn, readPoint)?.current;
  if (current?.state === "serving") return current.ticket;
  const served = turn.get(servedKey(readPoint)) as Served | undefined;
  return served !== undefined && turn.since(served.at) <= wayOutMs ? served : undefined;
}

function isSameCustomer(turn: Turn, rated: Rated, ticket: string | undefined): boolean {
  if (ticket !== undefined || rated.ticket !== undefined) return rated.ticket === ticket;
  const elapsedMs = turn.since(rated.at);
  return elapsedMs >= 0 && elapsedMs < oneCustomerMs;
}
