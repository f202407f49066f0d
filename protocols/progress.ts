/**
 * One part of a process as somebody sees it who asks whether it still gets on. A part that cannot be seen to
 * get on, and has no reason to wait, stands still; that it is alive proves nothing.
 */
export interface Pulse {
  readonly part: string;
  /** Rises with each step of its work. */
  readonly steps: number;
  /** It has nothing to do, or waits for what may take as long as it likes: an absent device, a link that is down. */
  readonly rests: boolean;
  /** How long it may go without a step while it does not rest. */
  readonly stillMsMax: number;
}

interface Standstill {
  readonly part: string;
  readonly stillMs: number;
}

export type Verdict =
  | { readonly kind: "alive" }
  /** The part that has overrun its limit by most. */
  | ({ readonly kind: "stuck" } & Standstill);

/** What was seen of all parts so far. */
export interface Watched {
  readonly atMs: number;
  readonly parts: ReadonlyMap<string, { readonly steps: number; readonly stillMs: number }>;
}

export const watchedNothing = (nowMs: number): Watched => ({ atMs: nowMs, parts: new Map() });

/**
 * Looks at all parts. A look counts for `lookMsMax` at most, however late it comes: a process that was stopped
 * as a whole (a signal, a guest machine that was paused) wakes up with no part that could have got on.
 */
export function watchPulses(
  before: Watched,
  pulses: readonly Pulse[],
  nowMs: number,
  lookMsMax: number,
): Watched {
  const elapsedMs = Math.min(lookMsMax, nowMs - before.atMs);
  const seen = pulses.map(({ part, steps, rests }) => {
    const known = before.parts.get(part);
    const still = known !== undefined && known.steps === steps && !rests;
    return [part, { steps, stillMs: still ? known.stillMs + elapsedMs : 0 }] as const;
  });
  return { atMs: nowMs, parts: new Map(seen) };
}

export function verdictOf(watched: Watched, pulses: readonly Pulse[]): Verdict {
  let worst: (Standstill & { readonly overrunMs: number }) | undefined;
  for (const { part, stillMsMax } of pulses) {
    const stillMs = watched.parts.get(part)?.stillMs ?? 0;
    const overrunMs = stillMs - stillMsMax;
    if (overrunMs > (worst?.overrunMs ?? 0)) worst = { part, stillMs, overrunMs };
  }
  if (worst === undefined) return { kind: "alive" };
  return { kind: "stuck", part: worst.part, stillMs: worst.stillMs };
}
