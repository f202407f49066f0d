import type { Checker } from "../facts.ts";
import { type EventFacts, eventFacts } from "./event-facts.ts";

/** No ticket falls out of a printer twice, and of each that was issued HQ learns what became of its print. */
export function commandsAtMostOnce(): Checker {
  const printed = new Map<string, number>();
  const open = new Set<string>();
  const answered = new Set<string>();
  let forgiving = false;

  /** Headquarters takes events in any order: the answer may be there first. */
  function learn({ type, subject }: EventFacts): void {
    if (answers.has(type)) answered.add(subject);
    if (type === "storewire.queue.ticket.issued") open.add(subject);
    if (answered.has(subject)) open.delete(subject);
  }

  function print(device: string, ticket: string): string | undefined {
    const count = (printed.get(ticket) ?? 0) + 1;
    printed.set(ticket, count);
    return count > 1 && ticket !== "" && !forgiving
      ? `${device} printed the same ticket twice: ${ticket}`
      : undefined;
  }

  return {
    name: "commands-at-most-once",
    see(fact) {
      // A card that forgot a ticket gives its number out again.
      if (fact.kind === "put-back") forgiving = true;
      if (fact.kind === "stored") learn(eventFacts(fact.event.body));
      return fact.kind === "printed" ? print(fact.device, fact.ticket) : undefined;
    },
    finish() {
      const [first] = open;
      return first === undefined || forgiving
        ? undefined
        : `of ${open.size} tickets nobody knows whether they were printed, the first ${first}`;
    },
  };
}

const answers: ReadonlySet<string> = new Set([
  "storewire.queue.ticket.printed",
  "storewire.queue.ticket.print-failed",
]);
