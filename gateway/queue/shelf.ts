import type { Observation, Stamp } from "../../protocols/readings.ts";
import type { StepContext } from "../service.ts";
import type { QueueRules } from "./rules.ts";
import type { Readable, Turn } from "./turn.ts";

/** Somebody stands at a shelf. */
export interface Dwelling {
  /** The sensor that sees it. */
  readonly device: string;
  readonly since: Stamp;
  /** Staff was called. */
  readonly called?: true;
}

const shelfKey = (readPoint: string): string => `shelf/${readPoint}`;
export const dwellingAt = (documents: Readable, readPoint: string): Dwelling | undefined =>
  documents.get(shelfKey(readPoint)) as Dwelling | undefined;

const lostStates: ReadonlySet<string> = new Set(["absent", "faulted"]);

/** Somebody came to a shelf or left it; a sensor that is gone sees nobody any more. */
export function watchShelf(turn: Turn, observation: Observation): void {
  const { readPoint, origin, at } = turn.cause;
  if (!turn.rules.shelves.has(readPoint)) return;
  const dwelling = dwellingAt(turn, readPoint);
  if (dwelling === undefined) {
    if (seesSomebody(observation) === true) turn.put(shelfKey(readPoint), { device: origin, since: at });
    return;
  }
  if (seesSomebody(observation) !== false || dwelling.device !== origin) return;
  turn.put(shelfKey(readPoint), undefined);
  if (dwelling.called === true) tell(turn, "left", readPoint, dwelling);
}

/** Undefined where the observation says nothing about it. */
function seesSomebody(observation: Observation): boolean | undefined {
  if (observation.kind === "presence") return observation.present;
  return observation.kind === "health" && lostStates.has(observation.state) ? false : undefined;
}

/** Staff is called once for whoever stays. */
export function callStaff(turn: Turn): void {
  for (const [readPoint, { seconds }] of turn.rules.shelves) {
    const dwelling = dwellingAt(turn, readPoint);
    if (dwelling === undefined || dwelling.called === true) continue;
    if (turn.since(dwelling.since) < seconds * 1_000) continue;
    turn.put(shelfKey(readPoint), { ...dwelling, called: true });
    tell(turn, "staff-called", readPoint, dwelling);
  }
}

function tell(turn: Turn, what: "staff-called" | "left", readPoint: string, { since }: Dwelling): void {
  const presentMs = Math.max(0, Math.round(turn.since(since)));
  // Of a start that is forgotten nobody knows how long ago it was.
  const known = Number.isFinite(presentMs) ? { presentMs } : {};
  const data = { shelf: readPoint, ...known };
  turn.tell({ type: `storewire.queue.shelf.${what}`, ...turn.fact(readPoint), data });
}

/** A shelf that staff was called to, as pages show it. */
export interface ShelfView {
  readonly readPoint: string;
  readonly name: string;
  readonly nameChinese: string;
  readonly presentMs: number;
}

export function shelfViews(
  documents: Readable,
  { shelves }: QueueRules,
  { now, time }: Pick<StepContext, "now" | "time">,
): readonly ShelfView[] {
  return [...shelves.values()].flatMap(({ readPoint, name = readPoint, nameChinese = name }) => {
    const dwelling = dwellingAt(documents, readPoint);
    if (dwelling?.called !== true) return [];
    const presentMs = Math.max(0, time.elapsedMs(dwelling.since, now));
    return [{ readPoint, name, nameChinese, presentMs }];
  });
}
