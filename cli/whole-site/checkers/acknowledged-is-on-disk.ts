import type { Reading } from "../../../protocols/readings.ts";
import type { Checker, Fact } from "../facts.ts";
import { markKey, StoredReadings } from "./stored-readings.ts";

/** PUBACK, and an accepted reading in the gateway's own process, mean that it is in a transaction on disk. */
export function acknowledgedIsOnDisk(): Checker {
  const stored = new StoredReadings();
  const check = (readings: readonly Reading[], by: string): string | undefined => {
    const missing = readings.find((reading) => !stored.holds(reading));
    if (missing === undefined) return undefined;
    return `${by} has acknowledged reading ${missing.id} (${markKey(missing)} ${missing.sequence}), which no transaction holds`;
  };
  return {
    name: "acknowledged-is-on-disk",
    see(fact: Fact) {
      stored.see(fact);
      if (fact.kind === "acknowledged") return check(fact.readings, "the gateway");
      if (fact.kind === "committed" && fact.unit === "gateway") return check(fact.readings, "the gateway");
      return undefined;
    },
    finish: () => undefined,
  };
}
