import { type Renaming, renamingOf } from "../../protocols/returns/renaming.ts";
import type { EventRow, StoredEvent } from "../event-store.ts";

/** What of an event the view needs; times are those of the site that told it. */
export interface ItemEvent {
  readonly type: string;
  readonly site: string;
  readonly gateway: string;
  readonly timeMs: number;
  readonly clock: "synced" | "estimated";
  readonly data: Readonly<Record<string, unknown>>;
}

/** Told of a tote or parcel: whatever was not taken out of it was not in it. */
export const unpackingDone = "storewire.return.unpacking-done";

/** An event, and its place in the order in which HQ heard of things. */
export interface ToldEvent {
  readonly arrival: number;
  readonly event: ItemEvent;
}

/** None where it says nothing of an item. */
export function toldIn(row: Pick<StoredEvent, "arrival" | "site" | "gateway" | "body">): ToldEvent[] {
  const event = itemEventOf(row);
  return event === undefined ? [] : [{ arrival: row.arrival, event }];
}

/** Undefined where it says nothing of an item. */
export function itemEventOf({
  site,
  gateway,
  body,
}: Pick<EventRow, "site" | "gateway" | "body">): ItemEvent | undefined {
  const { type, time, clock, data } = JSON.parse(body) as Readonly<Record<string, unknown>>;
  if (typeof type !== "string" || typeof data !== "object" || data === null) return undefined;
  if (!type.startsWith("storewire.return.") && type !== "storewire.alert.return") return undefined;
  return {
    type,
    site,
    gateway,
    timeMs: Date.parse(String(time)) || 0,
    clock: clock === "estimated" ? "estimated" : "synced",
    data: data as ItemEvent["data"],
  };
}

/** The items, totes and parcels that it happened to; a tote that something goes into or comes out of stays where it is. */
export function namesOf({ type, data }: ItemEvent): readonly string[] {
  const named = [...strings([data["item"]]), ...strings(data["epcList"]), ...strings(data["childEPCs"])];
  const renaming = renamingOf(data);
  if (renaming !== undefined) named.push(renaming.from, renaming.to);
  const emptied = type === unpackingDone ? strings([data["parentID"]]) : [];
  return [...new Set([...named, ...emptied])];
}

/** What an item was called, and what it is called now; undefined where that did not change. */
export function calledBy({ type, data }: ItemEvent): Renaming | undefined {
  const renaming = renamingOf(data);
  const isBack = type === "storewire.return.withdrawn";
  return renaming && isBack ? { from: renaming.to, to: renaming.from } : renaming;
}

/** What it is found by: a tote is also asked what came out of it. */
export function keysOf(event: ItemEvent): readonly string[] {
  const opened = event.type === "storewire.return.unpacked" ? strings([event.data["parentID"]]) : [];
  return [...namesOf(event), ...opened];
}

/** What was taken out of a tote or parcel, or put into it. */
export const contentOf = ({ data }: ItemEvent): readonly string[] => strings(data["childEPCs"]);

const strings = (list: unknown): readonly string[] =>
  Array.isArray(list) ? (list as unknown[]).filter((each) => typeof each === "string") : [];
