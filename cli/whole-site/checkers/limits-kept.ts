import type { Checker } from "../facts.ts";

/** Everything that can grow is looked at each minute, and is no larger than its limit says. */
export function limitsKept(): Checker {
  let looks = 0;
  return {
    name: "limits-kept",
    see(fact) {
      if (fact.kind !== "measured") return undefined;
      looks += 1;
      return fact.amount > fact.most ? `${fact.what} is ${fact.amount}; it may be ${fact.most}` : undefined;
    },
    finish: () => (looks === 0 ? "nothing was ever measured" : undefined),
  };
}
