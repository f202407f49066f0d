import type { EventRow, EventStore } from "../../../../hq/event-store.ts";
import { emptyLedger, type Ledger, ledgerKey, missing, noteHeld } from "../../../../hq/ledger.ts";
import { readMessage } from "../../../../hq/reception.ts";
import { openSqliteEventStore } from "../../../../hq/sqlite-event-store.ts";
import type { StoredEntry } from "../../../../outbox/outbox.ts";
import type { Clock } from "../../../../protocols/clock.ts";
import { type Category, type GatewayName, uplinkTopics } from "../../../../protocols/topics.ts";
import type { StoredRow } from "./week-words.ts";

/** HQ's own reading of messages, its ledgers and its event store in a file. */
export class Headquarters {
  readonly #store: EventStore;
  readonly #clock: Clock;
  readonly #ledgers = new Map<string, Ledger>();
  readonly #bodies = new Map<string, string>();
  /** Events that came although they were stored already. */
  doubled = 0;

  private constructor(store: EventStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  static async open(path: string, clock: Clock): Promise<Headquarters> {
    const { store } = await openSqliteEventStore({ path, clock });
    return new Headquarters(store, clock);
  }

  /** Stores what an uplink sent; answers up to where that gateway's events are on disk here. */
  async receive(name: GatewayName, entries: readonly StoredEntry[]): Promise<number> {
    const receivedMs = this.#clock.wallMs();
    const arrivals = entries.map(({ category, body }) => {
      const topic = uplinkTopics.batch(name, category as Category);
      return readMessage({ topic, payload: Buffer.from(`[${body}]`), retained: false }, receivedMs);
    });
    const deadLetters = arrivals.flatMap((arrival) => arrival.deadLetters);
    if (deadLetters.length > 0) throw new Error(`HQ refuses ${JSON.stringify(deadLetters)}`);
    const rows = arrivals.flatMap((arrival) => arrival.rows);
    let ledger: Ledger | undefined;
    for (const row of rows) {
      this.#compare(row);
      ledger = noteHeld(ledger ?? this.#ledgers.get(ledgerKey(row)) ?? emptyLedger(row), {
        from: row.sequence,
        to: row.sequence,
      });
    }
    if (ledger === undefined) return 0;
    if (missing(ledger).length > 0) throw new Error(`a hole: ${JSON.stringify(ledger)}`);
    const { doubled } = await this.#store.store({ events: rows, ledgers: [ledger], deadLetters });
    this.doubled += doubled;
    this.#ledgers.set(ledgerKey(ledger), ledger);
    return ledger.contiguous;
  }

  /** What was sent before a death was on disk, so it is what is sent after it. */
  #compare(row: EventRow): void {
    const place = `${ledgerKey(row)}/${row.sequence}`;
    const held = this.#bodies.get(place) ?? row.body;
    if (held !== row.body) throw new Error(`${place} was ${held} and is ${row.body}`);
    this.#bodies.set(place, row.body);
  }

  /** What lies in the file, in the order of arrival. */
  rows(): Promise<readonly StoredRow[]> {
    return this.#store.events(0, Number.MAX_SAFE_INTEGER);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
