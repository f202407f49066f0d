import { type Renaming, renamingOf } from "../../protocols/returns/renaming.ts";
import { stepRules } from "../../protocols/returns/steps.ts";
import type { EventRow } from "../event-store.ts";
import { type ItemEvent, type ItemView, viewAfter } from "./item-view.ts";

/** An item went on its way to another place. */
export interface Departure {
  readonly event: string;
  readonly destination: string;
  readonly views: readonly ItemView[];
}

/**
 * The views of all items that something is expected of, fed with events in the order in which they are to count. What
 * has ended is forgotten, so that memory grows with what is open.
 */
export class ItemBook {
  readonly #views = new Map<string, ItemView>();
  /** What is in which tote or parcel, as far as packing has told. */
  readonly #contents = new Map<string, Set<string>>();

  /** Takes an event; answers what it sent on its way. */
  see(row: Pick<EventRow, "site" | "gateway" | "category" | "body">): Departure | undefined {
    const event = row.category === "return" || row.category === "alert" ? itemEventOf(row) : undefined;
    if (event === undefined) return undefined;
    const items = this.#itemsOf(event);
    for (const item of items) this.#note(item, event);
    this.#unpack(event);
    const views = items.flatMap((item) => this.#views.get(item) ?? []);
    const departure = departureOf(event, views);
    for (const item of items) this.#forgetEnded(item);
    return departure;
  }

  view(item: string): ItemView | undefined {
    return this.#views.get(item);
  }

  get size(): number {
    return this.#views.size;
  }

  /** What is on its way now, by where to: all that was told may be told again. */
  departures(): readonly Departure[] {
    const views = [...this.#views.values()].filter(({ step }) => step === "shipped");
    const places = new Set(views.flatMap(({ destination }) => destination ?? []));
    return [...places].map((destination) => ({
      event: "",
      destination,
      views: views.filter((view) => view.destination === destination),
    }));
  }

  /** The items that an event is about; one about a container is about all that is in it. */
  #itemsOf({ type, data }: ItemEvent): readonly string[] {
    if (type === "storewire.alert.return") return strings([data["item"]]);
    const renaming = renamingOf(data);
    if (renaming !== undefined) return [this.#rename(renaming, type === "storewire.return.withdrawn")];
    const children = strings(data["childEPCs"]);
    const parent = String(data["parentID"]);
    if (type === "storewire.return.packed") this.#pack(parent, children);
    const things = [...strings(data["epcList"]), ...children];
    return things.flatMap((thing) => [...(this.#contents.get(thing) ?? [thing])]);
  }

  /** The view goes on under the item's new identity, or back to the old one; answers what it is called now. */
  #rename(renaming: Renaming, isWithdrawn: boolean): string {
    const from = isWithdrawn ? renaming.to : renaming.from;
    const to = isWithdrawn ? renaming.from : renaming.to;
    const view = this.#views.get(from);
    if (view === undefined) return to;
    this.#views.delete(from);
    this.#views.set(to, view);
    const content = this.#contents.get(view.container ?? "");
    if (content?.delete(from) === true) content.add(to);
    return to;
  }

  #pack(container: string, items: readonly string[]): void {
    const content = this.#contents.get(container) ?? new Set();
    for (const item of items) content.add(item);
    this.#contents.set(container, content);
  }

  #unpack({ type, data }: ItemEvent): void {
    const container = String(data["parentID"]);
    if (type === "storewire.return.unpacking-done") this.#contents.delete(container);
    if (type !== "storewire.return.unpacked") return;
    for (const item of strings(data["childEPCs"])) this.#contents.get(container)?.delete(item);
  }

  #note(item: string, event: ItemEvent): void {
    const view = viewAfter(this.#views.get(item), item, event);
    if (view !== undefined) this.#views.set(item, view);
  }

  #forgetEnded(item: string): void {
    const view = this.#views.get(item);
    const isOver = view !== undefined && view.step !== "shipped" && stepRules[view.step].ends === true;
    if (isOver && Object.keys(view.waits).length === 0) this.#views.delete(item);
  }
}

function departureOf({ type, data }: ItemEvent, views: readonly ItemView[]): Departure | undefined {
  const destination = views[0]?.destination;
  if (type !== "storewire.return.shipped" || destination === undefined) return undefined;
  return { event: String(data["eventID"]), destination, views };
}

const strings = (list: unknown): readonly string[] =>
  Array.isArray(list) ? (list as unknown[]).filter((each) => typeof each === "string") : [];

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
    timeMs: Date.parse(String(time)),
    clock: clock === "estimated" ? "estimated" : "synced",
    data: data as ItemEvent["data"],
  };
}
