import { readingStream } from "../../../edge-agent/spool-sender.ts";
import type { EntryRow, GroupWrite } from "../../../outbox/storage.ts";
import type { Checker, Fact } from "../facts.ts";
import { declaredLoss, eventFacts } from "./event-facts.ts";
import { StoredReadings } from "./stored-readings.ts";

/**
 * An outbox settles what the other side has said that it has, and nothing else: the gateway up to a watermark that
 * headquarters told, or up to a loss that the same transaction declares; a spool up to what the gateway has on disk.
 */
export function settledIsConfirmed(): Checker {
  const gateway = new ConfirmedEvents();
  const spools = new SpooledReadings();
  return {
    name: "settled-is-confirmed",
    see(fact) {
      spools.note(fact);
      if (fact.kind === "watermark") gateway.tell(fact);
      if (fact.kind !== "written") return undefined;
      return fact.owner === "agent" ? spools.settle(fact) : gateway.settle(fact);
    },
    finish: () => undefined,
  };
}

type Written = Extract<Fact, { kind: "written" }>;

class ConfirmedEvents {
  readonly #told = new Map<string, number>();
  readonly #streams = new Map<number, string>();

  tell({ watermark }: Extract<Fact, { kind: "watermark" }>): void {
    this.#raise(`${watermark.epoch} evt`, Number(watermark.sequence));
    this.#raise(`${watermark.epoch} tel`, Number(watermark.telemetry));
  }

  settle({ group, epoch }: Written): string | undefined {
    for (const { number, name } of group.streams) this.#streams.set(number, name);
    for (const { stream, through } of group.settles) {
      const name = this.#streams.get(stream) ?? "";
      const most = Math.max(this.#told.get(`${epoch} ${name}`) ?? 0, declared(group, name));
      if (through > most) return `the gateway settled ${name} through ${through}; confirmed was ${most}`;
    }
    return undefined;
  }

  #raise(key: string, through: number): void {
    this.#told.set(key, Math.max(this.#told.get(key) ?? 0, through));
  }
}

/** How far this very transaction declares a stream lost. */
function declared({ entries }: GroupWrite, stream: string): number {
  const losses = entries.map(({ body }) => declaredLoss(eventFacts(body)));
  return Math.max(0, ...losses.map((loss) => (loss?.stream === stream ? loss.to : 0)));
}

class SpooledReadings {
  readonly #stored = new StoredReadings();
  /** Of each spool: ids that it has not settled, by their place. */
  readonly #spools = new Map<string, Map<number, string>>();

  note(fact: Fact): void {
    this.#stored.see(fact);
    if (fact.kind !== "put-back" || fact.owner !== "agent") return;
    const rows = [...fact.image.streams.values()].find(({ name }) => name === readingStream)?.rows ?? [];
    this.#spools.set(fact.disk, new Map(rows.map((row) => [row.sequence, idOf(row)])));
  }

  settle({ disk, group }: Written): string | undefined {
    const spool = this.#spools.get(disk) ?? new Map<number, string>();
    this.#spools.set(disk, spool);
    for (const row of group.entries) spool.set(row.sequence, idOf(row));
    for (const { through } of group.settles) {
      for (const [sequence, id] of spool) {
        if (sequence > through) continue;
        if (!this.#stored.holds({ id }))
          return `${disk} settled reading ${id}, which the gateway has not on disk`;
        spool.delete(sequence);
      }
    }
    return undefined;
  }
}

const idOf = ({ body }: EntryRow): string => (JSON.parse(body) as { id: string }).id;
