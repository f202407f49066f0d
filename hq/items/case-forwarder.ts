import type { Clock } from "../../protocols/clock.ts";
import type { MessageLink } from "../../protocols/message-link.ts";
import { present } from "../../protocols/present.ts";
import {
  type ContinuedCase,
  continueCasesMax,
  continueCommand,
} from "../../protocols/returns/continue-case.ts";
import { type DeadlineName, deadlineNames } from "../../protocols/returns/deadlines.ts";
import type { GatewayName } from "../../protocols/topics.ts";
import { Orders } from "../orders.ts";
import type { ItemTable, SavedItem } from "./item-table.ts";
import type { ItemView } from "./item-view.ts";
import type { TransitRules } from "./transit-rules.ts";

export interface ForwarderOptions {
  readonly link: MessageLink;
  readonly clock: Clock;
  /** The gateway of each place that things are sent to, by the place's Digital Link. */
  readonly routes: ReadonlyMap<string, GatewayName>;
  readonly table: ItemTable;
  readonly rules: TransitRules;
  readonly saved: (view: ItemView) => SavedItem;
}

/** Cases that a gateway has not answered for yet; the next follow its answers. */
const toldPerPlaceMax = 1_024;

/** What an order told, by item: when it was sent away. */
interface Told {
  readonly destination: string;
  readonly items: ReadonlyMap<string, number>;
}

/** Tells the site that items are on their way to of their cases, again and again until it has them on disk. */
export class CaseForwarder {
  readonly #options: ForwarderOptions;
  readonly #told = new Map<string, Told>();
  #orders: Orders | undefined;
  /** Orders that were answered, and when. */
  #answered: { readonly id: string; readonly atMs: number }[] = [];

  private constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  static async open(options: ForwarderOptions): Promise<CaseForwarder> {
    const forwarder = new CaseForwarder(options);
    const { link, clock, routes } = options;
    const onDone = (id: string): void => void forwarder.#answered.push({ id, atMs: clock.wallMs() });
    const origin = `cases-${clock.wallMs()}`;
    const gateways = [...routes.values()];
    forwarder.#orders = await Orders.open({
      link,
      clock,
      command: continueCommand,
      origin,
      gateways,
      onDone,
    });
    return forwarder;
  }

  get pending(): number {
    return this.#orders?.pending ?? 0;
  }

  /** Writes down who has answered, and tells of what is on its way and was not told yet. */
  async look(): Promise<void> {
    for (const answer of this.#answered.splice(0)) await this.#noteTaken(answer);
    for (const [destination, to] of this.#options.routes) await this.#tell(destination, to);
  }

  close(): void {
    this.#orders?.close();
  }

  async #tell(destination: string, to: GatewayName): Promise<void> {
    const told = this.#toldTo(destination);
    const bound = await this.#options.table.bound(destination, toldPerPlaceMax);
    const fresh = bound.filter((item) => !told.has(item));
    const views = await this.#options.table.views(fresh, fresh.length);
    for (let from = 0; from < views.length; from += continueCasesMax) {
      const part = views.slice(from, from + continueCasesMax);
      const cases = part.flatMap((view) => continuedCase(view, this.#options.rules) ?? []);
      const id = cases.length === 0 ? undefined : this.#orders?.give(to, { cases });
      if (id === undefined) continue;
      this.#told.set(id, { destination, items: new Map(part.map((view) => [view.item, leftMs(view)])) });
    }
  }

  #toldTo(destination: string): ReadonlySet<string> {
    const orders = [...this.#told.values()].filter((told) => told.destination === destination);
    return new Set(orders.flatMap(({ items }) => [...items.keys()]));
  }

  /** What has been sent away once more since is not what was answered for. */
  async #noteTaken({ id, atMs }: { readonly id: string; readonly atMs: number }): Promise<void> {
    const told = this.#told.get(id);
    if (told === undefined) return;
    const { table, routes, saved } = this.#options;
    const gateway = routes.get(told.destination);
    const by = gateway === undefined ? "" : `${gateway.site}/${gateway.gateway}`;
    const views = await table.views([...told.items.keys()], told.items.size);
    const taken = views.filter((view) => leftMs(view) === told.items.get(view.item));
    await table.save({ saved: taken.map((view) => saved({ ...view, taken: { by, atMs } })) });
    this.#told.delete(id);
  }
}

const leftMs = ({ left }: ItemView): number => left?.atMs ?? 0;

/** Undefined where no case was ever told of. Deadlines are told as HQ reckons them, so that one rule holds for both. */
export function continuedCase(view: ItemView, { deadlines }: TransitRules): ContinuedCase | undefined {
  const { item, case: id, openedMs, step, formerly, container, grade, gtin, grams, waits: running } = view;
  if (id === undefined) return undefined;
  const waits: Partial<Record<DeadlineName, NonNullable<ContinuedCase["waits"][DeadlineName]>>> = {};
  for (const name of deadlineNames) {
    const wait = running[name];
    const ms = deadlines[name];
    if (wait !== undefined) waits[name] = ms === 0 ? wait : { ...wait, dueMs: wait.fromMs + ms };
  }
  const more = present({ formerly, container, grade, gtin, grams });
  return { item, case: id, openedMs, step, ...more, waits };
}
