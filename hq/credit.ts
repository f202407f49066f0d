/** How headquarters shares out what it can take of backlogs. */
export interface CreditRules {
  /** For all backlogs together; the rest of what the store can take is for live events. */
  readonly eventsPerSecond: number;
  /** No gateway waits for ever, even where that makes the sum larger than the total. */
  readonly leastEventsPerSecond: number;
  /** A smaller rest is not worth a grant. */
  readonly backlogEventsMin: number;
  /** So long a gateway may rely on what it was told. */
  readonly validMs: number;
  /** A third of it, so that a lost message ends no grant. */
  readonly renewEveryMs: number;
}

/** 10,000 gateways at two live events a second leave some 30,000 of the 50,000 that the store was measured at. */
export const defaultCreditRules: CreditRules = {
  eventsPerSecond: 20_000,
  leastEventsPerSecond: 2,
  backlogEventsMin: 256,
  validMs: 60_000,
  renewEveryMs: 20_000,
};

/** What one gateway was told. */
export interface Grant {
  readonly eventsPerSecond: number;
  readonly toldMs: number;
}

type Grants = ReadonlyMap<string, Grant>;

/** The schema's bound. */
const grantMax = 1_000_000;
/** A grant that shrank so far is told at once, because others have come and need their part. */
const shrunk = 0.75;

/**
 * Divides `total` fairly: nobody gets more than it wants, and what one leaves goes to the others; nobody gets
 * less than `least`.
 */
export function shareOut(
  wants: ReadonlyMap<string, number>,
  total: number,
  least: number,
): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  let rest = total;
  let sharers = wants.size;
  for (const [key, want] of [...wants].toSorted(([, one], [, other]) => one - other)) {
    const share = Math.max(least, Math.min(want, Math.floor(rest / sharers)));
    shares.set(key, share);
    rest = Math.max(0, rest - share);
    sharers -= 1;
  }
  return shares;
}

/** Grants anew what changed or is about to lapse. `backlogs`: events that each gateway still has to send. */
export function grantCredit(
  grants: Grants,
  backlogs: ReadonlyMap<string, number>,
  nowMs: number,
  rules: CreditRules,
): { readonly grants: Grants; readonly tell: readonly string[] } {
  const wants = new Map<string, number>();
  for (const [key, events] of backlogs) {
    if (events <= rules.backlogEventsMin) continue;
    // Whoever can be through within a second needs no more; and the last events go as fast as the first.
    wants.set(key, Math.min(grantMax, Math.max(events, grants.get(key)?.eventsPerSecond ?? 0)));
  }
  const next = new Map<string, Grant>();
  const tell: string[] = [];
  for (const [key, eventsPerSecond] of shareOut(wants, rules.eventsPerSecond, rules.leastEventsPerSecond)) {
    const before = grants.get(key);
    const due =
      before === undefined ||
      nowMs - before.toldMs >= rules.renewEveryMs ||
      eventsPerSecond < before.eventsPerSecond * shrunk;
    next.set(key, due ? { eventsPerSecond, toldMs: nowMs } : before);
    if (due) tell.push(key);
  }
  return { grants: next, tell };
}
