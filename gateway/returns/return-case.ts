import type { Stamp } from "../../protocols/readings.ts";
import type { StepName } from "../../protocols/returns/steps.ts";
import type { Documents } from "../service.ts";
import { caseKey, caseKeys, deadlineIndexOf } from "./deadline-index.ts";
import type { Turn } from "./turn.ts";
import { nextDueMs, type Waits } from "./waits.ts";

/** One returned item that can be told from all others, as long as something is expected of it. */
export interface ReturnCase {
  readonly uri: string;
  /** The reading that opened it; the same at every site that the item comes to. */
  readonly id: string;
  /** Rises with each case of the site: the lowest is the oldest. */
  readonly order: number;
  readonly openedAt: Stamp;
  readonly step: StepName;
  /** Where its last event stands in the history. */
  readonly told: number;
  /** Who has custody of it, as far as a badge has told, and at which post. */
  readonly clerk?: string | undefined;
  readonly post: string;
  /** The tote or parcel that it is in. */
  readonly container?: string | undefined;
  readonly gtin?: string | undefined;
  readonly grade?: string | undefined;
  /** At hand-in. */
  readonly grams?: number | undefined;
  /** The last step at each post. */
  readonly posts: Readonly<Record<string, Stamp>>;
  /** The last sight; beyond hand-in it is noted now and then. */
  readonly seen: { readonly post: string; readonly at: Stamp; readonly ms: number };
  readonly unseenTold?: true | undefined;
  readonly waits: Waits;
  /** Nothing is expected of the item any more; the customer may still wait for something. */
  readonly ended?: true | undefined;
  /** When it is to be looked at again, in service time. */
  readonly nextDueMs?: number | undefined;
}

/** What is remembered of a case that is closed. */
export interface PastCase {
  readonly id: string;
  readonly step: StepName;
  readonly place: number;
  /** Where its last event stands in the history. */
  readonly told?: number;
  /** What the item is called since; its case goes on under that name. */
  readonly successor?: string;
  /** Where the identity that has ended was seen again last. */
  readonly seen?: { readonly post: string; readonly at: Stamp };
}

const pastKey = (uri: string): string => `past/${uri}`;
const pastPlaceKey = (place: number): string => `past-place/${place}`;

/** Cases that make room together: a map with many removed entries is slow to begin, so it is done seldom. */
const leavingMax = 256;

type Readable = Pick<Documents, "get">;

export const caseOf = (documents: Readable | Turn, uri: string): ReturnCase | undefined =>
  documents.get(caseKey(uri)) as ReturnCase | undefined;

export const pastOf = (turn: Turn, uri: string): PastCase | undefined =>
  turn.get(pastKey(uri)) as PastCase | undefined;

/** Writes a case down, with when it is to be looked at again; one that nothing is expected of is closed. */
export function keepCase(turn: Turn, value: Omit<ReturnCase, "nextDueMs">): void {
  if (value.ended === true && Object.keys(value.waits).length === 0) return closeCase(turn, value);
  const dueMs = nextDueMs(value, turn.rules.limits.unseenMs);
  const before = caseOf(turn, value.uri)?.nextDueMs;
  turn.put(caseKey(value.uri), { ...value, nextDueMs: dueMs });
  if (dueMs !== undefined && dueMs !== before) deadlineIndexOf(turn.documents).add(value.uri, dueMs);
}

/** The place of a new case; an old one may have to make room for it. Answers how many had to. */
export function makeRoom(turn: Turn): { readonly order: number; readonly given: number } {
  const { opened, held } = turn.ledger;
  const { casesMax } = turn.rules.limits;
  const leaving = held >= casesMax ? oldest(turn.documents, Math.min(leavingMax, casesMax >> 6)) : [];
  for (const key of leaving) turn.put(key, undefined);
  turn.count({ opened: opened + 1, held: held + 1 - leaving.length });
  return { order: opened + 1, given: leaving.length };
}

/** It leaves memory; its history stays on disk, and for a while its serial number is known when it comes again. */
export function closeCase(
  turn: Turn,
  { uri, id, step, told }: Pick<ReturnCase, "uri" | "id" | "step" | "told">,
): void {
  forgetCase(turn, uri);
  remember(turn, uri, { id, step, told });
}

/** The identity ends, and the item's case goes on under the one that `open` has. */
export function renameCase(turn: Turn, uri: string, open: ReturnCase): void {
  const { id, step, told } = open;
  const wasOpen = caseOf(turn, uri) !== undefined;
  forgetCase(turn, uri);
  remember(turn, uri, { id, step, told, successor: open.uri });
  if (wasOpen) turn.count({ held: turn.ledger.held + 1 });
  keepCase(turn, open);
}

/** What an item is called by now, where it got a new identity since. */
export function currentUri(turn: Turn, uri: string): string {
  const successor = pastOf(turn, uri)?.successor;
  return successor === undefined ? uri : currentUri(turn, successor);
}

export const forgetPast = (turn: Turn, uri: string): void => turn.put(pastKey(uri), undefined);
export const keepPast = (turn: Turn, uri: string, past: PastCase): void => turn.put(pastKey(uri), past);

/** Known for a while by its identity alone. */
export function remember(turn: Turn, uri: string, past: Omit<PastCase, "place">): void {
  const { pastMax } = turn.rules.limits;
  const { closed } = turn.ledger;
  turn.count({ closed: closed + 1 });
  if (pastMax === 0) return;
  const place = closed % pastMax;
  const leaving = turn.get(pastPlaceKey(place)) as string | undefined;
  if (leaving !== undefined && pastOf(turn, leaving)?.place === place) forgetPast(turn, leaving);
  turn.put(pastPlaceKey(place), uri);
  keepPast(turn, uri, { ...past, place });
}

/** It was opened by mistake. */
export function forgetCase(turn: Turn, uri: string): void {
  if (caseOf(turn, uri) === undefined) return;
  turn.put(caseKey(uri), undefined);
  turn.count({ held: turn.ledger.held - 1 });
}

/** It was closed by mistake. */
export function reopenCase(turn: Turn, value: ReturnCase): void {
  forgetPast(turn, value.uri);
  turn.count({ held: turn.ledger.held + 1 });
  keepCase(turn, value);
}

/** Documents stand in the order in which cases were opened. */
function oldest(documents: Documents, count: number): readonly string[] {
  const keys: string[] = [];
  for (const key of caseKeys(documents)) {
    keys.push(key);
    if (keys.length >= Math.max(1, count)) break;
  }
  return keys;
}

/** Documents that are no case come first when they are read back. */
export const caseAge = (document: unknown): number => (document as Partial<ReturnCase>).order ?? 0;
