import type { Reading, Stamp } from "../../protocols/readings.ts";
import type { DocumentChange, Documents } from "../service.ts";
import {
  type AgentPlace,
  added,
  type Boot,
  bootOf,
  bootsIn,
  hasMoved,
  type Note,
  noted,
  noteOf,
  type OwnPlace,
  written,
  zeroOf,
} from "./boots.ts";

/** A message that was faster by less than this is not worth a write. */
const fasterMsMin = 50;
/** An earliest zero that is later by less than this is not worth a write. */
const laterMsMin = 1_000;

type OwnBoot = Boot & { readonly place: OwnPlace };
const isOwn = (boot: Boot | undefined): boolean => boot?.place.kind === "own";
export const asOwn = (boot: Boot | undefined): OwnBoot | undefined =>
  isOwn(boot) ? (boot as OwnBoot) : undefined;

/** The first look in a new start: service time goes on from where it is known to have been. */
export function begun(documents: Documents, now: Stamp): readonly DocumentChange[] {
  const note = noteOf(documents);
  const serviceZeroMs = note?.serviceMs ?? 0;
  const place: OwnPlace = { kind: "own", serviceZeroMs, ...earliestAfter(documents, note) };
  return [
    ...endOf(documents, note),
    ...added(documents, { boot: now.boot, place }, now.boot),
    noted(noteAt(now, serviceZeroMs + now.monotonicMs, note?.believed)),
  ];
}

/** Not before the last believed time; where no clock was set since, the starts in between took their time. */
function earliestAfter(documents: Documents, note: Note | undefined): Pick<OwnPlace, "earliestMs"> {
  if (note === undefined) return {};
  const earliestMs = asOwn(bootOf(documents, note.boot))?.place.earliestMs ?? Number.NEGATIVE_INFINITY;
  const latest = Math.max(earliestMs + note.monotonicMs, note.believed?.wallMs ?? Number.NEGATIVE_INFINITY);
  return Number.isFinite(latest) ? { earliestMs: latest } : {};
}

/** The start before is over, and came so far at least. */
function endOf(documents: Documents, note: Note | undefined): readonly DocumentChange[] {
  const before = note && asOwn(bootOf(documents, note.boot));
  if (before === undefined || note === undefined) return [];
  const end = { monotonicMs: note.monotonicMs, wallMs: note.wallMs };
  return [written({ ...before, place: { ...before.place, end } })];
}

/** How far we have come. */
export function noteNow(own: OwnBoot, now: Stamp, before: Note | undefined): DocumentChange {
  const serviceMs = own.place.serviceZeroMs + now.monotonicMs;
  const believed =
    own.zeroMs === undefined ? before?.believed : { wallMs: own.zeroMs + now.monotonicMs, serviceMs };
  return noted(noteAt(now, serviceMs, believed));
}

function noteAt(now: Stamp, serviceMs: number, believed: Note["believed"]): Note {
  const { boot, monotonicMs, wallMs } = now;
  return { boot, monotonicMs, wallMs, serviceMs, ...(believed === undefined ? {} : { believed }) };
}

/**
 * Our clock was set, or moved after that. Set for the first time it tells how long the box was off: service
 * time makes up for it, forwards only. Starts that ended without a clock now lie between two known times.
 */
export function wasSet(documents: Documents, own: OwnBoot, now: Stamp): readonly DocumentChange[] {
  const zeroMs = zeroOf(now);
  const note = noteOf(documents);
  const believed = own.zeroMs === undefined ? note?.believed : undefined;
  const serviceZeroMs = Math.max(
    own.place.serviceZeroMs,
    believed === undefined ? Number.NEGATIVE_INFINITY : believed.serviceMs + zeroMs - believed.wallMs,
  );
  const set: OwnBoot = {
    ...own,
    place: { ...own.place, serviceZeroMs },
    zeroMs,
    leaves: own.leaves ?? { zeroMs, clock: "synced" },
  };
  const ended = bootsIn(documents).filter((boot) => boot.boot !== own.boot && boot.leaves === undefined);
  return [
    written(set),
    ...ended.flatMap((boot) => {
      const before = asOwn(boot);
      return before === undefined ? [] : [written(endedBefore(before, set))];
    }),
    noteNow(set, now, note),
  ];
}

