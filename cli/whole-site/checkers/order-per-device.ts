import type { Checker } from "../facts.ts";
import { eventFacts } from "./event-facts.ts";

/** What a device's readings caused stands in the gateway's sequence in the order in which they were made. */
export function orderPerDevice(): Checker {
  const made = new Map<string, { readonly device: string; readonly place: number }>();
  const last = new Map<string, number>();
  let count = 0;

  function follow(body: string): string | undefined {
    const event = eventFacts(body);
    const reading = event.reading === undefined ? undefined : made.get(event.reading);
    if (reading === undefined) return undefined;
    const before = last.get(reading.device) ?? 0;
    last.set(reading.device, Math.max(before, reading.place));
    if (reading.place >= before) return undefined;
    return `${event.type} of ${reading.device}'s reading ${reading.place} stands behind that of its reading ${before}`;
  }

  return {
    name: "order-per-device",
    see(fact) {
      if (fact.kind === "made") {
        count += 1;
        made.set(fact.reading.id, { device: fact.reading.device, place: count });
      }
      // What a card forgot may be said once more, from an earlier place.
      if (fact.kind === "put-back") last.clear();
      if (fact.kind !== "written" || fact.owner !== "gateway") return undefined;
      for (const { body } of fact.group.entries) {
        const words = follow(body);
        if (words !== undefined) return words;
      }
      return undefined;
    },
    finish: () => undefined,
  };
}
