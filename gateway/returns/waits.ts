import {
  begunBy,
  type Care,
  type DeadlineName,
  deadlineNames,
  metBy,
  warningShare,
} from "../../protocols/returns/deadlines.ts";
import type { StepName } from "../../protocols/returns/steps.ts";

/** A deadline that runs, in service time. */
export interface Wait {
  readonly fromMs: number;
  readonly dueMs: number;
  readonly warned?: true;
}
export type Waits = Readonly<Partial<Record<DeadlineName, Wait>>>;

/** What of a case says when it is due. */
interface Awaited {
  readonly waits: Waits;
  readonly step: StepName;
  readonly seen: { readonly post: string; readonly ms: number };
  readonly ended?: true | undefined;
  readonly unseenTold?: true | undefined;
}

/** What runs after a step or a care at this moment of service time. */
export function waitsAfter(
  waits: Waits,
  fact: StepName | Care,
  atMs: number,
  deadlines: Readonly<Record<DeadlineName, number>>,
): Waits {
  const met = metBy(fact);
  const begun = begunBy(fact);
  if (met.length + begun.length === 0) return waits;
  const after: Partial<Record<DeadlineName, Wait>> = {};
  // Copied without what is met: an object that something was deleted from is slow for as long as it lives.
  for (const name of deadlineNames) {
    const wait = waits[name];
    if (wait !== undefined && !met.includes(name)) after[name] = wait;
  }
  for (const name of begun) {
    const ms = deadlines[name];
    if (ms > 0) after[name] = { fromMs: atMs, dueMs: atMs + ms };
  }
  return after;
}

/** What runs when a step is taken back: what it has met runs again, what it began ends, and the rest is as it is now. */
export function waitsBefore(before: Waits, now: Waits, step: StepName): Waits {
  // What leaves the site takes all of its deadlines along.
  if (step === "shipped") return before;
  const touched = [...metBy(step), ...begunBy(step)];
  const waits: Partial<Record<DeadlineName, Wait>> = {};
  for (const name of deadlineNames) {
    const wait = (touched.includes(name) ? before : now)[name];
    if (wait !== undefined) waits[name] = wait;
  }
  return waits;
}

/** When somebody is to be warned, or told that it is too late. */
export const dueOf = ({ fromMs, dueMs, warned }: Wait): number =>
  warned === true ? dueMs : fromMs + Math.round((dueMs - fromMs) * warningShare);

/** When the case is to be looked at again; undefined where nothing can become due. */
export function nextDueMs(open: Awaited, unseenMs: number): number | undefined {
  const { waits, seen } = open;
  let earliest = Infinity;
  for (const name in waits) {
    const wait = waits[name as DeadlineName];
    if (wait !== undefined) earliest = Math.min(earliest, dueOf(wait));
  }
  if (unseenMs > 0 && isAwaited(open)) earliest = Math.min(earliest, seen.ms + unseenMs);
  return earliest === Infinity ? undefined : earliest;
}

/** Where a case is that is on its way here: no post of ours. */
export const onItsWay = "";

/** Whether a device should see the item now and then, and nobody was told yet that none does; what comes not is HQ's to tell. */
export const isAwaited = ({ step, ended, unseenTold, seen }: Omit<Awaited, "waits">): boolean =>
  ended !== true && unseenTold !== true && step !== "lost" && seen.post !== onItsWay;
