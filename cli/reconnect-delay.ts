import type { DelayBounds } from "../protocols/decorrelated-jitter.ts";
import type { Random } from "../protocols/random.ts";

/** For the few who share a broker within one building or one data centre. */
export const reconnectBounds: DelayBounds = { minMs: 200, maxMs: 30_000, firstMsMax: 1_000 };

/**
 * For gateways at HQ: when its broker restarts, ten thousand fall in the same instant. Ten seconds spread them to
 * a thousand a second, which one broker can take with TLS. The lower bound is what keeps them below that later:
 * with 200 ms the waits stay short for minutes, because a threefold wait at most grows slowly on average.
 */
export const fleetReconnectBounds: DelayBounds = { minMs: 2_000, maxMs: 30_000, firstMsMax: 12_000 };

/** A machine that runs no longer than this has perhaps booted together with its whole region. */
const bootMsMax = 300_000;

/** How long the first connection of all waits: not at all, but after a power cut that hit a whole region. */
export function bootDelayMs(uptimeMs: number, { maxMs, firstMsMax }: DelayBounds, random: Random): number {
  return uptimeMs < bootMsMax ? random.fraction() * Math.min(maxMs, firstMsMax) : 0;
}
