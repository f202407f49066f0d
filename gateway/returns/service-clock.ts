import type { Stamp } from "../../protocols/readings.ts";
import type { Turn } from "./turn.ts";

/**
 * Deadlines are numbers on one clock that runs on over starts and jumps: time elapsed since an anchor, which moves
 * into each new start of the box before the start that it stood in can be forgotten.
 */
export function serviceMs(turn: Turn, at: Stamp): number {
  const { at: from, ms } = anchorOf(turn);
  const elapsed = turn.elapsedMs(from, at);
  // A start of another box that nobody remembers: its wall clock is all there is.
  return Math.round(ms + (Number.isFinite(elapsed) ? elapsed : at.wallMs - from.wallMs));
}

function anchorOf(turn: Turn): { readonly at: Stamp; readonly ms: number } {
  const { now } = turn.context;
  const { clock } = turn.ledger;
  if (clock?.at.boot === now.boot) return clock;
  const elapsed = clock === undefined ? 0 : turn.elapsedMs(clock.at, now);
  const anchor = { at: now, ms: (clock?.ms ?? 0) + (Number.isFinite(elapsed) ? Math.max(0, elapsed) : 0) };
  turn.count({ clock: anchor });
  return anchor;
}
