import { type Database, openReader } from "../../outbox/database.ts";
import { renamingOf } from "../../protocols/returns/renaming.ts";
import type { StoredEvent } from "../event-store.ts";
import { type ItemEvent, keysOf, type ToldEvent, toldIn, unpackingDone } from "./item-event.ts";
import { type ItemView, staysInside, stepOf, viewOf } from "./item-view.ts";

/** What HQ's store knows of an item: its view, and every event that it comes from. */
export interface StoredItem {
  readonly view: ItemView | undefined;
  readonly events: readonly ItemEvent[];
  /** How many gateways' events are held, and which of them have a hole: what they tell of the item may be missing. */
  readonly gateways: number;
  readonly incomplete: readonly string[];
}

/** Finds the events that name something, by their time, from then until then. */
type Find = (uri: string, fromMs: number, untilMs: number) => Promise<readonly ToldEvent[]>;

/** What the index knows. */
export const findIndexed =
  (reader: Database): Find =>
  async (uri, fromMs, untilMs) => {
    const rows = await reader.all<StoredEvent>(
      `SELECT arrival, site, gateway, body FROM item_event JOIN event USING (arrival)
         JOIN ledger ON ledger.number = event.ledger
         WHERE uri = ? AND time_ms >= ? AND time_ms <= ? ORDER BY time_ms, arrival`,
      [uri, fromMs, untilMs],
    );
    return rows.flatMap(toldIn);
  };

/** What has arrived since, or in a file that no receiver of this version has opened yet: all of it is looked through. */
const findScanned =
  (reader: Database, after: number): Find =>
  async (uri, fromMs, untilMs) => {
    const rows = await reader.all<StoredEvent>(
      `SELECT arrival, site, gateway, body FROM event JOIN ledger ON ledger.number = event.ledger
         WHERE arrival > ? AND category IN ('return', 'alert') AND instr(body, ?) > 0 ORDER BY arrival`,
      [after, JSON.stringify(uri)],
    );
    return rows
      .flatMap(toldIn)
      .filter(
        ({ event }) => keysOf(event).includes(uri) && event.timeMs >= fromMs && event.timeMs <= untilMs,
      );
  };

/** Reads an item out of a receiver's file, beside the receiver that may be writing to it. */
export async function readStoredItem(path: string, item: string): Promise<StoredItem> {
  const reader = await openReader(path);
  try {
    const finds = await findsOf(reader);
    const find: Find = async (...wanted) =>
      inOrder((await Promise.all(finds.map((each) => each(...wanted)))).flat());
    const events = (await itemEvents(item, find)).map(({ event }) => event);
    const view = viewOf(item, events);
    return { view: view && (await withTaken(reader, view)), events, ...(await heldBy(reader)) };
  } finally {
    await reader.close();
  }
}

async function heldBy(reader: Database): Promise<Pick<StoredItem, "gateways" | "incomplete">> {
  const rows = await reader.all<{ name: string; holes: number }>(
    `SELECT site || '/' || gateway AS name, sum(beyond <> '[]') AS holes FROM ledger
       WHERE stream = 'evt' GROUP BY site, gateway ORDER BY name`,
  );
  return { gateways: rows.length, incomplete: rows.filter(({ holes }) => holes > 0).map(({ name }) => name) };
}

async function findsOf(reader: Database): Promise<readonly Find[]> {
  const tables = await reader.all("SELECT 1 FROM sqlite_master WHERE name = 'item_event'");
  if (tables.length === 0) return [findScanned(reader, 0)];
  const [through] = await reader.all<{ value: string }>(
    "SELECT value FROM meta WHERE name = 'items-through'",
  );
  return [findIndexed(reader), findScanned(reader, Number(through?.value ?? 0))];
}

/** That the next site has its case is no event, but an answer. */
async function withTaken(reader: Database, view: ItemView): Promise<ItemView> {
  const rows = await reader
    .all<{ view: string }>("SELECT view FROM item WHERE uri = ?", [view.item])
    .catch(() => []);
  return withAnswer(view, rows[0] && (JSON.parse(rows[0].view) as ItemView));
}

/** A view that was made anew from its events, with what is no event: that the next site has its case. */
export function withAnswer(view: ItemView, known: ItemView | undefined): ItemView {
  const { left } = view;
  const taken = known?.taken;
  const isOfThisJourney = taken !== undefined && left !== undefined && taken.atMs >= left.atMs;
  return isOfThisJourney ? { ...view, taken } : view;
}

/**
 * The events of an item by their time: those that name it, under each identity that it had, and while it was in a tote or
 * parcel those of that.
 */
export async function itemEvents(item: string, find: Find): Promise<readonly ToldEvent[]> {
  const own = await underAllNames(item, find);
  const journeys: ToldEvent[] = [];
  for (const { container, fromMs, untilMs } of staysOf(own)) {
    const found = await find(container, fromMs, untilMs);
    const told = found.filter(({ event }) => event.names.includes(container));
    const emptied = told.findIndex(({ event }) => event.type === unpackingDone);
    journeys.push(...(emptied < 0 ? told : told.slice(0, emptied + 1)));
  }
  return inOrder([...own, ...journeys]);
}

async function underAllNames(item: string, find: Find): Promise<readonly ToldEvent[]> {
  const own = new Map<number, ToldEvent>();
  // Grows while it is gone through: each new identity is one more name of the same item.
  const names = new Set([item]);
  for (const name of names) {
    for (const told of await find(name, 0, Number.MAX_SAFE_INTEGER)) {
      own.set(told.arrival, told);
      const renaming = renamingOf(told.event.data);
      if (renaming !== undefined) names.add(renaming.from).add(renaming.to);
    }
  }
  return inOrder([...own.values()]);
}

interface Stay {
  readonly container: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** From when until when it was in what. */
function staysOf(own: readonly ToldEvent[]): readonly Stay[] {
  const stays: Stay[] = [];
  let open: Omit<Stay, "untilMs"> | undefined;
  for (const { type, timeMs, data } of own.map(({ event }) => event)) {
    if (!comesOut(type)) continue;
    if (open !== undefined) stays.push({ ...open, untilMs: timeMs });
    const container = type === "storewire.return.packed" ? data["parentID"] : undefined;
    open = typeof container === "string" ? { container, fromMs: timeMs } : undefined;
  }
  return open === undefined ? stays : [...stays, { ...open, untilMs: Number.MAX_SAFE_INTEGER }];
}

/** Whether an event of its own shows that an item is not any more in what it was in. */
const comesOut = (type: string): boolean => {
  const step = stepOf(type);
  return step !== undefined && !staysInside.has(step);
};

/** As things happened; of what happened at one moment, as HQ heard of it. */
const inOrder = (events: readonly ToldEvent[]): readonly ToldEvent[] =>
  [...events].sort((left, right) => left.event.timeMs - right.event.timeMs || left.arrival - right.arrival);
