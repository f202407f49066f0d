import type { Observation, Stamp } from "../../protocols/readings.ts";
import type { CrowdConfig, QueueRules } from "./rules.ts";
import type { Readable, Turn } from "./turn.ts";

/** A queue without tickets, as beams count it. */
export interface Crowd {
  /** How many stand in it, as well as it is known; never negative. */
  readonly length: number;
  /** Its variance: each passage may have been missed or seen twice. */
  readonly variance: number;
  readonly arrivals: number;
  readonly departures: number;
  /** Who left through an entrance, where the served leave by another way. */
  readonly abandoned: number;
  /** Who left though nobody was known to be there. */
  readonly miscounts: number;
  /** The last passage. */
  readonly at: Stamp;
  readonly changed?: true;
  readonly told?: Stamp;
}

/** A crowd is told so often, also where nobody passes. */
const everyCrowdMs = 60_000;
/** Two standard deviations: nineteen of twenty. */
const widths = 2;

const crowdKey = (id: string): string => `crowd/${id}`;
export const crowdOf = (documents: Readable, id: string): Crowd | undefined =>
  documents.get(crowdKey(id)) as Crowd | undefined;

/** What is known of a crowd's length: it is hardly ever below `least` or above `most`. */
export function crowdLength({ length, variance }: Crowd): {
  readonly length: number;
  readonly least: number;
  readonly most: number;
} {
  const margin = Math.ceil(widths * Math.sqrt(variance) - 1e-9);
  return { length, least: Math.max(0, length - margin), most: length + margin };
}

export function countPassage(turn: Turn, observation: Observation): void {
  if (observation.kind !== "passage") return;
  const { readPoint } = turn.cause;
  for (const crowd of turn.rules.crowds) {
    const isEntrance = crowd.entrances.includes(readPoint);
    if (!isEntrance && !crowd.exits.includes(readPoint)) continue;
    const before = ofToday(turn, crowdOf(turn, crowd.id));
    const after = observation.direction === "in" ? joined(before) : left(before, crowd, isEntrance);
    const variance = after.length === 0 && before.length === 0 ? 0 : after.variance + crowd.missedShare;
    turn.put(crowdKey(crowd.id), { ...after, variance, at: turn.cause.at, changed: true });
  }
}

const joined = (crowd: Crowd): Crowd => ({
  ...crowd,
  length: crowd.length + 1,
  arrivals: crowd.arrivals + 1,
});

function left(crowd: Crowd, { exits }: CrowdConfig, isEntrance: boolean): Crowd {
  const isAbandoned = isEntrance && exits.length > 0;
  const counted: Crowd = {
    ...crowd,
    departures: crowd.departures + (isAbandoned ? 0 : 1),
    abandoned: crowd.abandoned + (isAbandoned ? 1 : 0),
  };
  // Somebody was missed on the way in: now there is nobody, and that is certain again.
  if (crowd.length === 0) return { ...counted, miscounts: crowd.miscounts + 1, variance: 0 };
  return { ...counted, length: crowd.length - 1 };
}

/** A new business day begins with nobody; which day the last passage was on is judged by what is known of its clock now. */
function ofToday({ rules, cause, context }: Turn, crowd: Crowd | undefined): Crowd {
  const dayOf = (at: Stamp): string => rules.localTime(context.time.restamped(at).wallMs).day;
  if (crowd !== undefined && dayOf(crowd.at) === dayOf(cause.at)) return crowd;
  const nobody = { length: 0, variance: 0, arrivals: 0, departures: 0, abandoned: 0, miscounts: 0 };
  const told = crowd?.told === undefined ? {} : { told: crowd.told };
  return { ...nobody, at: cause.at, ...told };
}

/** Tells what has changed since the last tick, and every crowd once a minute; forgets those whom a beam missed. */
export function tellCrowds(turn: Turn): void {
  for (const { id, emptyAfterMinutes } of turn.rules.crowds) {
    const before = crowdOf(turn, id);
    if (before === undefined) continue;
    let crowd = ofToday(turn, before);
    // Nobody stands in a queue that does not move for so long: they were miscounted.
    const stands = turn.since(crowd.at) >= emptyAfterMinutes * 60_000;
    if (stands && crowd.length + crowd.variance > 0) {
      const miscounts = crowd.miscounts + crowd.length;
      crowd = { ...crowd, length: 0, variance: 0, miscounts, changed: true };
    }
    const isDue = turn.canLeave && (crowd.told === undefined || turn.since(crowd.told) >= everyCrowdMs);
    if (crowd.changed !== true && !isDue) continue;
    const { changed: _, ...kept } = crowd;
    turn.put(crowdKey(id), { ...kept, told: turn.cause.at });
    turn.tell({ type: "storewire.queue.crowd", ...turn.fact(id), data: crowdData(id, crowd) });
  }
}

function crowdData(id: string, crowd: Crowd) {
  const { arrivals, departures, abandoned, miscounts } = crowd;
  return { crowd: id, ...crowdLength(crowd), arrivals, departures, abandoned, miscounts };
}

/** All crowds as pages show them. */
export const crowdViews = (documents: Readable, { crowds }: QueueRules) =>
  crowds.map(({ id, name = id, nameChinese = name }) => {
    const crowd = crowdOf(documents, id);
    const shown = crowd === undefined ? { length: 0, least: 0, most: 0 } : crowdLength(crowd);
    return { id, name, nameChinese, ...shown };
  });
