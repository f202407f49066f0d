import type { Configuration } from "../../protocols/config/configuration.ts";
import type { ButtonAction } from "../../protocols/config/devices.ts";
import type { Observation, Reading } from "../../protocols/readings.ts";
import { localTimes } from "../local-time.ts";
import type { Documents } from "../service.ts";
import { nothing, type ServiceOutcome, type StoreService } from "../service.ts";
import { counterStep } from "./counter.ts";
import { issueTicket } from "./issue.ts";
import { waitingIn } from "./line.ts";
import { answeredPrint } from "./printing.ts";
import { type Press, type QueueRules, ticketFactOf, ticketFacts } from "./rules.ts";

export const queueCollection = "queue";

type Answer = Extract<Observation, { kind: "answer" }>;

/** Tickets, lines and counters of one site: from the button at the kiosk to the served customer. */
export function queueService(configuration: Configuration): StoreService {
  const rules = queueRules(configuration);
  return {
    name: queueCollection,
    step(documents, input, context) {
      if (input.kind !== "reading") return nothing;
      const { reading } = input;
      const { observation } = reading;
      const press = { documents, reading, rules, context };
      if (observation.kind === "answer") return answerStep(press, observation);
      const action = decided(rules, reading);
      if (action === undefined) return nothing;
      return action.kind === "issue" ? issueTicket(press, action) : counterStep(press, action.kind);
    },
  };
}

/** What somebody decided, on a page or with a button that means it. */
function decided({ actions }: QueueRules, { device, observation }: Reading): ButtonAction | undefined {
  if (observation.kind === "action") return observation.action;
  if (observation.kind !== "button" || observation.change !== "pressed") return undefined;
  return actions.get(device)?.get(observation.button);
}

function queueRules({ site, devices, queue }: Configuration): QueueRules {
  const actions = new Map<string, ReadonlyMap<string, ButtonAction>>();
  for (const device of devices) {
    if ("buttons" in device.settings)
      actions.set(device.id, new Map(Object.entries(device.settings.buttons)));
  }
  const classes = [...queue.priorityClasses].sort((left, right) => right.rank - left.rank);
  return {
    siteName: site.name ?? site.id,
    localTime: localTimes(site.timeZone),
    actions,
    services: new Map(queue.services.map((service) => [service.id, service])),
    classesByRank: classes.map(({ id }) => id),
    counters: new Map(queue.counters.map(({ readPoint, services }) => [readPoint, services])),
    printers: new Map(queue.printers.map(({ kiosk, device }) => [kiosk, device])),
    waitingMax: queue.waitingMax,
  };
}

/** How many wait, line by line. */
export function waitingByLine({ queue }: Configuration, documents: Documents) {
  return queue.services.flatMap(({ id: service }) =>
    queue.priorityClasses.map(({ id: priorityClass }) => ({
      service,
      priorityClass,
      waiting: waitingIn(documents, service, priorityClass),
    })),
  );
}

/** The printer has answered for a ticket. */
function answerStep(press: Press, answer: Answer): ServiceOutcome {
  const print = answeredPrint(press.documents, answer.command);
  if (print === undefined) return nothing;
  const { ticket, changes } = print;
  const fact = ticketFactOf(press.reading, ticket);
  const facts = ticketFacts(press, ticket);
  if (answer.outcome === "done") {
    const printed = { type: "storewire.queue.ticket.printed", ...fact, data: facts } as const;
    return { ...nothing, changes, events: [printed] };
  }
  const fault = answer.fault === undefined ? {} : { fault: answer.fault };
  const data = { ...facts, outcome: answer.outcome, ...fault };
  return { ...nothing, changes, events: [{ type: "storewire.queue.ticket.print-failed", ...fact, data }] };
}
