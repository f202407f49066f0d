import type { EventTypeName } from "../../protocols/events.ts";
import type { ExpectedEvent, TimedAction } from "../../simulators/scenario/timed-action.ts";

/** What HQ holds of an event, as far as the books are concerned. */
export interface BookedEvent {
  readonly type: string;
  readonly subject: string;
}

export interface Balance {
  /** Facts that the world caused and that nothing stood in the way of. */
  readonly caused: number;
  /** How many of them HQ holds. */
  readonly stored: number;
  readonly lost: number;
  /** Held more often than the world can have caused it. */
  readonly doubled: number;
  /** Caused while something was broken: HQ may hold it or not. */
  readonly uncertain: number;
  /** The first few that were lost or doubled, in words. */
  readonly examples: readonly string[];
}

const examplesMax = 10;
/** Events that stand for a thing of their own, so that two with one subject are one too many. */
const onceEach: ReadonlySet<string> = new Set<EventTypeName>([
  "storewire.queue.ticket.issued",
  "storewire.queue.ticket.printed",
  "storewire.queue.ticket.served",
]);

/** Compares what a scenario caused with what headquarters holds. */
export class Books {
  readonly #expected: ExpectedEvent[] = [];
  readonly #held = new Map<string, number>();
  readonly #heldOfType = new Map<string, number>();

  caused({ expected }: TimedAction): void {
    this.#expected.push(...expected);
  }

  holds({ type, subject }: BookedEvent): void {
    add(this.#held, `${type} ${subject}`);
    add(this.#heldOfType, type);
  }

  balance(): Balance {
    const named = this.#balanceNamed(this.#expected.filter(({ subject }) => subject !== undefined));
    const counted = this.#balanceCounted(this.#expected.filter(({ subject }) => subject === undefined));
    const twice = [...this.#held].filter(
      ([key, count]) => count > 1 && onceEach.has(key.split(" ", 1)[0] ?? ""),
    );
    const lost = [...named.lost, ...counted.lost];
    const doubled = [...named.doubled, ...counted.doubled, ...twice.map(([key]) => key)];
    const caused = this.#expected.filter(({ certain }) => certain).length;
    return {
      caused,
      stored: caused - lost.length,
      lost: lost.length,
      doubled: doubled.length,
      uncertain: this.#expected.length - caused,
      examples: [
        ...lost.slice(0, examplesMax).map((words) => `lost: ${words}`),
        ...doubled.slice(0, examplesMax).map((words) => `doubled: ${words}`),
      ],
    };
  }

  /** Things with a name of their own: each is held as often as it was caused. */
  #balanceNamed(expected: readonly ExpectedEvent[]): Difference {
    const certain = new Map<string, number>();
    const possible = new Map<string, number>();
    for (const { type, subject, certain: isCertain } of expected) {
      add(possible, `${type} ${subject}`);
      if (isCertain) add(certain, `${type} ${subject}`);
    }
    return difference(certain, possible, this.#held);
  }

  /** Tickets get their names at the gateway, so only their number can be compared. */
  #balanceCounted(expected: readonly ExpectedEvent[]): Difference {
    const certain = new Map<string, number>();
    const possible = new Map<string, number>();
    for (const { type, certain: isCertain } of expected) {
      add(possible, type);
      if (isCertain) add(certain, type);
    }
    return difference(certain, possible, this.#heldOfType);
  }
}

interface Difference {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
}

function difference(
  certain: ReadonlyMap<string, number>,
  possible: ReadonlyMap<string, number>,
  held: ReadonlyMap<string, number>,
): Difference {
  const lost: string[] = [];
  const doubled: string[] = [];
  for (const [key, most] of possible) {
    const count = held.get(key) ?? 0;
    const least = certain.get(key) ?? 0;
    for (let missing = count; missing < least; missing += 1) lost.push(key);
    for (let surplus = most; surplus < count; surplus += 1) doubled.push(key);
  }
  return { lost, doubled };
}

const add = (counts: Map<string, number>, key: string): void =>
  void counts.set(key, (counts.get(key) ?? 0) + 1);
