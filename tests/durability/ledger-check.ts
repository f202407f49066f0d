import { type Reading, readingSchema } from "../../protocols/readings.ts";
import type { Caused, Watch } from "./caused.ts";
import type { HeldRow } from "./held-events.ts";

/** The events of one gateway at HQ, beside what was caused and what the agent had on disk. */
export interface Evidence {
  readonly caused: Caused;
  /** Readings after their commit point, each once. */
  readonly committed: ReadonlyMap<string, Reading>;
  readonly events: readonly HeldRow[];
  /** When the agent was there to hear the scanner. */
  readonly watches: readonly Watch[];
}

/** A scan needs so long from the line to the spool's disk, on a machine that is doing much else. */
const commitMsMax = 1_000;
/** After `ready` the port has been open for at least this. */
const settledMs = 100;

export interface Finding {
  readonly kind: "lost" | "unheard" | "doubled" | "invented" | "gap" | "order";
  readonly words: string;
}

/** What one reading brings about at most once. */
const oncePerReading: ReadonlySet<string> = new Set([
  "storewire.return.handed-in",
  "storewire.return.stored",
  "storewire.queue.ticket.issued",
  "storewire.queue.ticket.called",
]);

interface HeldEvent {
  readonly stream: string;
  readonly epoch: string;
  readonly sequence: number;
  readonly type: string;
  readonly subject: string;
  readonly reading: string | undefined;
}

/** Adds what the agent printed after a commit; a reading that is printed again is the same reading. */
export function noteCommitted(committed: Map<string, Reading>, line: string): void {
  const parsed = readingSchema.parse(JSON.parse(line));
  committed.set(parsed.id, parsed);
}

/** Holds the promises of one round against each other; an empty list means that all were kept. */
export function findings(evidence: Evidence): readonly Finding[] {
  const held = evidence.events.map(heldEvent);
  return [
    ...gaps(held),
    ...doubles(held),
    ...lostItems(evidence, held, "desk-scanner", "storewire.return.handed-in"),
    ...lostItems(evidence, held, "cage-reader", "storewire.return.stored"),
    ...lostTickets(evidence, held),
    ...unheard(evidence),
    ...invented(evidence, held),
    ...disorder(evidence, held),
  ];
}

function heldEvent({ stream, epoch, sequence, body }: HeldRow): HeldEvent {
  const { type, subject, reading } = JSON.parse(body) as { type: string; subject: string; reading?: string };
  return { stream, epoch, sequence, type, subject, reading };
}

/** Each stream of each epoch runs from 1 without a hole. */
function gaps(held: readonly HeldEvent[]): readonly Finding[] {
  const found: Finding[] = [];
  const streams = new Map<string, number[]>();
  for (const { stream, epoch, sequence } of held) {
    const name = `${stream} of epoch ${epoch}`;
    streams.set(name, [...(streams.get(name) ?? []), sequence]);
  }
  for (const [stream, unordered] of streams) {
    // A place that is held twice is another finding, and must not stand in for one that is missing.
    const sequences = [...new Set(unordered)].toSorted((left, right) => left - right);
    sequences.forEach((sequence, index) => {
      if (sequence !== index + 1) {
        found.push({ kind: "gap", words: `${stream}: ${sequence} stands at place ${index + 1}` });
      }
    });
  }
  return found.slice(0, 10);
}

/**
 * Nothing stands twice: no place in the sequence, no item handed in again, no ticket, no event of a reading that
 * has one. (A tag may arrive again after its agent was killed: that is another reading.)
 */
function doubles(held: readonly HeldEvent[]): readonly Finding[] {
  const keys = held.flatMap(({ stream, epoch, sequence, type, subject, reading }) => [
    `${stream}/${epoch}/${sequence}`,
    ...(type === "storewire.return.handed-in" ? [`${type} ${subject}`] : []),
    ...(type === "storewire.queue.ticket.issued" ? [`${type} ${subject}`] : []),
    ...(reading !== undefined && oncePerReading.has(type) ? [`${type} by ${reading}`] : []),
  ]);
  const seen = new Set<string>();
  return keys
    .filter((key) => seen.size === seen.add(key).size)
    .map((key) => ({ kind: "doubled", words: key }));
}

