import type { GatewayName, Stream } from "../protocols/topics.ts";

/** From and to are both meant. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Whose sequence it is: one stream of one gateway under one epoch. */
export interface LedgerName extends GatewayName {
  readonly stream: Stream;
  readonly epoch: string;
}

/** What headquarters holds of one sequence. Explained holes count as held. */
export interface Ledger extends LedgerName {
  /** Everything up to here is held. */
  readonly contiguous: number;
  /** What is held above, in order, with a hole before each. */
  readonly beyond: readonly Range[];
}

/**
 * More islands than this are not kept: what would open another one is left to be asked for again, so that a
 * gateway that sends every second event cannot fill headquarters' memory. A drain behind live events needs one.
 */
export const islandsMax = 256;
/** Of all ledgers together, some 20 MB; beyond it each ledger may hold only a few. */
export const islandsInAllMax = 200_000;
/** Enough for a drain, live events and some lost batches, when too many ledgers have holes. */
export const islandsScarceMax = 8;

/** A key for maps; no part can hold a slash, because topic levels and epochs cannot. */
export const ledgerKey = ({ site, gateway, stream, epoch }: LedgerName): string =>
  `${site}/${gateway}/${stream}/${epoch}`;

export const sameLedger = (one: LedgerName, other: LedgerName): boolean =>
  one.epoch === other.epoch &&
  one.stream === other.stream &&
  one.gateway === other.gateway &&
  one.site === other.site;

export function emptyLedger({ site, gateway, stream, epoch }: LedgerName): Ledger {
  return { site, gateway, stream, epoch, contiguous: 0, beyond: [] };
}

/** What of the range is not held, in order. */
export function unheld({ contiguous, beyond }: Ledger, { from, to }: Range): readonly Range[] {
  const pieces: Range[] = [];
  let next = Math.max(from, contiguous + 1);
  for (const island of beyond) {
    if (island.to < next) continue;
    if (island.from > to) break;
    if (island.from > next) pieces.push({ from: next, to: island.from - 1 });
    next = island.to + 1;
  }
  if (next <= to) pieces.push({ from: next, to });
  return pieces;
}

/** Whether the ledger can note the range without opening an island too many. */
export function canHold({ contiguous, beyond }: Ledger, { from, to }: Range, most = islandsMax): boolean {
  if (from <= contiguous + 1 || beyond.length < most) return true;
  return beyond.some((island) => island.from <= to + 1 && from <= island.to + 1);
}

/** The ledger with a range more. */
export function noteHeld(ledger: Ledger, range: Range): Ledger {
  let { from, to } = range;
  const before: Range[] = [];
  const after: Range[] = [];
  for (const island of ledger.beyond) {
    if (island.to < from - 1) before.push(island);
    else if (island.from > to + 1) after.push(island);
    else {
      from = Math.min(from, island.from);
      to = Math.max(to, island.to);
    }
  }
  if (from > ledger.contiguous + 1) return { ...ledger, beyond: [...before, { from, to }, ...after] };
  // Islands before a range that reaches the contiguous part were swallowed by it.
  return { ...ledger, contiguous: Math.max(ledger.contiguous, to), beyond: after };
}

/** The holes up to `last`, oldest first. */
export function missing(ledger: Ledger, last = 0): readonly Range[] {
  const holes: Range[] = [];
  let next = ledger.contiguous + 1;
  for (const { from, to } of ledger.beyond) {
    holes.push({ from: next, to: from - 1 });
    next = to + 1;
  }
  if (next <= last) holes.push({ from: next, to: last });
  return holes;
}

export const eventsIn = (ranges: readonly Range[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);

/** What of the ranges lies outside `cut`. */
export function without(ranges: readonly Range[], cut: Range): readonly Range[] {
  if (cut.to < cut.from) return ranges;
  return ranges.flatMap(({ from, to }) => [
    ...(from < cut.from ? [{ from, to: Math.min(to, cut.from - 1) }] : []),
    ...(to > cut.to ? [{ from: Math.max(from, cut.to + 1), to }] : []),
  ]);
}
