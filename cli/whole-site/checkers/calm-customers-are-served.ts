import { Books } from "../../simulation/books.ts";
import type { Checker } from "../facts.ts";
import { eventFacts } from "./event-facts.ts";

/** Whatever customers do after the last fault is at headquarters in the end: the site has found back by itself. */
export function calmCustomersAreServed(): Checker {
  const books = new Books();
  let calm = false;
  let full = false;
  return {
    name: "calm-customers-are-served",
    see(fact) {
      if (fact.kind === "calm") calm = true;
      if (!calm) return undefined;
      if (fact.kind === "caused") books.caused(fact.action);
      if (fact.kind === "stored") {
        const event = eventFacts(fact.event.body);
        full ||= event.subject === "queue-full";
        books.holds(event);
      }
      return undefined;
    },
    finish() {
      if (!calm) return "it never became calm";
      const { lost, examples } = books.balance();
      return lost === 0 || full
        ? undefined
        : `${lost} things that customers did in the calm: ${examples.join(", ")}`;
    },
  };
}
