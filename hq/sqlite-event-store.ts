import { noteCleanEnd, openChecked } from "../outbox/checked-database.ts";
import { type Database, openReader, type Statement } from "../outbox/database.ts";
import { type Migrations, migrate } from "../outbox/migrations.ts";
import type { StartReport } from "../outbox/start-check.ts";
import type { Clock } from "../protocols/clock.ts";
import type { GatewayName } from "../protocols/topics.ts";
import type { DeadLetter, Delivery, EventStore, StoredEvent } from "./event-store.ts";
import { ItemTable, itemMigration } from "./items/item-table.ts";
import { type Ledger, type LedgerName, ledgerKey, type Range, sameLedger } from "./ledger.ts";

/** Dead letters are for people to look at; older ones than these go. */
const deadLettersMaxDefault = 1_000;

/** `ledger` stands for (site, gateway, stream, epoch), so that the key of an event is two integers. */
const migrations: Migrations = [
  `CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE ledger (
     number INTEGER PRIMARY KEY,
     site TEXT NOT NULL,
     gateway TEXT NOT NULL,
     stream TEXT NOT NULL,
     epoch TEXT NOT NULL,
     contiguous INTEGER NOT NULL,
     beyond TEXT NOT NULL,
     UNIQUE (site, gateway, stream, epoch)
   );
   CREATE TABLE event (
     arrival INTEGER PRIMARY KEY,
     ledger INTEGER NOT NULL REFERENCES ledger,
     sequence INTEGER NOT NULL,
     category TEXT NOT NULL,
     body TEXT NOT NULL
   );
   CREATE UNIQUE INDEX event_place ON event (ledger, sequence);
   CREATE TABLE dead_letter (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     topic TEXT NOT NULL,
     reason TEXT NOT NULL,
     detail TEXT NOT NULL,
     text TEXT NOT NULL,
     received_ms INTEGER NOT NULL
   );`,
  itemMigration,
];

/** As in the outbox: one statement is the whole transaction. */
const deliveryView = (deadLettersMax: number): string => `
  CREATE TEMP VIEW delivered AS SELECT 0 AS ledgers, 0 AS events, 0 AS dead_letters;
  CREATE TEMP TRIGGER deliver INSTEAD OF INSERT ON delivered BEGIN
    INSERT INTO ledger (number, site, gateway, stream, epoch, contiguous, beyond)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
      FROM json_each(NEW.ledgers) WHERE true
      ON CONFLICT (number) DO UPDATE SET contiguous = excluded.contiguous, beyond = excluded.beyond;
    INSERT OR IGNORE INTO event (ledger, sequence, category, body)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(NEW.events);
    INSERT INTO dead_letter (topic, reason, detail, text, received_ms)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
      FROM json_each(NEW.dead_letters);
    DELETE FROM dead_letter WHERE json_array_length(NEW.dead_letters) > 0
      AND number <= (SELECT max(number) FROM dead_letter) - ${deadLettersMax};
  END`;

const eventColumns = `
  SELECT arrival, site, gateway, stream, epoch, sequence, category, body
    FROM event JOIN ledger ON ledger.number = event.ledger`;

export interface SqliteEventStoreOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly deadLettersMax?: number;
}

/** Opens the file whatever state it is in: a broken one is put aside, and the gateways are asked for what it held. */
export async function openSqliteEventStore(
  options: SqliteEventStoreOptions,
): Promise<{ readonly store: EventStore; readonly items: ItemTable; readonly report: StartReport }> {
  const { path, clock, deadLettersMax = deadLettersMaxDefault } = options;
  const { database, report } = await openChecked(path, clock);
  try {
    const version = await migrate(database, migrations, path);
    await database.exec(deliveryView(deadLettersMax));
    const write = await database.prepare(
      "INSERT INTO delivered VALUES (?, ?, ?) RETURNING (SELECT coalesce(max(arrival), 0) FROM event) AS newest",
    );
    const reader = await openReader(path);
    const store = new SqliteEventStore(database, reader, write);
    await store.readNumbers();
    return { store, items: await ItemTable.open(database, reader), report: { ...report, version } };
  } catch (error) {
    await database.close();
    throw error;
  }
}

