import type { DiskImage } from "../../../outbox/disk-image.ts";
import type { EntryRow, GroupWrite } from "../../../outbox/storage.ts";
import type { Checker, Fact } from "../facts.ts";
import { type DeclaredLoss, declaredLoss, eventFacts } from "./event-facts.ts";

interface Owed {
  readonly stream: string;
  readonly epoch: string;
  readonly sequence: number;
}

/**
 * Every event that was ever in a transaction of the gateway is at headquarters in the end. Telemetry may be missing
 * where its loss was declared; returns, queue events and alerts may not. What a card forgot nobody can send.
 */
export function nothingLost(): Checker {
  const owed = new OwedEvents();
  return {
    name: "nothing-lost",
    see(fact) {
      owed.see(fact);
      return undefined;
    },
    finish: () => owed.missing() ?? owed.forgotten(),
  };
}

class OwedEvents {
  /** By event id, because an event that is sent under a new epoch is still the same one. */
  readonly #owed = new Map<string, Owed>();
  readonly #held = new Set<string>();
  readonly #losses: DeclaredLoss[] = [];
  readonly #streams = new Map<number, string>();
  #forgotten: readonly string[] = [];

  see(fact: Fact): void {
    if (fact.kind === "stored") this.#hold(eventFacts(fact.event.body).id);
    if (fact.kind === "headquarters-put-back")
      this.#forget(new Set(fact.events.map(({ body }) => eventFacts(body).id)));
    if (!("owner" in fact) || fact.owner !== "gateway") return;
    if (fact.kind === "written") this.#commit(fact.group);
    else this.#holdOnly(fact.image);
  }

  missing(): string | undefined {
    const missing = [...this.#owed].filter(
      ([, place]) => !(place.stream === "tel" && this.#isDeclared(place)),
    );
    const [first] = missing;
    if (first === undefined) return undefined;
    const [id, { stream, epoch, sequence }] = first;
    return `${missing.length} committed events never reached headquarters, the first ${stream} ${sequence} of ${epoch} (${id})`;
  }

  /** What headquarters had before it was restored. */
  forgotten(): string | undefined {
    const gone = this.#forgotten.filter((id) => !this.#held.has(id));
    return gone.length === 0
      ? undefined
      : `headquarters was restored and did not get ${gone.length} events again, the first ${gone[0]}`;
  }

  #commit({ streams, entries }: GroupWrite): void {
    for (const { number, name } of streams) this.#streams.set(number, name);
    for (const row of entries) this.#owe(row);
  }

  #owe({ stream, body }: EntryRow): void {
    const event = eventFacts(body);
    const loss = declaredLoss(event);
    if (loss !== undefined) this.#losses.push(loss);
    if (!this.#held.has(event.id))
      this.#owed.set(event.id, { stream: this.#streams.get(stream) ?? "", ...event });
  }

  #hold(id: string): void {
    this.#held.add(id);
    this.#owed.delete(id);
  }

  /** The file holds this and nothing else: what it does not hold and HQ does not either is gone. */
  #holdOnly({ streams }: DiskImage): void {
    const before = new Set(this.#owed.keys());
    this.#owed.clear();
    for (const [number, { name, rows, settled }] of streams) {
      this.#streams.set(number, name);
      const owed = rows.filter(({ sequence, body }) => sequence > settled || before.has(eventFacts(body).id));
      for (const row of owed) this.#owe(row);
    }
  }

  /** The gateway keeps what was confirmed, so what HQ had and has no more comes again. */
  #forget(still: ReadonlySet<string>): void {
    this.#forgotten = [...this.#held].filter((id) => !still.has(id));
    this.#held.clear();
    for (const id of still) this.#held.add(id);
  }

  #isDeclared({ stream, epoch, sequence }: Owed): boolean {
    return this.#losses.some(
      (loss) =>
        loss.stream === stream && loss.epoch === epoch && loss.from <= sequence && sequence <= loss.to,
    );
  }
}
