import { type Ledger, missing, type Range } from "./ledger.ts";

/** When headquarters asks for what is missing, and for how much at once. */
export interface GapRules {
  /** Messages overtake each other for a moment; a gap that is younger than this closes by itself. */
  readonly askAfterMs: number;
  /** Each unanswered question doubles the wait, up to this: a gateway may be off for days. */
  readonly askAgainMsMax: number;
  /** Ranges in one round of questions. */
  readonly rangesMax: number;
  /** Events in one range, so that the answer does not flood the broker. */
  readonly eventsMax: number;
}

export const defaultGapRules: GapRules = {
  askAfterMs: 3_000,
  askAgainMsMax: 900_000,
  rangesMax: 16,
  eventsMax: 10_000,
};

/** What is remembered of one ledger's gap. */
export interface GapWatch {
  /** The contiguous position when it was last seen to move. */
  readonly contiguous: number;
  readonly nextAskMs: number;
  readonly asked: number;
}

export interface GapStep {
  readonly watch: GapWatch | undefined;
  readonly ask: readonly Range[];
}

/** Looks at a ledger: `last` is what the gateway says that it has given out, 0 when it has said nothing. */
export function watchGap(
  watch: GapWatch | undefined,
  { ledger, last, nowMs }: { readonly ledger: Ledger; readonly last: number; readonly nowMs: number },
  rules: GapRules,
): GapStep {
  const holes = missing(ledger, last);
  if (holes.length === 0) return { watch: undefined, ask: [] };
  const { contiguous } = ledger;
  // While the position moves, something is on its way; only standing still is a gap.
  if (watch === undefined || watch.contiguous !== contiguous) {
    return { watch: { contiguous, nextAskMs: nowMs + rules.askAfterMs, asked: 0 }, ask: [] };
  }
  if (nowMs < watch.nextAskMs) return { watch, ask: [] };
  const asked = watch.asked + 1;
  const waitMs = Math.min(rules.askAfterMs * 2 ** Math.min(asked, 20), rules.askAgainMsMax);
  const ask = holes.slice(0, rules.rangesMax).map(({ from, to }) => ({
    from,
    to: Math.min(to, from + rules.eventsMax - 1),
  }));
  return { watch: { contiguous, nextAskMs: nowMs + waitMs, asked }, ask };
}
