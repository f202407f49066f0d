import type { ButtonAction } from "../../protocols/config/devices.ts";
import type { EventDraft } from "../../protocols/events.ts";
import { type DocumentChange, type Documents, nothing, type ServiceOutcome } from "../service.ts";
import { firstIn, leaveLine, type Ticket, waitingIn } from "./line.ts";
import { lengthEvent, type Press, type QueueRules, ticketFactOf, ticketFacts } from "./rules.ts";

/** The ticket that a counter has to do with. */
export interface CounterTicket {
  readonly ticket: Ticket;
  readonly state: "called" | "serving";
  readonly attempt: number;
}

type CounterAction = Exclude<ButtonAction["kind"], "issue">;
type StepName = "called" | "serving" | "served" | "no-show";

const counterKey = (readPoint: string): string => `counter/${readPoint}`;

/**
 * What a counter's button does to the ticket at the counter. A press that makes no sense in this state
 * (serve with nobody called) does nothing.
 */
const endings: Record<"finish" | "no-show", Record<CounterTicket["state"], StepName | undefined>> = {
  finish: { called: "served", serving: "served" },
  "no-show": { called: "no-show", serving: undefined },
};

/** Calling the next while one is still here: who was being served is done, who was only called never came. */
const endedByNextCall: Record<CounterTicket["state"], StepName> = { called: "no-show", serving: "served" };

export function counterStep(press: Press, action: CounterAction): ServiceOutcome {
  const { documents, reading } = press;
  const current = documents.get(counterKey(reading.readPoint)) as CounterTicket | undefined;
  if (action === "call-next") return callNext(press, current);
  if (current === undefined) return nothing;
  if (action === "serve") return current.state === "called" ? serve(press, current) : nothing;
  if (action !== "finish" && action !== "no-show") return nothing;
  const ending = endings[action][current.state];
  return ending === undefined ? nothing : end(press, current, ending);
}

function serve(press: Press, current: CounterTicket): ServiceOutcome {
  const serving: CounterTicket = { ...current, state: "serving" };
  return {
    ...nothing,
    changes: [{ key: counterKey(press.reading.readPoint), value: serving }],
    events: [stepEvent(press, current, "serving")],
  };
}

function end(press: Press, current: CounterTicket, step: StepName): ServiceOutcome {
  return {
    ...nothing,
    changes: [{ key: counterKey(press.reading.readPoint), value: undefined }],
    events: [stepEvent(press, current, step)],
  };
}

function callNext(press: Press, current: CounterTicket | undefined): ServiceOutcome {
  const { documents, reading, rules } = press;
  const services = rules.counters.get(reading.readPoint);
  if (services === undefined) return nothing;
  const ended = current === undefined ? nothing : end(press, current, endedByNextCall[current.state]);
  const next = nextTicket(documents, rules, services);
  if (next === undefined) return ended;
  const called: CounterTicket = { ticket: next, state: "called", attempt: 1 };
  const waiting = waitingIn(documents, next.service, next.priorityClass) - 1;
  const changes: readonly DocumentChange[] = [
    ...leaveLine(documents, next),
    { key: counterKey(reading.readPoint), value: called },
  ];
  return {
    ...nothing,
    changes,
    events: [
      ...ended.events,
      stepEvent(press, called, "called"),
      lengthEvent(reading, next.service, next.priorityClass, waiting),
    ],
  };
}

/** Highest class first; within it, over all services of the counter, whoever came first. */
function nextTicket(
  documents: Documents,
  { classesByRank }: QueueRules,
  services: readonly string[],
): Ticket | undefined {
  for (const priorityClass of classesByRank) {
    const first = services
      .map((service) => firstIn(documents, service, priorityClass))
      .filter((ticket) => ticket !== undefined)
      .sort((left, right) => left.order - right.order)[0];
    if (first !== undefined) return first;
  }
  return undefined;
}

function stepEvent(press: Press, { ticket, attempt }: CounterTicket, step: StepName): EventDraft {
  const { reading } = press;
  const data = { ...ticketFacts(press, ticket), counter: reading.readPoint, attempt };
  return { type: `storewire.queue.ticket.${step}`, ...ticketFactOf(reading, ticket), data };
}
