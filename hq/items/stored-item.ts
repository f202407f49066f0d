import { openReader } from "../../outbox/database.ts";
import { renamingOf } from "../../protocols/returns/renaming.ts";
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

/** An event and when it came: the same one may be found under several names. */
type Found = ReadonlyMap<number, ItemEvent>;
type Find = (uri: string) => Promise<Found>;

/**
 * Reads an item out of a receiver's file, beside the receiver that may be writing to it: the events that name it, under each
 * identity that it had, and while it was in a tote or parcel those of that. Where sites' events crossed on the way, their
 * times decide.
 */
export async function readStoredItem(path: string, item: string): Promise<StoredItem> {
  const reader = await openReader(path);
  try {
    const find: Find = async (uri) => {
      const rows = await reader.all<EventRow & { readonly arrival: number }>(eventsWith, [
        JSON.stringify(uri),
      ]);
      return new Map(
        rows.flatMap((row) => {
          const event = itemEventOf(row);
          return event === undefined ? [] : [[row.arrival, event] as const];
        }),
      );
    };
    const { own, names } = await underAllNames(find, item);
    const containers = new Set(
      own.flatMap(({ data }) => (typeof data["parentID"] === "string" ? data["parentID"] : [])),
    );
    const journeys = await Promise.all(
      [...containers].map(async (uri) => [...(await find(uri)).values()].filter(isOf(uri))),
    );
    const events = inOrder([...own, ...journeys.flat()], names);
    return {
      view: events.reduce<ItemView | undefined>((view, event) => viewAfter(view, item, event), undefined),
      events,
    };
  } finally {
    await reader.close();
  }
}

async function underAllNames(
  find: Find,
  item: string,
): Promise<{ readonly own: readonly ItemEvent[]; readonly names: ReadonlySet<string> }> {
  const own = new Map<number, ItemEvent>();
  // Grows while it is gone through: each new identity is one more name of the same item.
  const names = new Set([item]);
  for (const name of names) {
    for (const [arrival, event] of await find(name)) {
      own.set(arrival, event);
      const renaming = renamingOf(event.data);
      if (renaming !== undefined) names.add(renaming.from).add(renaming.to);
    }
  }
  return { own: [...own].sort(([left], [right]) => left - right).map(([, event]) => event), names };
}

/** Movements of the container itself, not what else was packed into it. */
const isOf =
  (container: string) =>
  ({ data }: ItemEvent): boolean =>
    Array.isArray(data["epcList"]) && (data["epcList"] as unknown[]).includes(container);

/** By time; a container's journey counts only between packing and unpacking. */
function inOrder(events: readonly ItemEvent[], names: ReadonlySet<string>): readonly ItemEvent[] {
  const sorted = [...events].sort((left, right) => left.timeMs - right.timeMs);
  let inside: unknown;
  return sorted.filter((event) => {
    const { type, data } = event;
    const named = [data["epcList"], data["childEPCs"], data["inputEPCList"], [data["item"]]].flat();
    if (type === "storewire.return.packed") inside = data["parentID"];
    if (!named.some((each) => names.has(String(each))))
      return Array.isArray(data["epcList"]) && data["epcList"].includes(inside);
    if (type === "storewire.return.unpacked") inside = undefined;
    return true;
  });
}
