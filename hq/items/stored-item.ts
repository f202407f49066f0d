import { openReader } from "../../outbox/database.ts";
import type { EventRow } from "../event-store.ts";
import { itemEventOf } from "./item-book.ts";
import { type ItemEvent, type ItemView, viewAfter } from "./item-view.ts";

/** What HQ's store knows of an item: its view, and every event that it comes from. */
export interface StoredItem {
  readonly view: ItemView | undefined;
  readonly events: readonly ItemEvent[];
}

const eventsWith = `
  SELECT arrival, site, gateway, category, body FROM event JOIN ledger ON ledger.number = event.ledger
  WHERE category IN ('return', 'alert') AND instr(body, ?) > 0 ORDER BY arrival`;

/**
 * Reads an item out of a receiver's file, beside the receiver that may be writing to it: the events that name it, and
 * while it was in a tote or parcel those of that. Where sites' events crossed on the way, their times decide.
 */
export async function readStoredItem(path: string, item: string): Promise<StoredItem> {
  const reader = await openReader(path);
  try {
    const find = async (uri: string): Promise<readonly ItemEvent[]> => {
      const rows = await reader.all<EventRow>(eventsWith, [JSON.stringify(uri)]);
      return rows.flatMap((row) => itemEventOf(row) ?? []);
    };
    const own = await find(item);
    const containers = new Set(
      own.flatMap(({ data }) => (typeof data["parentID"] === "string" ? data["parentID"] : [])),
    );
    const journeys = await Promise.all(
      [...containers].map(async (uri) => (await find(uri)).filter(isOf(uri))),
    );
    const events = inOrder([...own, ...journeys.flat()], item);
    return {
      view: events.reduce<ItemView | undefined>((view, event) => viewAfter(view, item, event), undefined),
      events,
    };
  } finally {
    await reader.close();
  }
}

/** Movements of the container itself, not what else was packed into it. */
const isOf =
  (container: string) =>
  ({ data }: ItemEvent): boolean =>
    Array.isArray(data["epcList"]) && (data["epcList"] as unknown[]).includes(container);

/** By time; a container's journey counts only between packing and unpacking. */
function inOrder(events: readonly ItemEvent[], item: string): readonly ItemEvent[] {
  const sorted = [...events].sort((left, right) => left.timeMs - right.timeMs);
  let inside: unknown;
  return sorted.filter((event) => {
    const { type, data } = event;
    const names = [data["epcList"], data["childEPCs"], [data["item"]]].flat();
    if (type === "storewire.return.packed") inside = data["parentID"];
    if (!names.includes(item)) return Array.isArray(data["epcList"]) && data["epcList"].includes(inside);
    if (type === "storewire.return.unpacked") inside = undefined;
    return true;
  });
}
