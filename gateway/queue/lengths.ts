import type { Stamp } from "../../protocols/readings.ts";
import { waitingIn } from "./line.ts";
import type { QueueRules } from "./rules.ts";
import type { Readable, Turn } from "./turn.ts";

/** Each line is told so often, also where nothing has changed: HQ can tell a quiet store from one that it does not hear. */
const everyLineMs = 60_000;

interface Lengths {
  /** When every line was told last. */
  readonly told?: Stamp;
  /** What has changed since it was told, by `service/class`: how few and how many waited in between. */
  readonly changed: Readonly<Record<string, { readonly least: number; readonly most: number }>>;
}

const lengthsKey = "lengths";
const lengthsOf = (documents: Readable): Lengths =>
  (documents.get(lengthsKey) as Lengths | undefined) ?? { changed: {} };

/** Call before a line changes by one and again after it: how many waited is told with the next tick, once. */
export function noteLength(turn: Turn, service: string, priorityClass: string): void {
  const lengths = lengthsOf(turn);
  const waiting = waitingIn(turn, service, priorityClass);
  const name = `${service}/${priorityClass}`;
  const { least = waiting, most = waiting } = lengths.changed[name] ?? {};
  const range = { least: Math.min(least, waiting), most: Math.max(most, waiting) };
  turn.put(lengthsKey, { ...lengths, changed: { ...lengths.changed, [name]: range } });
}

/**
 * Tells the length of each line that has changed since the last tick, and of all lines once a minute. A tick is a
 * second: a line is told at most once in it, and HQ knows of a change within it.
 */
export function tellLengths(turn: Turn): void {
  const lengths = lengthsOf(turn);
  const isDue =
    turn.canLeave && (lengths.told === undefined || !isWithin(turn.since(lengths.told), everyLineMs));
  const names = Object.keys(lengths.changed);
  if (!isDue && names.length === 0) return;
  for (const { service, priorityClass } of linesOf(turn.rules)) {
    const range = lengths.changed[`${service}/${priorityClass}`];
    if (range === undefined && !isDue) continue;
    const waiting = waitingIn(turn, service, priorityClass);
    turn.tell({
      type: "storewire.queue.length",
      ...turn.fact(`${service}/${priorityClass}`),
      data: { service, priorityClass, waiting, least: waiting, most: waiting, ...range },
    });
  }
  const told = isDue ? turn.cause.at : lengths.told;
  turn.put(lengthsKey, { ...(told === undefined ? {} : { told }), changed: {} });
}

const isWithin = (elapsedMs: number, spanMs: number): boolean => elapsedMs >= 0 && elapsedMs < spanMs;

/** Every line that there can be. */
export const linesOf = ({ services, classes }: QueueRules) =>
  [...services.keys()].flatMap((service) =>
    classes.map(({ id: priorityClass }) => ({ service, priorityClass })),
  );

/** Everybody who waits. */
export const waitingInAll = (documents: Readable, rules: QueueRules): number =>
  linesOf(rules).reduce(
    (sum, { service, priorityClass }) => sum + waitingIn(documents, service, priorityClass),
    0,
  );
