import type { Checker, Fact } from "../facts.ts";
import { type DeclaredLoss, declaredLoss, eventFacts } from "./event-facts.ts";

/**
 * A place that headquarters' watermark has passed holds an event, or the gateway has declared it lost; and it
 * declares nothing lost but telemetry, unless a card or a database was put back.
 */
export function gapsAreExplained(): Checker {
  const stored = new Map<string, Set<number>>();
  const told = new Map<string, number>();
  const losses: DeclaredLoss[] = [];
  let putBack = false;

  const key = (epoch: string, stream: string): string => `${epoch} ${stream}`;

  function store({ event }: Pick<Extract<Fact, { kind: "stored" }>, "event">): string | undefined {
    const place = key(event.epoch, event.stream);
    const held = stored.get(place) ?? new Set<number>();
    stored.set(place, held.add(event.sequence));
    const loss = event.category === "alert" ? declaredLoss(eventFacts(event.body)) : undefined;
    if (loss === undefined) return undefined;
    losses.push(loss);
    if (loss.stream === "tel" || putBack) return undefined;
    return `events ${loss.from} to ${loss.to} were declared lost, and they are no telemetry`;
  }

  function unexplained(place: string, through: number): number | undefined {
    const held = stored.get(place) ?? new Set();
    const own = losses.filter(({ epoch, stream }) => key(epoch, stream) === place);
    for (let sequence = 1; sequence <= through; sequence += 1) {
      if (held.has(sequence)) continue;
      if (!own.some(({ from, to }) => from <= sequence && sequence <= to)) return sequence;
    }
    return undefined;
  }

  function see(fact: Fact): string | undefined {
    if (fact.kind === "watermark") {
      told.set(key(fact.watermark.epoch, "evt"), Number(fact.watermark.sequence));
      told.set(key(fact.watermark.epoch, "tel"), Number(fact.watermark.telemetry));
    }
    if (fact.kind === "put-back") putBack = true;
    if (fact.kind === "headquarters-put-back") {
      putBack = true;
      stored.clear();
      for (const event of fact.events) store({ event });
    }
    return fact.kind === "stored" ? store(fact) : undefined;
  }

  return {
    name: "gaps-are-explained",
    see,
    finish() {
      for (const [place, through] of told) {
        const hole = unexplained(place, through);
        if (hole !== undefined) return `the watermark of ${place} is ${through}, and nobody explains ${hole}`;
      }
      return undefined;
    },
  };
}
