import { readingStream } from "../../../edge-agent/spool-sender.ts";
import type { EntryRow } from "../../../outbox/storage.ts";
import type { Checker, Fact } from "../facts.ts";
import { StoredReadings } from "./stored-readings.ts";

/** What an agent has in its spool on disk reaches a transaction of the gateway, unless its card forgot it. */
export function spoolReachesGateway(): Checker {
  const stored = new StoredReadings();
  /** By disk: readings that the gateway owes. */
  const spooled = new Map<string, Set<string>>();
  const idOf = ({ body }: EntryRow): string => (JSON.parse(body) as { id: string }).id;

  function spool(disk: string, rows: readonly EntryRow[]): void {
    const ids = spooled.get(disk) ?? new Set<string>();
    spooled.set(disk, ids);
    for (const row of rows) ids.add(idOf(row));
  }

  function reach(fact: Fact): void {
    for (const { id } of stored.see(fact)) for (const ids of spooled.values()) ids.delete(id);
  }

  return {
    name: "spool-reaches-gateway",
    see(fact) {
      reach(fact);
      if (fact.kind === "written" && fact.owner === "agent") spool(fact.disk, fact.group.entries);
      if (fact.kind === "put-back" && fact.owner === "agent") {
        const rows = [...fact.image.streams.values()].find(({ name }) => name === readingStream)?.rows ?? [];
        const settled = new Set(rows.map(idOf).filter((id) => !(spooled.get(fact.disk)?.has(id) ?? false)));
        spooled.set(fact.disk, new Set());
        spool(
          fact.disk,
          rows.filter((row) => !settled.has(idOf(row))),
        );
      }
      // A gateway's card that forgot what it had taken cannot ask the agents for it again.
      if (fact.kind !== "committed" || fact.unit === "gateway") return undefined;
      const ids = spooled.get(fact.unit);
      const missing = fact.readings.find(
        (reading) => !(ids?.has(reading.id) ?? false) && !stored.holds(reading),
      );
      return missing && `${fact.unit} counts reading ${missing.id} as spooled, and its disk does not hold it`;
    },
    finish() {
      for (const [disk, ids] of spooled) {
        const [first] = ids;
        if (first !== undefined)
          return `${ids.size} readings that ${disk} had on disk never reached the gateway, the first ${first}`;
      }
      return undefined;
    },
  };
}
