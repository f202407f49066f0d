import type { Database, Statement } from "../../outbox/database.ts";
import type { GatewayName } from "../../protocols/topics.ts";
import type { StoredEvent } from "../event-store.ts";
import type { ToldEvent } from "./item-event.ts";
import type { ItemView } from "./item-view.ts";
import { findIndexed, itemEvents } from "./stored-item.ts";

/** Follows the migrations of the event table, which these lean on. */
export const itemMigration = `
  CREATE TABLE item_event (
    uri TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    arrival INTEGER NOT NULL,
    PRIMARY KEY (uri, time_ms, arrival)
  ) WITHOUT ROWID;
  CREATE TABLE item (
    uri TEXT NOT NULL UNIQUE,
    view TEXT NOT NULL,
    container TEXT,
    destination TEXT,
    due_ms INTEGER
  );
  CREATE INDEX item_container ON item (container) WHERE container IS NOT NULL;
  CREATE INDEX item_destination ON item (destination) WHERE destination IS NOT NULL;
  CREATE INDEX item_due ON item (due_ms) WHERE due_ms IS NOT NULL;`;

/** As in the event store: one statement is the whole transaction. */
const savingViews = `
  CREATE TEMP VIEW items_indexed AS SELECT '' AS names;
  CREATE TEMP TRIGGER index_items INSTEAD OF INSERT ON items_indexed BEGIN
    INSERT OR IGNORE INTO item_event (uri, time_ms, arrival)
      SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(NEW.names);
  END;
  CREATE TEMP VIEW items_saved AS SELECT '' AS saved, '' AS gone, '' AS places;
  CREATE TEMP TRIGGER save_items INSTEAD OF INSERT ON items_saved BEGIN
    INSERT INTO item (uri, view, container, destination, due_ms)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
      FROM json_each(NEW.saved) WHERE true
      ON CONFLICT (uri) DO UPDATE SET view = excluded.view, container = excluded.container,
        destination = excluded.destination, due_ms = excluded.due_ms;
    DELETE FROM item WHERE uri IN (SELECT value FROM json_each(NEW.gone));
    INSERT INTO meta (name, value) SELECT key, value FROM json_each(NEW.places) WHERE true
      ON CONFLICT (name) DO UPDATE SET value = excluded.value;
  END;`;

/** How far things have come, by the events' arrival or sequence. */
export type PlaceName = "items-through" | "alerts-published";

/** One item as the table keeps it, with what it is looked up by. */
export interface SavedItem {
  readonly view: ItemView;
  /** The place whose gateway is to be told of its case. */
  readonly destination?: string | undefined;
  readonly dueMs?: number | undefined;
}

export interface ItemChanges {
  readonly saved?: readonly SavedItem[];
  /** Items of which nothing is expected any more. */
  readonly gone?: readonly string[];
  readonly places?: Readonly<Partial<Record<PlaceName, number>>>;
}

interface Page {
  readonly rows: readonly Pick<StoredEvent, "arrival" | "site" | "gateway" | "body">[];
  readonly through: number;
  readonly newest: number;
}

/** Open items in HQ's store, on disk only, and which event names which item. */
export class ItemTable {
  readonly #reader: Database;
  readonly #index: Statement;
  readonly #save: Statement;

  private constructor(reader: Database, index: Statement, save: Statement) {
    this.#reader = reader;
    this.#index = index;
    this.#save = save;
  }

  static async open(database: Database, reader: Database): Promise<ItemTable> {
    await database.exec(savingViews);
    const index = await database.prepare("INSERT INTO items_indexed VALUES (?)");
    const save = await database.prepare("INSERT INTO items_saved VALUES (?, ?, ?)");
    return new ItemTable(reader, index, save);
  }

  async place(name: PlaceName): Promise<number> {
    const [row] = await this.#reader.all<{ value: string }>("SELECT value FROM meta WHERE name = ?", [name]);
    return Number(row?.value ?? 0);
  }

