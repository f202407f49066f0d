import { expect, test } from "vitest";
import { playSeed } from "../../../cli/whole-site/play-seed.ts";

/** Short and dense: what takes months in a store comes every half minute. */
export const busy = { durationMs: 15 * 60_000, faultsPerHour: 150 } as const;
/** Cut into pieces, so that a test's time limit means something and the failing seeds are near. */
const seedsEach = 10;

/** Plays so many pieces of ten seeds from `firstSeed` on; the files that call it run side by side. */
export function playPieces(firstSeed: number, pieces: number): void {
  const froms = Array.from({ length: pieces }, (_, piece) => firstSeed + piece * seedsEach);
  test.each(froms)(
    "no promise is broken in the ten seeds from %i on",
    async (from) => {
      const failures: string[] = [];
      for (let seed = from; seed < from + seedsEach; seed += 1) {
        const { verdicts } = await playSeed({ seed, ...busy });
        for (const { checker, ok, words } of verdicts)
          if (!ok) failures.push(`seed ${seed}, ${checker}: ${words}`);
      }
      expect(failures).toEqual([]);
    },
    120_000,
  );
}
