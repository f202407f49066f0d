import { seededRandom } from "../../protocols/random.ts";
import type { Memory } from "./forgetful-disk.ts";

/** When the power goes: so many steps after so many acknowledged commits. */
export interface PlannedCut {
  readonly afterCommits: number;
  /** Writes, flushes and acknowledgements; so that a cut falls between any two of them. */
  readonly thenSteps: number;
  /** Unflushed writes that a cut should find, so that there is something to forget; waited for within reason. */
  readonly unflushedMin: number;
  readonly memory: Memory;
}

const stepsMax = 24;
const unflushedMinMax = 4;
/** A disk that is written to seldom, or always flushed at once, is cut after so many steps all the same. */
const patienceSteps = 60;

/** The moments of one boot in their order; the last one is the cut, at those before the disk is only copied. */
export function planCuts(seed: number, { copies, commitsMax }: CutLimits): readonly PlannedCut[] {
  const random = seededRandom(seed);
  return Array.from({ length: copies + 1 }, () => ({
    // Early ones more often: files, logs and tables that were just made are the ones to doubt.
    afterCommits: 1 + Math.floor(random.fraction() ** 2 * commitsMax),
    thenSteps: Math.floor(random.fraction() * stepsMax),
    unflushedMin: Math.floor(random.fraction() * (unflushedMinMax + 1)),
    memory: memoryOf(random.fraction()),
  })).toSorted((left, right) => left.afterCommits - right.afterCommits);
}

export interface CutLimits {
  readonly copies: number;
  readonly commitsMax: number;
}

/** A disk without a cache of its own forgets nothing; one with a large one may forget all. */
function memoryOf(share: number): Memory {
  if (share < 0.2) return "everything";
  return share < 0.45 ? "nothing" : "some";
}

/** Says when the next moment has come. */
export class CutWatch {
  readonly #planned: PlannedCut[];
  #steps = 0;

  constructor(planned: readonly PlannedCut[]) {
    this.#planned = [...planned];
  }

  /** To be asked at each step; the moment that has come, and whether it is the last. */
  due(
    acknowledgedCommits: number,
    unflushedWrites: number,
  ): { readonly moment: PlannedCut; readonly isLast: boolean } | undefined {
    const [next] = this.#planned;
    if (next === undefined || acknowledgedCommits < next.afterCommits) return undefined;
    this.#steps += 1;
    const waited = this.#steps - next.thenSteps;
    if (waited <= 0 || (unflushedWrites < next.unflushedMin && waited <= patienceSteps)) return undefined;
    this.#steps = 0;
    this.#planned.shift();
    return { moment: next, isLast: this.#planned.length === 0 };
  }
}
