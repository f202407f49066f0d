import type { Configuration } from "../../../protocols/config/configuration.ts";
import type { Reading } from "../../../protocols/readings.ts";
import type { Checker, Fact } from "../facts.ts";
import { eventFacts } from "./event-facts.ts";
import { StoredReadings } from "./stored-readings.ts";

/**
 * A reading's mark, its state and its events are one transaction: a press that issues a ticket has issued exactly
 * one when its mark is on disk, unless the queue was full and said so.
 */
export function readingsHaveConsequences({ devices }: Configuration): Checker {
  const stored = new StoredReadings();
  const issuing = new Set(
    devices.flatMap(({ id, settings }) =>
      !("buttons" in settings)
        ? []
        : Object.entries(settings.buttons)
            .filter(([, { kind }]) => kind === "issue")
            .map(([button]) => `${id} ${button}`),
    ),
  );
  let full = false;

  function owesTicket({ device, observation }: Reading): boolean {
    return (
      observation.kind === "button" &&
      observation.change === "pressed" &&
      issuing.has(`${device} ${observation.button}`)
    );
  }

  function judge(readings: readonly Reading[], fact: Extract<Fact, { kind: "written" }>): string | undefined {
    const events = fact.group.entries.map(({ body }) => eventFacts(body));
    full ||= events.some(({ subject }) => subject === "queue-full");
    if (full) return undefined;
    for (const reading of readings.filter(owesTicket)) {
      const tickets = events.filter(
        ({ type, reading: cause }) => type === "storewire.queue.ticket.issued" && cause === reading.id,
      ).length;
      if (tickets !== 1) return `the press ${reading.id} was marked as taken with ${tickets} tickets`;
    }
    return undefined;
  }

  return {
    name: "readings-have-consequences",
    see(fact) {
      const readings = stored.see(fact);
      return fact.kind === "written" && fact.owner === "gateway" ? judge(readings, fact) : undefined;
    },
    finish: () => undefined,
  };
}
