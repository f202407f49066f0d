import { readStoredItem, type StoredItem } from "../../hq/items/stored-item.ts";
import { namedItem } from "../../protocols/gs1/named-item.ts";
import { exitCodes } from "../exit-codes.ts";
import { itemLines } from "../returns/hq-item-lines.ts";
import { UsageError } from "../usage-error.ts";

/** `storewire hq item ITEM`: where it is, all sites joined; the result is the exit code. */
export async function hqItem(words: string, database: string, json: boolean): Promise<number> {
  const item = namedItem(words);
  if (!item.ok) throw new UsageError(`"${words}" names no item: ${item.error}`);
  const { uri } = item.value;
  let stored: StoredItem;
  try {
    stored = await readStoredItem(database, uri);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`storewire: ${database} cannot be read: ${reason}`);
    return exitCodes.unavailable;
  }
  const { view } = stored;
  if (json) console.log(JSON.stringify(view ?? null));
  if (view === undefined) {
    console.error(`storewire: ${unknownWords(uri, stored)}`);
    return exitCodes.failed;
  }
  if (!json) console.log(itemLines(uri, view, stored).join("\n"));
  return exitCodes.done;
}

/** Nothing happened, as far as HQ knows, or something is missing. */
function unknownWords(uri: string, { gateways, incomplete, events }: StoredItem): string {
  const named =
    events.length === 0 ? "no event names it" : `${events.length} events name it, and none opens a case`;
  const words = `${uri}: nothing is known of it; ${named}, of ${gateways} gateways'`;
  return incomplete.length === 0 ? words : `${words}; events are missing of ${incomplete.join(", ")}`;
}
