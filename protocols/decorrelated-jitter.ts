import type { Random } from "./random.ts";

/** Bounds of the wait between two tries to connect. */
export interface DelayBounds {
  readonly minMs: number;
  readonly maxMs: number;
  /** Longest wait before the first try after a fall, and before the first of all after the machine booted. */
  readonly firstMsMax: number;
}

/**
 * Decorrelated jitter: somewhere between the lower bound and three times the last wait. Grows like a
 * doubling, and two boxes that lost the broker at the same moment ask at different ones. `lastMs` 0: the first
 * try after a connection that held.
 */
export function nextDelayMs(
  lastMs: number,
  { minMs, maxMs, firstMsMax }: DelayBounds,
  random: Random,
): number {
  const wantedMs = lastMs === 0 ? firstMsMax : lastMs * 3;
  const highMs = Math.min(maxMs, Math.max(minMs, wantedMs));
  const lowMs = Math.min(minMs, maxMs);
  return lowMs + random.fraction() * (highMs - lowMs);
}
