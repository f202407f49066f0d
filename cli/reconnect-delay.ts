import type { Random } from "../protocols/random.ts";

/** Bounds of the wait between two tries to connect. */
export interface DelayBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Soon enough for a broker that was only restarted; at most 30 s, so that ten thousand gateways ask a
 * returning HQ some 300 times a second and yet none is more than half a minute late.
 */
export const reconnectBounds: DelayBounds = { minMs: 200, maxMs: 30_000 };

/**
 * Decorrelated jitter: somewhere between the lower bound and three times the last wait. Grows like a
 * doubling, and two boxes that lost the broker at the same moment soon ask at different ones.
 */
export function nextDelayMs(lastMs: number, { minMs, maxMs }: DelayBounds, random: Random): number {
  const highMs = Math.min(maxMs, Math.max(minMs, lastMs * 3));
  return minMs + random.fraction() * (highMs - minMs);
}
