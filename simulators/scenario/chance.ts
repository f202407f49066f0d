import type { Random } from "../../protocols/random.ts";

/** A time within a span. */
export const within = (random: Random, [from, to]: readonly [number, number]): number =>
  from + random.fraction() * (to - from);

/** Comings at random: the first within a second, the others with gaps that average `everyMs`. */
export function comings(random: Random, everyMs: number, durationMs: number): readonly number[] {
  const times: number[] = [];
  let atMs = within(random, [0, 1_000]);
  while (atMs < durationMs) {
    times.push(atMs);
    atMs += -Math.log(1 - random.fraction()) * everyMs;
  }
  return times;
}

/** One of several, by weight. */
export function choose<Choice>(
  random: Random,
  choices: readonly (readonly [Choice, number])[],
): Choice | undefined {
  let left = random.fraction() * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [choice, weight] of choices) {
    left -= weight;
    if (left < 0) return choice;
  }
  return choices.at(-1)?.[0];
}