class SqliteEventStore implements EventStore {
  readonly #database: Database;
  readonly #reader: Database;
  readonly #write: Statement;
  readonly #numbers = new Map<string, number>();
  /** Events come in batches of one ledger, so the next one is mostly of the same. */
  #latest: { readonly name: LedgerName; readonly number: number } | undefined;
  #arrivals = 0;

  constructor(database: Database, reader: Database, write: Statement) {
    this.#database = database;
    this.#reader = reader;
    this.#write = write;
  }

  async readNumbers(): Promise<void> {
    const rows = await this.#reader.all<Ledger & { number: number }>("SELECT * FROM ledger");
    for (const row of rows) this.#numbers.set(ledgerKey(row), row.number);
    const [newest] = await this.#reader.all<{ arrival: number | null }>(
      "SELECT max(arrival) AS arrival FROM event",
    );
    this.#arrivals = newest?.arrival ?? 0;
  }

  async store(delivery: Delivery): Promise<{ readonly stored: number; readonly doubled: number }> {
    const ledgers = delivery.ledgers.map((ledger) => [
      this.#numberOf(ledger),
      ledger.site,
      ledger.gateway,
      ledger.stream,
      ledger.epoch,
      ledger.contiguous,
      JSON.stringify(ledger.beyond.map(({ from, to }) => [from, to])),
    ]);
    const events = delivery.events.map((row) => [this.#numberOf(row), row.sequence, row.category, row.body]);
    const deadLetters = delivery.deadLetters.map((letter) => [
      letter.topic,
      letter.reason,
      letter.detail,
      letter.text,
      letter.receivedMs,
    ]);
    const [after] = await this.#write.all<{ newest: number }>(
      [ledgers, events, deadLetters].map((rows) => JSON.stringify(rows)),
    );
    const before = this.#arrivals;
    this.#arrivals = after?.newest ?? before;
    const stored = this.#arrivals - before;
    return { stored, doubled: events.length - stored };
  }

  async ledgers(): Promise<readonly Ledger[]> {
    const rows = await this.#reader.all<Omit<Ledger, "beyond"> & { beyond: string }>(
      "SELECT site, gateway, stream, epoch, contiguous, beyond FROM ledger ORDER BY number",
    );
    return rows.map((row) => ({ ...row, beyond: rangesOf(row.beyond) }));
  }

  async count(): Promise<number> {
    const [row] = await this.#reader.all<{ count: number }>("SELECT count(*) AS count FROM event");
    return row?.count ?? 0;
  }

  events(after: number, rowsMax: number): Promise<readonly StoredEvent[]> {
    return this.#reader.all<StoredEvent>(`${eventColumns} WHERE arrival > ? ORDER BY arrival LIMIT ?`, [
      after,
      rowsMax,
    ]);
  }

  eventsOf({ site, gateway }: GatewayName, rowsMax: number): Promise<readonly StoredEvent[]> {
    return this.#reader.all<StoredEvent>(
      `${eventColumns} WHERE site = ? AND gateway = ? ORDER BY ledger, sequence LIMIT ?`,
      [site, gateway, rowsMax],
    );
  }

  deadLetters(rowsMax: number): Promise<readonly DeadLetter[]> {
    return this.#reader.all<DeadLetter>(
      `SELECT topic, reason, detail, text, received_ms AS receivedMs FROM dead_letter
         ORDER BY number DESC LIMIT ?`,
      [rowsMax],
    );
  }

  async close(): Promise<void> {
    await this.#reader.close();
    await noteCleanEnd(this.#database);
    await this.#database.close();
  }

  #numberOf(name: LedgerName): number {
    const known = this.#latest;
    if (known !== undefined && sameLedger(known.name, name)) return known.number;
    const key = ledgerKey(name);
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    this.#latest = { name, number };
    return number;
  }
}

function rangesOf(text: string): readonly Range[] {
  const pairs = JSON.parse(text) as readonly (readonly [number, number])[];
  return pairs.map(([from, to]) => ({ from, to }));
}
