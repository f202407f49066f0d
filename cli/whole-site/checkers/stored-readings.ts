import type { Mark } from "../../../outbox/outbox.ts";
import type { Reading } from "../../../protocols/readings.ts";
import type { Fact } from "../facts.ts";

export const markKey = ({ agent, epoch }: Reading): string => `${agent} ${epoch}`;

/**
 * Which readings the gateway's transactions hold. A transaction raises marks; what had come before it, above the
 * old mark and up to the new one, is in it. What lies below a mark and never came is in none.
 */
export class StoredReadings {
  /** Above the mark of its source, by source. */
  readonly #waiting = new Map<string, Map<number, Reading>>();
  readonly #stored = new Set<string>();
  readonly #marks = new Map<string, number>();

  /** Readings that have just become durable by this fact. */
  see(fact: Fact): readonly Reading[] {
    if (fact.kind === "presented") for (const reading of fact.readings) this.#present(reading);
    if (fact.kind === "made" && fact.unit === "gateway") this.#present(fact.reading);
    if (fact.kind === "written" && fact.owner === "gateway")
      return fact.group.marks.flatMap((mark) => this.#raise(mark));
    if (fact.kind === "put-back" && fact.owner === "gateway") this.#putBack([...fact.image.marks.values()]);
    return [];
  }

  holds({ id }: Pick<Reading, "id">): boolean {
    return this.#stored.has(id);
  }

  #present(reading: Reading): void {
    const key = markKey(reading);
    if (reading.sequence <= (this.#marks.get(key) ?? 0)) return;
    const waiting = this.#waiting.get(key) ?? new Map<number, Reading>();
    this.#waiting.set(key, waiting);
    waiting.set(reading.sequence, reading);
  }

  #raise({ source, epoch, sequence }: Mark): readonly Reading[] {
    const key = `${source} ${epoch}`;
    this.#marks.set(key, sequence);
    const stored: Reading[] = [];
    for (const [place, reading] of this.#waiting.get(key) ?? []) {
      if (place > sequence) continue;
      this.#waiting.get(key)?.delete(place);
      this.#stored.add(reading.id);
      stored.push(reading);
    }
    return stored;
  }

  #putBack(marks: readonly Mark[]): void {
    this.#marks.clear();
    for (const { source, epoch, sequence } of marks) this.#marks.set(`${source} ${epoch}`, sequence);
  }
}