  /** Events about items that arrived after `after`, at most `rowsMax`, how far that looks, and how far there is to go. */
  async page(after: number, rowsMax: number): Promise<Page> {
    const [found] = await this.#reader.all<{ arrival: number | null }>(
      "SELECT max(arrival) AS arrival FROM event",
    );
    const newest = found?.arrival ?? 0;
    const to = Math.min(newest, after + lookedAtMax);
    if (to <= after) return { rows: [], through: after, newest };
    const rows = await this.#reader.all<Page["rows"][number]>(
      `SELECT arrival, site, gateway, body FROM event JOIN ledger ON ledger.number = event.ledger
         WHERE arrival > ? AND arrival <= ? AND category IN ('return', 'alert') ORDER BY arrival LIMIT ?`,
      [after, to, rowsMax],
    );
    return { rows, through: rows.length < rowsMax ? to : (rows.at(-1)?.arrival ?? to), newest };
  }

  async index(names: readonly (readonly [uri: string, timeMs: number, arrival: number])[]): Promise<void> {
    await this.#index.run([JSON.stringify(names)]);
  }

  /** The views of these items, and of what is in these containers, at most `viewsMax`. */
  async views(names: readonly string[], viewsMax: number): Promise<readonly ItemView[]> {
    const list = JSON.stringify(names);
    const rows = await this.#reader.all<{ view: string }>(
      `SELECT view FROM item WHERE uri IN (SELECT value FROM json_each(?1))
         OR container IN (SELECT value FROM json_each(?1)) LIMIT ?2`,
      [list, viewsMax],
    );
    return rows.map(({ view }) => JSON.parse(view) as ItemView);
  }

  /** Which of these arrivals are of events after which something had happened already that was told before. */
  async overtaken(
    questions: readonly (readonly [uri: string, timeMs: number, arrival: number])[],
  ): Promise<ReadonlySet<number>> {
    if (questions.length === 0) return new Set();
    const rows = await this.#reader.all<{ arrival: number }>(
      `SELECT DISTINCT asked.value ->> 2 AS arrival FROM json_each(?) AS asked
         WHERE EXISTS (SELECT 1 FROM item_event WHERE uri = asked.value ->> 0
           AND time_ms >= asked.value ->> 1 AND arrival < asked.value ->> 2)`,
      [JSON.stringify(questions)],
    );
    return new Set(rows.map(({ arrival }) => arrival));
  }

  /** The events of an item by their time, as far as they are indexed. */
  history(item: string): Promise<readonly ToldEvent[]> {
    return itemEvents(item, findIndexed(this.#reader));
  }

  /** The events since then that are found by this item, tote or parcel. */
  found(key: string, fromMs: number): Promise<readonly ToldEvent[]> {
    return findIndexed(this.#reader)(key, fromMs, Number.MAX_SAFE_INTEGER);
  }

  async save({ saved = [], gone = [], places = {} }: ItemChanges): Promise<void> {
    const rows = saved.map(({ view, destination, dueMs }) => [
      view.item,
      JSON.stringify(view),
      view.container ?? null,
      destination ?? null,
      dueMs ?? null,
    ]);
    await this.#save.run([rows, gone, places].map((part) => JSON.stringify(part)));
  }

  /** Items that are due, the longest first. */
  async due(nowMs: number, rowsMax: number): Promise<readonly ItemView[]> {
    const rows = await this.#reader.all<{ view: string }>(
      "SELECT view FROM item WHERE due_ms <= ? ORDER BY due_ms LIMIT ?",
      [nowMs, rowsMax],
    );
    return rows.map(({ view }) => JSON.parse(view) as ItemView);
  }

  /** Items whose cases the gateway of a place is to be told of. */
  async bound(destination: string, rowsMax: number): Promise<readonly string[]> {
    const rows = await this.#reader.all<{ uri: string }>(
      "SELECT uri FROM item WHERE destination = ? ORDER BY uri LIMIT ?",
      [destination, rowsMax],
    );
    return rows.map(({ uri }) => uri);
  }

  /** Events of one gateway's newest epoch after this sequence. */
  eventsOf(
    { site, gateway }: GatewayName,
    after: number,
    rowsMax: number,
  ): Promise<readonly { readonly sequence: number; readonly body: string }[]> {
    return this.#reader.all(
      `SELECT sequence, body FROM event WHERE ledger =
         (SELECT max(number) FROM ledger WHERE site = ? AND gateway = ? AND stream = 'evt')
         AND sequence > ? ORDER BY sequence LIMIT ?`,
      [site, gateway, after, rowsMax],
    );
  }

  /** All there are; for figures. */
  async count(): Promise<number> {
    const [row] = await this.#reader.all<{ count: number }>("SELECT count(*) AS count FROM item");
    return row?.count ?? 0;
  }
}

/** Events that one look goes over, most of them about no item: it stands in the way of other readers. */
const lookedAtMax = 5_000;
