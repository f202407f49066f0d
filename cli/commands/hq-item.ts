import { readStoredItem, type StoredItem } from "../../hq/items/stored-item.ts";
import { namedItem } from "../../protocols/gs1/named-item.ts";
import { exitCodes } from "../exit-codes.ts";
import { UsageError } from "../usage-error.ts";

/** `storewire hq item ITEM`: where it is, all sites joined; the result is the exit code. */
export async function hqItem(words: string, database: string, json: boolean): Promise<number> {
  const item = namedItem(words);
  if (!item.ok) throw new UsageError(`"${words}" names no item: ${item.error}`);
  try {
    const stored = await readStoredItem(database, item.value.uri);
    console.log(json ? JSON.stringify(stored.view ?? null) : itemLines(item.value.uri, stored).join("\n"));
    return stored.view === undefined ? exitCodes.failed : exitCodes.done;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`storewire: ${database} cannot be read: ${reason}`);
    return exitCodes.unavailable;
  }
}

/** For people: where, since when, who, and how it came there. */
function itemLines(item: string, { view, events }: StoredItem): readonly string[] {
  if (view === undefined) return [`${item}: nothing is known of it here`];
  const { step, site, gateway, post, clerk, container, grade, sinceMs, clock, openedMs, alerts } = view;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["is", view.item === item ? undefined : view.item],
    ["was", view.formerly],
    ["step", step],
    ["where", [site, gateway, post].filter((each) => each !== undefined).join("/")],
    ["since", `${iso(sinceMs)}${clock === "synced" ? "" : " (estimated)"}`],
    ["opened", iso(openedMs)],
    ["clerk", clerk],
    ["in", container],
    ["grade", grade],
    ["case", view.case],
    ["waits", Object.keys(view.waits).join(", ") || undefined],
    ["alerts", alerts.map(({ code }) => code).join(", ") || undefined],
  ];
  return [
    item,
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(7)} ${value}`])),
    ...events.map((event) => `${iso(event.timeMs)}  ${event.site}/${event.gateway}  ${event.type}`),
  ];
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();
