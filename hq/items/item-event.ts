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
  /** The items, totes and parcels that it happened to; a tote that something goes into or comes out of stays where it is. */
  readonly names: readonly string[];
  /** What an item was called, and what it is called now, where that has changed. */
  readonly called?: Renaming | undefined;
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
  const facts = data as ItemEvent["data"];
  const called = calledBy(type, facts);
  return {
    type,
    site,
    gateway,
    timeMs: Date.parse(String(time)) || 0,
    clock: clock === "estimated" ? "estimated" : "synced",
    data: facts,
    names: namesIn(type, facts, called),
    called,
  };
}

function namesIn(type: string, data: ItemEvent["data"], called: Renaming | undefined): readonly string[] {
  const named = [...strings(data["epcList"]), ...strings(data["childEPCs"])];
  if (typeof data["item"] === "string") named.push(data["item"]);
  if (called !== undefined) named.push(called.from, called.to);
  if (type === unpackingDone && typeof data["parentID"] === "string") named.push(data["parentID"]);
  return named.length < 2 ? named : [...new Set(named)];
}

function calledBy(type: string, data: ItemEvent["data"]): Renaming | undefined {
  const renaming = renamingOf(data);
  const isBack = type === "storewire.return.withdrawn";
  return renaming && isBack ? { from: renaming.to, to: renaming.from } : renaming;
}

/** What it is found by: a tote is also asked what came out of it. */
export function keysOf({ type, data, names }: ItemEvent): readonly string[] {
  const parent = type === "storewire.return.unpacked" ? data["parentID"] : undefined;
  return typeof parent === "string" ? [...names, parent] : names;
}

/** What was taken out of a tote or parcel, or put into it. */
export const contentOf = ({ data }: ItemEvent): readonly string[] => strings(data["childEPCs"]);

const strings = (list: unknown): readonly string[] =>
  Array.isArray(list) ? (list as unknown[]).filter((each) => typeof each === "string") : [];
