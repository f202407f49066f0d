import type { Clock } from "../../protocols/clock.ts";
import type { MessageLink } from "../../protocols/message-link.ts";
import { present } from "../../protocols/present.ts";
import {
  type ContinuedCase,
  continueCasesMax,
  continueCommand,
} from "../../protocols/returns/continue-case.ts";
import type { GatewayName } from "../../protocols/topics.ts";
import type { EventRow, EventStore } from "../event-store.ts";
import { Orders } from "../orders.ts";
import { type Departure, ItemBook } from "./item-book.ts";
import type { ItemView } from "./item-view.ts";

export interface ForwarderOptions {
  readonly link: MessageLink;
  readonly clock: Clock;
  /** The gateway of each place that things are sent to, by the place's Digital Link. */
  readonly routes: ReadonlyMap<string, GatewayName>;
}

/** Rows of the store read at once at the start. */
const pageRows = 1_000;

/** Tells the site that items are on their way to of their cases, again and again until it has them on disk. */
export class CaseForwarder {
  readonly #routes: ForwarderOptions["routes"];
  readonly #orders: Orders;
  readonly #book = new ItemBook();

  private constructor({ routes }: ForwarderOptions, orders: Orders) {
    this.#routes = routes;
    this.#orders = orders;
  }

  /** Reads what the store holds, and tells once more of everything that is on its way. */
  static async start(options: ForwarderOptions, store: Pick<EventStore, "events">): Promise<CaseForwarder> {
    const { link, clock, routes } = options;
    const origin = `cases-${clock.wallMs()}`;
    const gateways = [...routes.values()];
    const orders = await Orders.open({ link, clock, command: continueCommand, origin, gateways });
    const forwarder = new CaseForwarder(options, orders);
    for (let after = 0; ; ) {
      const rows = await store.events(after, pageRows);
      for (const row of rows) forwarder.#book.see(row);
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.arrival;
    }
    for (const departure of forwarder.#book.departures()) forwarder.#forward(departure);
    return forwarder;
  }

  /** Events that have just been stored. */
  stored(events: readonly EventRow[]): void {
    for (const event of events) {
      const departure = this.#book.see(event);
      if (departure !== undefined) this.#forward(departure);
    }
  }

  get pending(): number {
    return this.#orders.pending;
  }

  close(): void {
    this.#orders.close();
  }

  /** What there is no room for is told at the next start. */
  #forward({ destination, views }: Departure): void {
    const to = this.#routes.get(destination);
    if (to === undefined) return;
    for (let from = 0; from < views.length; from += continueCasesMax) {
      const cases = views.slice(from, from + continueCasesMax).flatMap((view) => continuedCase(view) ?? []);
      if (cases.length > 0) this.#orders.give(to, { cases });
    }
  }
}

/** Undefined where no case was ever told of. */
export function continuedCase(view: ItemView): ContinuedCase | undefined {
  const { item, case: id, openedMs, step, container, grade, gtin, grams, waits } = view;
  if (id === undefined) return undefined;
  return { item, case: id, openedMs, step, ...present({ container, grade, gtin, grams }), waits };
}
