export interface Sample {
  readonly atMs: number;
  readonly value: number;
}

export interface Slope {
  /** Of the value, by the hour. */
  readonly perHour: number;
  /** How far off that may be, in nineteen cases of twenty. */
  readonly uncertainty: number;
  readonly first: number;
  readonly last: number;
  readonly samples: number;
}

const hourMs = 3_600_000;
/** Standard errors on either side that hold nineteen cases of twenty. */
const standardErrors = 1.96;

/** The straight line through the samples by least squares, and how sure it is. */
export function slopeOf(samples: readonly Sample[]): Slope {
  const count = samples.length;
  if (count < 3) throw new Error(`${count} samples are no line`);
  const meanHours = samples.reduce((sum, { atMs }) => sum + atMs / hourMs, 0) / count;
  const meanValue = samples.reduce((sum, { value }) => sum + value, 0) / count;
  let spread = 0;
  let together = 0;
  for (const { atMs, value } of samples) {
    const hours = atMs / hourMs - meanHours;
    spread += hours * hours;
    together += hours * (value - meanValue);
  }
  const perHour = together / spread;
  const squares = samples.reduce(
    (sum, { atMs, value }) => sum + (value - meanValue - perHour * (atMs / hourMs - meanHours)) ** 2,
    0,
  );
  return {
    perHour,
    uncertainty: standardErrors * Math.sqrt(squares / (count - 2) / spread),
    first: samples[0]?.value ?? Number.NaN,
    last: samples.at(-1)?.value ?? Number.NaN,
    samples: count,
  };
}

/** Whether it rises no faster than this, as far as the samples can tell. */
export const isFlat = ({ perHour, uncertainty }: Slope, perHourMax: number): boolean =>
  perHour - uncertainty <= perHourMax;
