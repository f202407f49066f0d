/** The value below which `share` of the samples lie; NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Rounded for reading: three significant digits are more than a shared machine is worth. */
export const rounded = (value: number): number => Number(value.toPrecision(3));

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly count: number;
}

export function latencyOf(samplesMs: readonly number[]): Latency {
  return {
    p50Ms: rounded(percentile(samplesMs, 0.5)),
    p99Ms: rounded(percentile(samplesMs, 0.99)),
    count: samplesMs.length,
  };
}

/** A figure beside what it has to reach, so that a miss cannot hide. */
export interface Target {
  readonly value: number;
  readonly target: string;
  readonly reached: boolean;
}

export const atLeast = (value: number, target: number): Target => ({
  value: rounded(value),
  target: `>= ${target}`,
  reached: value >= target,
});

export const atMost = (value: number, target: number): Target => ({
  value: rounded(value),
  target: `<= ${target}`,
  reached: value <= target,
});
