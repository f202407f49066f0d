import { type Clock, sleep } from "../../protocols/clock.ts";
import { isContainer } from "../../protocols/gs1/container.ts";
import { ItemBook } from "./item-book.ts";
import { contentOf, type ItemEvent, keysOf, type ToldEvent, toldIn } from "./item-event.ts";
import type { ItemTable, SavedItem } from "./item-table.ts";
import { type ItemView, viewOf } from "./item-view.ts";
import { withAnswer } from "./stored-item.ts";
import { nextDueMs, type TransitRules } from "./transit-rules.ts";

/** Events about items taken in at once. */
const pageRowsMax = 500;
/** While more comes in it rests nine times as long after a full page: while backlogs drain, following takes a tenth of the time. */
const restsPerPage = 9;
/** Views in memory at once, some 1 KB each: what a page is about, totes' content included. */
const viewsMaxDefault = 20_000;
/** Events about no item that are passed over before that is written down; a start looks at them again. */
const passedOverMax = 50_000;

export interface FollowerOptions {
  readonly table: ItemTable;
  readonly clock: Clock;
  readonly rules: TransitRules;
  readonly viewsMax?: number;
  /** More is in the totes and parcels of one page than is taken into memory; the rest stays as it was. */
  readonly onCrowded?: (viewsMax: number) => void;
}

/**
 * Follows the event table: writes down which event names which item, and how each open item stands. It reads what is
 * stored, so nothing waits in memory, and a start goes on where the last one was.
 */
export class ItemFollower {
  readonly #options: FollowerOptions;
  #through: number;
  #written: number;
  #isEnded = false;

  private constructor(options: FollowerOptions, through: number) {
    this.#options = options;
    this.#through = through;
    this.#written = through;
  }

  static async open(options: FollowerOptions): Promise<ItemFollower> {
    return new ItemFollower(options, await options.table.place("items-through"));
  }

  /** Everything up to here is taken in. */
  get through(): number {
    return this.#through;
  }

  /** Takes in what has been stored since, page after page; ingest goes first. */
  async advance(): Promise<void> {
    const { table, clock } = this.#options;
    let heardOf = 0;
    while (!this.#isEnded) {
      const beganMs = clock.monotonicMs();
      const { rows, through, newest } = await table.page(this.#through, pageRowsMax);
      if (through === this.#through) return;
      const page = rows.flatMap(toldIn);
      if (page.length > 0) await this.#takeIn(page, through);
      else if (through - this.#written > passedOverMax) await this.#write([], [], through);
      this.#through = through;
      const tookMs = clock.monotonicMs() - beganMs;
      const isBusy = rows.length === pageRowsMax && newest > heardOf;
      heardOf = newest;
      if (isBusy && tookMs > 0) await sleep(clock, tookMs * restsPerPage);
    }
  }

  /** Ends after the page that is under way. */
  end(): void {
    this.#isEnded = true;
  }

  /** As the table keeps it. */
  saved(view: ItemView): SavedItem {
    const { left, taken } = view;
    const isToBeTold = taken === undefined && view.case !== undefined;
    const destination = isToBeTold ? left?.to : undefined;
    return { view, destination, dueMs: nextDueMs(view, this.#options.rules) };
  }

  async #takeIn(page: readonly ToldEvent[], through: number): Promise<void> {
    const { table, viewsMax = viewsMaxDefault, onCrowded } = this.#options;
    const keys = page.flatMap(({ arrival, event }) =>
      keysOf(event).map((key) => [key, event.timeMs, arrival] as const),
    );
    // Before the views: what is made anew is made of what the index knows.
    await table.index(keys);
    const known = await table.views([...new Set(page.flatMap(({ event }) => event.names))], viewsMax);
    if (known.length === viewsMax) onCrowded?.(viewsMax);
    const book = new ItemBook(known);
    const overtaken = await table.overtaken(questionsOf(page, book));
    const late = await this.#takenOutSince(page, overtaken, book);
    const touched = takeInOrder(page, { book, overtaken, late });
    for (const item of late) await this.#makeAnew(item, book, late);
    const all = [...new Set([...touched, ...late])];
    const saved = all.flatMap((item) => book.view(item) ?? []);
    const gone = all.filter((item) => book.view(item) === undefined);
    await this.#write(saved, gone, through);
  }

  /** What was in a tote that HQ hears of late may have come out of it already. */
  async #takenOutSince(
    page: readonly ToldEvent[],
    overtaken: ReadonlySet<number>,
    book: ItemBook,
  ): Promise<Set<string>> {
    const { table } = this.#options;
    const journeys = page
      .filter(({ arrival }) => overtaken.has(arrival))
      .flatMap(({ event }) =>
        event.names.filter(isContainer).map((container) => table.found(container, event.timeMs)),
      );
    const since = (await Promise.all(journeys)).flat();
    const items = new Set(since.flatMap(({ event }) => contentOf(event)));
    const unread = [...items].filter((item) => book.view(item) === undefined);
    for (const view of await table.views(unread, unread.length)) book.put(view.item, view);
    return items;
  }

  /** Under the name that it has by now, which may be new to the page. */
  async #makeAnew(item: string, book: ItemBook, late: Set<string>): Promise<void> {
    const { table } = this.#options;
    const view = viewOf(
      item,
      (await table.history(item)).map(({ event }) => event),
    );
    if (view === undefined) return book.put(item, undefined);
    const known = book.view(view.item) ?? book.view(item) ?? (await table.views([view.item], 1))[0];
    if (view.item !== item) book.put(item, undefined);
    late.add(view.item);
    book.put(view.item, ItemBook.kept(withAnswer(view, known)));
  }

  async #write(saved: readonly ItemView[], gone: readonly string[], through: number): Promise<void> {
    const places = { "items-through": through };
    await this.#options.table.save({ saved: saved.map((view) => this.saved(view)), gone, places });
    this.#written = through;
  }
}

interface Taking {
  readonly book: ItemBook;
  readonly overtaken: ReadonlySet<number>;
  /** Those that are to be made anew; grows. */
  readonly late: Set<string>;
}

/** As if each came when it happened; answers the items that something was told of. */
function takeInOrder(page: readonly ToldEvent[], { book, overtaken, late }: Taking): ReadonlySet<string> {
  const touched = new Set<string>();
  const former = new Set<string>();
  for (const { arrival, event } of page) {
    const before = formerNames(event);
    const isLate = (item: string): boolean =>
      overtaken.has(arrival) || former.has(item) || event.timeMs < (book.view(item)?.toldMs ?? 0);
    for (const item of [...book.itemsOf(event), ...before].filter(isLate)) late.add(item);
    for (const { item } of book.see(event)) touched.add(item);
    for (const item of before) former.add(item);
  }
  return new Set([...touched, ...former]);
}

const formerNames = ({ called }: ItemEvent): readonly string[] => (called === undefined ? [] : [called.from]);

/**
 * Events come in any order. An item that is not known may have ended before what was told of it first; and a tote may
 * have gone before HQ hears what was packed into it.
 */
function questionsOf(
  page: readonly ToldEvent[],
  book: ItemBook,
): readonly (readonly [string, number, number])[] {
  const asked = new Set<string>();
  const isAsked = (name: string): boolean => {
    if (isContainer(name)) return true;
    if (book.view(name) !== undefined || asked.has(name)) return false;
    asked.add(name);
    return true;
  };
  return page.flatMap(({ arrival, event }) => {
    const container = event.type === "storewire.return.packed" ? [String(event.data["parentID"])] : [];
    const names = [...event.names.filter(isAsked), ...container];
    return names.map((name) => [name, event.timeMs, arrival] as const);
  });
}
