import type { Checker, Fact } from "../facts.ts";
import { type EventFacts, eventFacts } from "./event-facts.ts";

/** Events that stand for a thing which happened once, by what it happened to. */
const oncePerSubject: ReadonlySet<string> = new Set([
  "storewire.queue.ticket.issued",
  "storewire.queue.ticket.printed",
  "storewire.queue.ticket.print-failed",
  "storewire.queue.ticket.served",
  "storewire.queue.ticket.no-show",
]);

/**
 * Headquarters holds each event once, by its id, by its place and by the reading that caused it; and at each place
 * the event that the gateway committed there. After a card forgot what had been sent, the same event may come again
 * under a new epoch: better than lost, and told.
 */
export function nothingTwice(): Checker {
  const ids = new Map<string, string>();
  const causes = new Map<string, string>();
  const subjects = new Map<string, string>();
  /** What the gateway committed at a place. */
  const committed = new Map<string, string>();
  let forgiving = false;

  const place = ({ epoch, sequence }: EventFacts, stream: string): string => `${stream} ${epoch} ${sequence}`;

  function twice(seen: Map<string, string>, key: string, where: string): string | undefined {
    const before = seen.get(key);
    seen.set(key, where);
    return before === undefined || forgiving ? undefined : `${key} is held twice: ${before} and ${where}`;
  }

  function store(body: string, stream: string): string | undefined {
    const event = eventFacts(body);
    const where = place(event, stream);
    const source = committed.get(where);
    if (source !== undefined && source !== event.id && !forgiving)
      return `headquarters holds ${event.id} at ${where}, where the gateway committed ${source}`;
    const cause = event.reading && `${event.reading} ${event.type} ${event.subject}`;
    return (
      twice(ids, event.id, where) ??
      (cause ? twice(causes, cause, where) : undefined) ??
      (oncePerSubject.has(event.type) ? twice(subjects, `${event.type} ${event.subject}`, where) : undefined)
    );
  }

  function forget(fact: Extract<Fact, { kind: "headquarters-put-back" }>): void {
    ids.clear();
    causes.clear();
    subjects.clear();
    for (const { body, stream } of fact.events) store(body, stream);
  }

  return {
    name: "nothing-twice",
    see(fact) {
      if (fact.kind === "put-back") forgiving = true;
      if (fact.kind === "headquarters-put-back") forget(fact);
      if (fact.kind === "written" && fact.owner === "gateway") {
        for (const { body, category } of fact.group.entries) {
          const event = eventFacts(body);
          committed.set(
            place(event, category === "device" || category === "gateway" ? "tel" : "evt"),
            event.id,
          );
        }
      }
      return fact.kind === "stored" ? store(fact.event.body, fact.event.stream) : undefined;
    },
    finish: () => undefined,
  };
}
