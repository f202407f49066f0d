import type { Random } from "../protocols/random.ts";
import { choose, within } from "./scenario/chance.ts";

/** What can go wrong with a site, its box, its network, its devices and headquarters. */
export const siteFaultKinds = [
  "kill",
  "kill-at-effect",
  "ordered-restart",
  "power-cut",
  "power-cut-without-clock",
  "disk-slow",
  "disk-fails",
  "disk-full",
  "write-failed-yet-found",
  "disk-unreadable",
  "old-image",
  "clock-jump",
  "clock-lost",
  "uplink-reset",
  "uplink-dark",
  "uplink-stall",
  "local-reset",
  "broker-restart",
  "broker-forgets",
  "broker-repeats",
  "broker-reorders",
  "broker-breaks-before-puback",
  "headquarters-killed",
  "headquarters-slow",
  "headquarters-disk-fails",
  "headquarters-restored",
  "poison-upwards",
  "poison-downwards",
  "poison-in-store",
  "device-unplugged",
  "line-fault",
] as const;
export type SiteFaultKind = (typeof siteFaultKinds)[number];

export interface SiteFault {
  readonly atMs: number;
  readonly kind: SiteFaultKind;
  /** How long it lasts, where it lasts. */
  readonly lastsMs: number;
  /** Which one of several is hit, and how: at least 0 and below 1, for whoever carries it out. */
  readonly draw: number;
}

interface Habit {
  /** How often, compared with the others. */
  readonly weight: number;
  readonly lastsMs: readonly [number, number];
  /** At most so often in one run: what a site survives once need not come every hour. */
  readonly most?: number;
}

const moment = [0, 0] as const;
const minute = 60_000;

const habits: { readonly [Kind in SiteFaultKind]: Habit } = {
  kill: { weight: 4, lastsMs: moment },
  "kill-at-effect": { weight: 10, lastsMs: moment },
  "ordered-restart": { weight: 2, lastsMs: moment },
  "power-cut": { weight: 4, lastsMs: [5_000, 60_000] },
  "power-cut-without-clock": { weight: 2, lastsMs: [20_000, 5 * minute] },
  "disk-slow": { weight: 3, lastsMs: [2_000, minute] },
  "disk-fails": { weight: 4, lastsMs: [100, 20_000] },
  "disk-full": { weight: 2, lastsMs: [5_000, 3 * minute] },
  "write-failed-yet-found": { weight: 3, lastsMs: moment },
  "disk-unreadable": { weight: 2, lastsMs: [500, 15_000] },
  "old-image": { weight: 1, lastsMs: [10_000, 20 * minute], most: 1 },
  "clock-jump": { weight: 4, lastsMs: moment },
  "clock-lost": { weight: 2, lastsMs: [10_000, 5 * minute] },
  "uplink-reset": { weight: 5, lastsMs: moment },
  "uplink-dark": { weight: 4, lastsMs: [5_000, 10 * minute] },
  "uplink-stall": { weight: 3, lastsMs: [1_000, 15_000] },
  "local-reset": { weight: 4, lastsMs: moment },
  "broker-restart": { weight: 4, lastsMs: [500, 30_000] },
  "broker-forgets": { weight: 3, lastsMs: [500, 20_000] },
  "broker-repeats": { weight: 3, lastsMs: [5_000, 2 * minute] },
  "broker-reorders": { weight: 3, lastsMs: [5_000, 2 * minute] },
  "broker-breaks-before-puback": { weight: 3, lastsMs: [1_000, 10_000] },
  "headquarters-killed": { weight: 5, lastsMs: [500, minute] },
  "headquarters-slow": { weight: 3, lastsMs: [10_000, 3 * minute] },
  "headquarters-disk-fails": { weight: 3, lastsMs: [1_000, minute] },
  "headquarters-restored": { weight: 1, lastsMs: [minute, 20 * minute], most: 1 },
  "poison-upwards": { weight: 1, lastsMs: moment },
  "poison-downwards": { weight: 2, lastsMs: moment },
  "poison-in-store": { weight: 2, lastsMs: moment },
  "device-unplugged": { weight: 5, lastsMs: [1_000, 2 * minute] },
  "line-fault": { weight: 5, lastsMs: [1_000, 20_000] },
};

export interface FaultPlanOptions {
  readonly durationMs: number;
  /** On average; 0 is a site where nothing ever happens. */
  readonly faultsPerHour: number;
  /** Days offline come only where there are days. */
  readonly longestOfflineMs: number;
}

/**
 * Draws the faults of a run. Each run knows only some kinds of them (as a swarm of tests does), so that a rare
 * course is not always cut off by a frequent fault; and either the box or headquarters is put back, not both:
 * what neither of the two has any more nobody can bring back.
 */
export function planFaults(random: Random, options: FaultPlanOptions): readonly SiteFault[] {
  const { durationMs, faultsPerHour, longestOfflineMs } = options;
  const notPutBack = random.fraction() < 0.5 ? "old-image" : "headquarters-restored";
  const knownShare = within(random, [0.2, 1]);
  const known = siteFaultKinds.filter((kind) => random.fraction() < knownShare && kind !== notPutBack);
  const count = known.length === 0 ? 0 : Math.round((faultsPerHour * durationMs) / 3_600_000);
  const times = new Map<SiteFaultKind, number>();
  const faults: SiteFault[] = [];
  for (let drawn = 0; drawn < count; drawn += 1) {
    const kind = choose(
      random,
      known.map((each) => [each, habits[each].weight] as const),
    );
    if (kind === undefined) break;
    const habit = habits[kind];
    const before = times.get(kind) ?? 0;
    const fault = { kind, atMs: within(random, [0, durationMs]), draw: random.fraction() };
    const span = kind === "uplink-dark" ? ([habit.lastsMs[0], longestOfflineMs] as const) : habit.lastsMs;
    // Long ones are rare: the square prefers the short ones.
    const drawnMs = span[0] + random.fraction() ** 2 * (span[1] - span[0]);
    // Everything has ended when the plan ends.
    const lastsMs = Math.min(drawnMs, durationMs - fault.atMs);
    if (before >= (habit.most ?? Number.POSITIVE_INFINITY)) continue;
    times.set(kind, before + 1);
    faults.push({ ...fault, lastsMs });
  }
  return faults.sort((left, right) => left.atMs - right.atMs);
}
