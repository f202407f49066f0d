import { isContainer } from "../../protocols/gs1/container.ts";
import type { ItemEvent } from "./item-event.ts";
import { type ItemView, isOver, viewAfter } from "./item-view.ts";

/**
 * The views of items that something is expected of, fed with events in the order in which they are to count. What has
 * ended is forgotten.
 */
export class ItemBook {
  readonly #views = new Map<string, ItemView>();
  /** What is in which tote or parcel, as far as the views say. */
  readonly #contents = new Map<string, Set<string>>();

  constructor(views: Iterable<ItemView> = []) {
    for (const view of views) this.put(view.item, view);
  }

  /** Takes an event; answers the views of the items that it is about, also of those that it has ended. */
  see(event: ItemEvent): readonly ItemView[] {
    const seen: ItemView[] = [];
    this.#rename(event);
    for (const item of this.itemsOf(event)) {
      const view = viewAfter(this.#views.get(item), item, event);
      if (view === undefined) continue;
      seen.push(view);
      this.put(item, ItemBook.kept(view));
    }
    return seen;
  }

  /** The items that an event is about; one about a tote or parcel is about all that is in it. */
  itemsOf(event: ItemEvent): readonly string[] {
    if (event.called !== undefined) return [event.called.to];
    return event.names.flatMap((name) => (isContainer(name) ? [...(this.#contents.get(name) ?? [])] : name));
  }

  /** Undefined where nothing is expected of the item any more, nor owed to its customer. */
  static kept(view: ItemView): ItemView | undefined {
    return isOver(view.step) && Object.keys(view.waits).length === 0 ? undefined : view;
  }

  view(item: string): ItemView | undefined {
    return this.#views.get(item);
  }

  get size(): number {
    return this.#views.size;
  }

  /** The view goes on under the item's new identity, or back under the old one. */
  #rename({ called }: ItemEvent): void {
    const view = this.#views.get(called?.from ?? "");
    if (called === undefined || view === undefined) return;
    this.put(called.from, undefined);
    this.put(called.to, view);
  }

  /** `view` undefined forgets the item. */
  put(item: string, view: ItemView | undefined): void {
    const before = this.#views.get(item)?.container;
    if (view === undefined) this.#views.delete(item);
    else this.#views.set(item, view);
    if (before === view?.container) return;
    if (before !== undefined) this.#contents.get(before)?.delete(item);
    if (view?.container === undefined) return;
    const content = this.#contents.get(view.container) ?? new Set();
    this.#contents.set(view.container, content.add(item));
  }
}
