import type { Cancel, Clock } from "../../protocols/clock.ts";
import { batchEventsMax } from "../../protocols/events.ts";
import type { MessageLink } from "../../protocols/message-link.ts";
import type { Random } from "../../protocols/random.ts";
import { type GatewayName, uplinkTopics } from "../../protocols/topics.ts";
import type { EventStore } from "../event-store.ts";
import { CaseForwarder } from "./case-forwarder.ts";
import { ItemFollower } from "./item-follower.ts";
import type { ItemTable } from "./item-table.ts";
import type { TransitRules } from "./transit-rules.ts";
import { headquartersName, TransitWatch } from "./transit-watch.ts";

export type ItemNotice =
  | { readonly kind: "items-failed"; readonly error: unknown }
  /** More is in the totes and parcels of one page of events than is taken into memory. */
  | { readonly kind: "items-crowded"; readonly viewsMax: number };

export interface ItemDeskOptions {
  readonly link: MessageLink;
  readonly store: EventStore;
  readonly table: ItemTable;
  readonly clock: Clock;
  readonly random: Random;
  /** The gateway of each place that things are sent to, by the place's Digital Link. */
  readonly routes: ReadonlyMap<string, GatewayName>;
  readonly rules: TransitRules;
  readonly onNotice: (notice: ItemNotice) => void;
}

/** Between two looks; a depot hears of a case so soon. */
const lookEveryMs = 1_000;
/**
 * What is due is told so much later, and not before the link has been up for so long: what a site has done or told in
 * time is on its way to us until then, after an outage of ours as well.
 */
const patienceMs = 120_000;

/** Follows what is stored about items, tells sites of cases on their way to them, and people of what is due meanwhile. */
export class ItemDesk {
  readonly #options: ItemDeskOptions;
  readonly #follower: ItemFollower;
  readonly #forwarder: CaseForwarder;
  readonly #watch: TransitWatch;
  #cancels: readonly Cancel[] = [];
  #upSinceMs: number | undefined;
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(
    options: ItemDeskOptions,
    parts: {
      readonly follower: ItemFollower;
      readonly forwarder: CaseForwarder;
      readonly watch: TransitWatch;
    },
  ) {
    this.#options = options;
    this.#follower = parts.follower;
    this.#forwarder = parts.forwarder;
    this.#watch = parts.watch;
  }

  static async open(options: ItemDeskOptions): Promise<ItemDesk> {
    const { link, table, clock, rules, onNotice } = options;
    const onCrowded = (viewsMax: number): void => onNotice({ kind: "items-crowded", viewsMax });
    const follower = await ItemFollower.open({ table, clock, rules, onCrowded });
    const forwarder = await CaseForwarder.open({ ...options, saved: (view) => follower.saved(view) });
    const watch = new TransitWatch(options);
    const desk = new ItemDesk(options, { follower, forwarder, watch });
    if (link.up) desk.#upSinceMs = clock.monotonicMs();
    desk.#lookLater([
      link.onUp(() => {
        desk.#upSinceMs = clock.monotonicMs();
      }),
      link.onDown(() => {
        desk.#upSinceMs = undefined;
      }),
    ]);
    return desk;
  }

  /** Everything up to this arrival is taken in. */
  get through(): number {
    return this.#follower.through;
  }

  /** Ends after the look that is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const cancel of this.#cancels) cancel();
    this.#follower.end();
    this.#forwarder.close();
    await this.#running;
  }

  #lookLater(listeners: readonly Cancel[]): void {
    if (this.#isClosed) return;
    const cancel = this.#options.clock.after(lookEveryMs, () => {
      void this.look().then(() => this.#lookLater(listeners));
    });
    this.#cancels = [...listeners, cancel];
  }

  /** One after the other; by itself one begins a second after the last has ended. */
  look(): Promise<void> {
    this.#running = this.#running
      .then(() => this.#lookOnce())
      // The next look begins where this one could not go on.
      .catch((error: unknown) => this.#options.onNotice({ kind: "items-failed", error }));
    return this.#running;
  }

  async #lookOnce(): Promise<void> {
    if (this.#isClosed) return;
    await this.#follower.advance();
    await this.#forwarder.look();
    await this.#tellDue();
    await this.#publish();
  }

  async #tellDue(): Promise<void> {
    const { clock } = this.#options;
    const upSinceMs = this.#upSinceMs;
    if (upSinceMs === undefined || clock.monotonicMs() - upSinceMs < patienceMs) return;
    if ((await this.#watch.look(clock.wallMs() - patienceMs)) > 0) await this.#follower.advance();
  }

  /** Listeners hear HQ's alerts as they hear gateways': each at least once, with a place of its own to know it by. */
  async #publish(): Promise<void> {
    const { link, table } = this.#options;
    if (!link.up) return;
    const published = await table.place("alerts-published");
    const alerts = await table.eventsOf(headquartersName, published, batchEventsMax);
    const last = alerts.at(-1);
    if (last === undefined) return;
    const batch = `[${alerts.map(({ body }) => body).join(",")}]`;
    await link.publish(uplinkTopics.batch(headquartersName, "alert"), batch);
    await table.save({ places: { "alerts-published": last.sequence } });
  }
}
