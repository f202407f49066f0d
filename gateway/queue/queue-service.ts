import type { Configuration } from "../../protocols/config/configuration.ts";
import type { Observation } from "../../protocols/readings.ts";
import type { Documents } from "../service.ts";
import { nothing, type StoreService } from "../service.ts";
import { watchAttention } from "./attention.ts";
import { closeForgotten, counterStep } from "./counter.ts";
import { countPassage, tellCrowds } from "./crowd.ts";
import { issueTicket } from "./issue.ts";
import { notePrint, watchPrinter } from "./kiosk.ts";
import { tellLengths } from "./lengths.ts";
import { waitingIn } from "./line.ts";
import type { CallPolicy } from "./policy.ts";
import { answeredPrint } from "./printing.ts";
import { rate } from "./rating.ts";
import { decided, queueRules } from "./rules.ts";
import { callStaff, watchShelf } from "./shelf.ts";
import { ticketData, ticketFact } from "./ticket-facts.ts";
import { Turn } from "./turn.ts";

export const queueCollection = "queue";

type Answer = Extract<Observation, { kind: "answer" }>;

/** Tickets, lines and counters of one site: from the button at the kiosk to the served customer. */
export function queueService(configuration: Configuration, policy?: CallPolicy): StoreService {
  const rules = queueRules(configuration, policy);
  return {
    name: queueCollection,
    step(documents, input, context) {
      if (input.kind === "tick") {
        const turn = new Turn(documents, rules, context);
        timeStep(turn);
        return turn.outcome();
      }
      if (input.kind !== "reading") return nothing;
      const turn = new Turn(documents, rules, context, input.reading);
      observationStep(turn, input.reading.observation);
      const action = decided(rules, input.reading);
      if (action?.kind === "issue") issueTicket(turn, action);
      else if (action?.kind === "rate") rate(turn, action);
      else if (action !== undefined) counterStep(turn, action);
      return turn.outcome();
    },
  };
}

function timeStep(turn: Turn): void {
  closeForgotten(turn);
  callStaff(turn);
  watchAttention(turn);
  tellLengths(turn);
  tellCrowds(turn);
}

function observationStep(turn: Turn, observation: Observation): void {
  if (observation.kind === "answer") answerStep(turn, observation);
  watchPrinter(turn, observation);
  watchShelf(turn, observation);
  countPassage(turn, observation);
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
function answerStep(turn: Turn, answer: Answer): void {
  const ticket = answeredPrint(turn, answer.command);
  if (ticket === undefined) return;
  notePrint(turn, ticket, answer.outcome);
  const fact = ticketFact(turn, ticket);
  const facts = ticketData(turn, ticket);
  if (answer.outcome === "done") {
    turn.tell({ type: "storewire.queue.ticket.printed", ...fact, data: facts });
    return;
  }
  const fault = answer.fault === undefined ? {} : { fault: answer.fault };
  const data = { ...facts, outcome: answer.outcome, ...fault };
  turn.tell({ type: "storewire.queue.ticket.print-failed", ...fact, data });
}
