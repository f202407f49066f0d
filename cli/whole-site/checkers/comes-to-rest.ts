import type { Checker } from "../facts.ts";

/** Once nothing goes wrong any more, everything reaches headquarters and the outboxes are settled within a bounded time. */
export function comesToRest(): Checker {
  let rested = false;
  return {
    name: "comes-to-rest",
    see(fact) {
      if (fact.kind !== "rested") return undefined;
      rested = true;
      return fact.left.length === 0
        ? undefined
        : `${Math.round(fact.afterMs / 1_000)} s after the last fault: ${fact.left.join("; ")}`;
    },
    finish: () => (rested ? undefined : "nobody looked whether it has come to rest"),
  };
}