/** Whatever the agent had on disk has become an event. */
function lostItems(
  { committed }: Evidence,
  held: readonly HeldEvent[],
  device: string,
  type: string,
): readonly Finding[] {
  const causes = new Set(held.filter((event) => event.type === type).map(({ reading }) => reading));
  return [...committed.values()]
    .filter((reading) => reading.device === device && opensStep(reading) && !causes.has(reading.id))
    .map(({ id, sequence }) => ({ kind: "lost", words: `${type} of reading ${id} (${device} ${sequence})` }));
}

function opensStep({ observation }: Reading): boolean {
  return observation.kind === "scan" || (observation.kind === "tag" && observation.change === "arrived");
}

/** A scan while the agent was there has reached its disk: killing others is no excuse for hearing nothing. */
function unheard({ caused, committed, watches }: Evidence): readonly Finding[] {
  const texts = new Set(
    [...committed.values()].map(({ observation }) => (observation.kind === "scan" ? observation.text : "")),
  );
  return caused.handIns
    .filter(({ atMs }) =>
      watches.some(({ fromMs, toMs }) => atMs > fromMs + settledMs && atMs < toMs - commitMsMax),
    )
    .filter(({ text }) => !texts.has(text))
    .map(({ text }) => ({ kind: "unheard", words: `scan ${text}` }));
}

function lostTickets({ committed }: Evidence, held: readonly HeldEvent[]): readonly Finding[] {
  const tickets = held.filter(({ type }) => type === "storewire.queue.ticket.issued");
  const causes = new Set(tickets.map(({ reading }) => reading));
  return [...committed.values()]
    .filter(({ device, observation }) => device === "kiosk-buttons" && observation.kind === "button")
    .filter(({ id }) => !causes.has(id))
    .map(({ id }) => ({ kind: "lost", words: `ticket of press ${id}` }));
}

/** Nothing is at HQ that the world did not cause. */
function invented({ caused }: Evidence, held: readonly HeldEvent[]): readonly Finding[] {
  const items = {
    "storewire.return.handed-in": new Set(caused.handIns.map(({ uri }) => uri)),
    "storewire.return.stored": new Set(caused.storings),
  };
  const strangers = Object.entries(items).flatMap(([type, known]) =>
    held.filter((event) => event.type === type && !known.has(event.subject)),
  );
  const tickets = held.filter(({ type }) => type === "storewire.queue.ticket.issued").length;
  const calls = held.filter(({ type }) => type === "storewire.queue.ticket.called").length;
  return [
    ...strangers.map(({ type, subject }): Finding => ({ kind: "invented", words: `${type} ${subject}` })),
    ...(tickets > caused.issuePresses
      ? [{ kind: "invented", words: `${tickets} tickets of ${caused.issuePresses} presses` } as const]
      : []),
    ...(calls > caused.callPresses
      ? [{ kind: "invented", words: `${calls} calls of ${caused.callPresses} presses` } as const]
      : []),
  ];
}

/** The desk's items stand at HQ in the order in which they were scanned. */
function disorder({ caused }: Evidence, held: readonly HeldEvent[]): readonly Finding[] {
  const place = new Map(caused.handIns.map(({ uri }, index) => [uri, index]));
  const handIns = held
    .filter(({ type }) => type === "storewire.return.handed-in")
    .toSorted((left, right) => left.sequence - right.sequence);
  let last = -1;
  const found: Finding[] = [];
  for (const { subject, sequence } of handIns) {
    const at = place.get(subject) ?? last;
    if (at < last) found.push({ kind: "order", words: `${subject} at ${sequence} comes after a later one` });
    last = Math.max(last, at);
  }
  return found;
}