/** It was over when this one began, so its last known moment was not after this one's zero. */
function endedBefore(before: OwnBoot, set: OwnBoot): Boot {
  const { end, serviceZeroMs } = before.place;
  const ranMs = end?.monotonicMs ?? 0;
  const latestMs = (set.zeroMs ?? Number.POSITIVE_INFINITY) - ranMs;
  const zeroMs = Math.min(latestMs, zeroAsBelieved(before, undefined));
  return {
    ...before,
    place: { ...before.place, serviceZeroMs: Math.max(serviceZeroMs, set.place.serviceZeroMs - ranMs) },
    leaves: { zeroMs, clock: "estimated" },
  };
}

/** The zero of an own start whose clock was never set: what the clock said, but not before what is known. */
function zeroAsBelieved({ place: { end, earliestMs } }: OwnBoot, now: Stamp | undefined): number {
  const said = now ?? end;
  const earliest = earliestMs ?? Number.NEGATIVE_INFINITY;
  return said === undefined ? Math.max(0, earliest) : Math.max(zeroOf(said), earliest);
}

/** The best that can be said of a zero that is not known, at this moment of ours. */
export function estimatedZero(documents: Documents, boot: Boot, now: Stamp): number {
  if (boot.zeroMs !== undefined) return boot.zeroMs;
  const own = asOwn(boot);
  if (own?.boot === now.boot) return zeroAsBelieved(own, now);
  if (own !== undefined) return own.leaves?.zeroMs ?? zeroAsBelieved(own, undefined);
  const { host, aheadMs } = boot.place as AgentPlace;
  const hostBoot = bootOf(documents, host);
  return (hostBoot === undefined ? zeroOf(now) : estimatedZero(documents, hostBoot, now)) + aheadMs;
}

/** What waited for this clock waits no longer. */
export function gaveUp(documents: Documents, name: string, now: Stamp): readonly DocumentChange[] {
  const boot = bootOf(documents, name);
  if (boot === undefined || boot.leaves !== undefined) return [];
  return [written({ ...boot, leaves: { zeroMs: estimatedZero(documents, boot, now), clock: "estimated" } })];
}

/** What a reading from another box tells of that box's start, and of our own time. */
export function heard(documents: Documents, { agent, at }: Reading, now: Stamp): readonly DocumentChange[] {
  const known = bootOf(documents, at.boot);
  if (asOwn(known) !== undefined) return [];
  // Heard so much after our zero at the latest; the fastest message comes nearest.
  const aheadMs = now.monotonicMs - at.monotonicMs;
  const place: AgentPlace = { kind: "agent", agent, host: now.boot, aheadMs };
  const zeroMs = at.clock === "synced" ? zeroOf(at) : undefined;
  const own = asOwn(bootOf(documents, now.boot));
  const ours = own === undefined ? [] : notBefore(own, at, now);
  if (known === undefined) {
    const met = withZero({ boot: at.boot, order: 0, place }, zeroMs);
    return [...ended(documents, agent, now), ...added(documents, met, now.boot), ...ours];
  }
  const learnt = withZero(nearer(known, place), zeroMs);
  return learnt === known ? ours : [written(learnt), ...ours];
}

function withZero(boot: Boot, zeroMs: number | undefined): Boot {
  if (zeroMs === undefined || !hasMoved(zeroMs, boot.zeroMs)) return boot;
  return { ...boot, zeroMs, leaves: boot.leaves ?? { zeroMs, clock: "synced" } };
}

function nearer(known: Boot, place: AgentPlace): Boot {
  const before = known.place as AgentPlace;
  const isNearer = before.host !== place.host || place.aheadMs <= before.aheadMs - fasterMsMin;
  return isNearer ? { ...known, place } : known;
}

/** An agent that has begun anew sends nothing more from before: an unset start of it has ended unset. */
function ended(documents: Documents, agent: string, now: Stamp): readonly DocumentChange[] {
  return bootsIn(documents)
    .filter(({ place }) => place.kind === "agent" && place.agent === agent)
    .flatMap(({ boot }) => gaveUp(documents, boot, now));
}

/** While our clock is not set, an agent whose is tells us that it is not earlier than that. */
function notBefore(own: OwnBoot, at: Stamp, now: Stamp): readonly DocumentChange[] {
  if (own.zeroMs !== undefined || at.clock !== "synced") return [];
  const earliestMs = at.wallMs - now.monotonicMs;
  const known = own.place.earliestMs ?? Number.NEGATIVE_INFINITY;
  return earliestMs < known + laterMsMin ? [] : [written({ ...own, place: { ...own.place, earliestMs } })];
}
