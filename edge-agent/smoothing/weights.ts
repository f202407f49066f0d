import type { Observation } from "../../protocols/readings.ts";

export type WeightObservation = Extract<Observation, { kind: "weight" }>;

export interface WeightSettings {
  readonly weightDigitsMin: number;
}

/** An exact decimal: `digits` divided by ten to the power of `decimals`. */
interface Decimal {
  readonly digits: bigint;
  readonly decimals: number;
}

interface Weighing extends Decimal {
  readonly unit: string;
  readonly mode: WeightObservation["mode"];
}

/**
 * One weight per weighing: said once it is stable, and again only after motion, after a change that the
 * scale's last digits do not explain, or after the pan was empty. An empty pan is no weighing. The end of a weighing is
 * said as well, once, by what is no stable weight any more: whoever labels must not take the last goods' weight for
 * those that come next.
 */
export interface Weights {
  weighed(weight: WeightObservation): readonly WeightObservation[];
  /** Nobody looked for a while: another load may lie there that weighs the same. */
  unwatched(): void;
}

export function weights(settings: WeightSettings): Weights {
  let last: Weighing | undefined;
  /** A weighing was said whose end was not; also what somebody may remember from before this start. */
  let isOpen = true;
  const digitsMin = BigInt(settings.weightDigitsMin);
  const ended = (weight: WeightObservation): readonly WeightObservation[] => {
    last = undefined;
    const isNews = isOpen;
    isOpen = false;
    return isNews ? [{ ...weight, stable: false }] : [];
  };
  return {
    weighed(weight) {
      if (!weight.stable) return ended(weight);
      const weighing = { ...parseDecimal(weight.value), unit: weight.unit, mode: weight.mode };
      if (magnitude(weighing.digits) < digitsMin) return ended(weight);
      isOpen = true;
      if (last !== undefined && isSameLoad(last, weighing, digitsMin)) return [];
      last = weighing;
      return [weight];
    },
    unwatched() {
      last = undefined;
      isOpen = true;
    },
  };
}

/** Two units, or gross and net, cannot be compared digit by digit: a switch between them is a new weighing. */
function isSameLoad(left: Weighing, right: Weighing, digitsMin: bigint): boolean {
  if (left.unit !== right.unit || left.mode !== right.mode) return false;
  const decimals = Math.max(left.decimals, right.decimals);
  // A scale with several ranges shows fewer decimals in the upper one; there its last digit is worth more.
  const digitWorth = 10n ** BigInt(decimals - Math.min(left.decimals, right.decimals));
  return magnitude(scaled(left, decimals) - scaled(right, decimals)) < digitsMin * digitWorth;
}

const scaled = (value: Decimal, decimals: number): bigint =>
  value.digits * 10n ** BigInt(decimals - value.decimals);
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

function parseDecimal(text: string): Decimal {
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new Error(`a driver reported "${text}" as a weight`);
  const [whole = "", fraction = ""] = text.split(".");
  return { digits: BigInt(whole + fraction), decimals: fraction.length };
}
