import {
  type DeadlineName,
  deadlineNames,
  deadlineRules,
  warningShare,
} from "../../protocols/returns/deadlines.ts";
import type { ItemView } from "./item-view.ts";

export interface TransitRules {
  /** By when what is due, in ms; 0: never. */
  readonly deadlines: Readonly<Record<DeadlineName, number>>;
  /** What was sent on its way has not arrived for so long; 0: never told. */
  readonly notArrivedMs: number;
}

const dayMs = 86_400_000;

export const defaultTransitRules: TransitRules = {
  deadlines: Object.fromEntries(deadlineNames.map((name) => [name, deadlineRules[name].defaultMs])) as Record<
    DeadlineName,
    number
  >,
  notArrivedMs: 3 * dayMs,
};

/** What is to be told of an item that HQ watches. */
export type Due = { readonly atMs: number } & (
  | {
      readonly kind: "deadline";
      readonly name: DeadlineName;
      readonly isMissed: boolean;
      readonly dueMs: number;
    }
  | { readonly kind: "not-arrived" }
);

/** When the item is to be looked at; undefined where HQ will never have to tell anything of it. */
export function nextDueMs(view: ItemView, rules: TransitRules): number | undefined {
  const times = duesOf(view, rules).map(({ atMs }) => atMs);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** What is due by now; a deadline that is missed is not warned of as well. */
export function duesBy(view: ItemView, rules: TransitRules, nowMs: number): readonly Due[] {
  const dues = duesOf(view, rules).filter(({ atMs }) => atMs <= nowMs);
  const isMissed = (name: DeadlineName): boolean =>
    dues.some((due) => due.kind === "deadline" && due.name === name && due.isMissed);
  return dues.filter((due) => due.kind !== "deadline" || due.isMissed || !isMissed(due.name));
}

/** Deadlines are HQ's from when one site has sent it away until another has its case; whether it arrives always is. */
function duesOf(view: ItemView, { deadlines, notArrivedMs }: TransitRules): readonly Due[] {
  const { left, taken, step, notArrivedTold } = view;
  if (left === undefined) return [];
  const untilMs = taken?.atMs ?? Number.POSITIVE_INFINITY;
  const dues = deadlineNames.flatMap((name) => deadlineDues(view, name, deadlines[name]));
  const owed: Due[] = dues.filter(({ atMs }) => atMs <= untilMs);
  const isAwaited = step === "shipped" && notArrivedTold !== true && notArrivedMs > 0;
  return isAwaited ? [...owed, { kind: "not-arrived", atMs: left.atMs + notArrivedMs }] : owed;
}

function deadlineDues({ waits }: ItemView, name: DeadlineName, ms: number): readonly Due[] {
  const wait = waits[name];
  if (wait === undefined || ms === 0) return [];
  const dueMs = wait.fromMs + ms;
  const missed: Due = { kind: "deadline", name, isMissed: true, dueMs, atMs: dueMs };
  if (wait.warned) return [missed];
  const nearMs = wait.fromMs + Math.round(ms * warningShare);
  return [{ kind: "deadline", name, isMissed: false, dueMs, atMs: nearMs }, missed];
}
