import type { Configuration } from "../../protocols/config/configuration.ts";

type PriorityClass = Configuration["queue"]["priorityClasses"][number];
type CounterConfig = Configuration["queue"]["counters"][number];

/** Somebody who stands first where a counter may call from. */
export interface Candidate {
  readonly service: string;
  readonly priorityClass: string;
  /** Rises with each ticket of the site. */
  readonly order: number;
  readonly waitedMs: number;
}

/** Who is called next. Pure, so that another can be put in its place and both be played side by side. */
export interface CallPolicy {
  choose<One extends Candidate>(
    candidates: readonly One[],
    counter: Pick<CounterConfig, "prefers">,
  ): One | undefined;
  /** How fast a class ages, for foretelling who overtakes whom. */
  ages(priorityClass: string): number;
  /** What the class is granted when it comes, so that it is called sooner also where everybody waits a minute or two. */
  headStartMs(priorityClass: string): number;
}

/** First come, first served, whoever it is. */
export const plainOrder: CallPolicy = {
  choose: (candidates) => best(candidates, ({ order }) => -order),
  ages: () => 1,
  headStartMs: () => 0,
};

/** How much more the waiting of those whom a counter prefers counts there. */
const preferredAges = 1.5;

/** A rank above 0 comes as if it had waited so long already. */
const grantedMs = 60_000;

/**
 * Everybody's claim grows with the time of waiting, that of a priority class faster: nobody can be overtaken for ever,
 * for whoever has waited twice as long as anybody behind, and a minute, comes first. (Kleinrock's time-dependent priorities.)
 */
export function agingPolicy(classes: readonly PriorityClass[]): CallPolicy {
  const speeds = new Map(classes.map(({ id, rank, ages }) => [id, ages ?? agesOfRank(rank)]));
  const ranks = new Map(classes.map(({ id, rank }) => [id, rank]));
  const ages = (priorityClass: string): number => speeds.get(priorityClass) ?? 1;
  const headStartMs = (priorityClass: string): number =>
    (ranks.get(priorityClass) ?? 0) > 0 ? grantedMs : 0;
  return {
    ages,
    headStartMs,
    choose(candidates, { prefers }) {
      const claim = ({ service, priorityClass, waitedMs }: Candidate): number => {
        const isPreferred = prefers.includes(service) || prefers.includes(priorityClass);
        const claimMs = waitedMs * ages(priorityClass) + headStartMs(priorityClass);
        return claimMs * (isPreferred ? preferredAges : 1);
      };
      // Of equal claims, as when all have just come, the higher rank's is the better one.
      const ordered = [...candidates].sort(
        (left, right) =>
          (ranks.get(right.priorityClass) ?? 0) - (ranks.get(left.priorityClass) ?? 0) ||
          left.order - right.order,
      );
      return best(ordered, claim);
    },
  };
}

/** With rank 1 a class waits 41 % less than in plain order (`npm run bench -- queue`); more would cost the others more. */
const agesOfRank = (rank: number): number => (rank === 0 ? 1 : 1.35 + rank / 2);

function best<One>(candidates: readonly One[], claim: (one: One) => number): One | undefined {
  let found: One | undefined;
  for (const one of candidates) if (found === undefined || claim(one) > claim(found)) found = one;
  return found;
}
