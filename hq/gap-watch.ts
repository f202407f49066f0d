import type { Standing } from "./holdings.ts";
import { type Ledger, missing, type Range, without } from "./ledger.ts";

/** When headquarters asks for what is missing, and for how much at once. */
export interface GapRules {
  /** Messages overtake each other for a moment; a gap that is younger than this closes by itself. */
  readonly askAfterMs: number;
  /** Each unanswered question doubles the wait, up to this: a gateway may be off for days. */
  readonly askAgainMsMax: number;
  /** Ranges in one round of questions. */
  readonly rangesMax: number;
  /** A backlog is on its way by itself, and goes out again when it was lost; only one that stands still is asked for. */
  readonly drainPatienceMs: number;
  /** Events in one range, so that the answer does not flood the broker. */
  readonly eventsMax: number;
}

export const defaultGapRules: GapRules = {
  askAfterMs: 3_000,
  askAgainMsMax: 900_000,
  rangesMax: 16,
  drainPatienceMs: 120_000,
  eventsMax: 10_000,
};

/** What is remembered of one ledger's gap. */
export interface GapWatch {
  /** The contiguous position when it was last seen to move. */
  readonly contiguous: number;
  /** When that was. */
  readonly sinceMs: number;
  readonly nextAskMs: number;
  readonly asked: number;
}

export interface GapStep {
  readonly watch: GapWatch | undefined;
  readonly ask: readonly Range[];
}

interface GapLook {
  readonly ledger: Ledger;
  readonly standing: Standing;
  readonly nowMs: number;
}

/** Looks at a ledger and at what the gateway says of it. */
export function watchGap(
  watch: GapWatch | undefined,
  { ledger, standing, nowMs }: GapLook,
  rules: GapRules,
): GapStep {
  const holes = missing(ledger, standing.last);
  if (holes.length === 0) return { watch: undefined, ask: [] };
  const { contiguous } = ledger;
  // While the position moves, something is on its way; only standing still is a gap.
  if (watch === undefined || watch.contiguous !== contiguous) {
    return { watch: { contiguous, sinceMs: nowMs, nextAskMs: nowMs + rules.askAfterMs, asked: 0 }, ask: [] };
  }
  const patient = nowMs - watch.sinceMs < rules.drainPatienceMs;
  const gaps = patient ? without(holes, { from: standing.heard + 1, to: standing.draining }) : holes;
  if (gaps.length === 0 || nowMs < watch.nextAskMs) return { watch, ask: [] };
  const asked = watch.asked + 1;
  const waitMs = Math.min(rules.askAfterMs * 2 ** Math.min(asked, 20), rules.askAgainMsMax);
  const ask = gaps.slice(0, rules.rangesMax).map(({ from, to }) => ({
    from,
    to: Math.min(to, from + rules.eventsMax - 1),
  }));
  return { watch: { ...watch, nextAskMs: nowMs + waitMs, asked }, ask };
}
