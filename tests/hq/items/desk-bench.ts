import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventRow, EventStore } from "../../../hq/event-store.ts";
import { ItemDesk, type ItemNotice } from "../../../hq/items/item-desk.ts";
import type { ItemTable } from "../../../hq/items/item-table.ts";
import type { ItemView } from "../../../hq/items/item-view.ts";
import { defaultTransitRules } from "../../../hq/items/transit-rules.ts";
import { openSqliteEventStore } from "../../../hq/sqlite-event-store.ts";
import { eventSchema } from "../../../protocols/events.ts";
import type { MessageLink, MessageReceiver } from "../../../protocols/message-link.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { type ContinueCases, continueCasesSchema } from "../../../protocols/returns/continue-case.ts";
import { type GatewayName, streamOf } from "../../../protocols/topics.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";

export const depotPlace = "https://id.gs1.org/414/9521321000773";
export const depot: GatewayName = { site: "depot", gateway: "gw1" };
export const tote = "https://id.gs1.org/8003/0952132112345877";
export const itemOf = (serial: number): string => `https://id.gs1.org/01/09521141123454/21/${serial}`;
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

interface Alert {
  readonly code: string;
  readonly item: string;
  readonly deadline?: string;
}

/** HQ's broker as the desk sees it: orders go to whoever takes them, alerts to whoever listens. */
function brokerLink() {
  const told: ContinueCases[] = [];
  const alerts: Alert[] = [];
  const heard = new Set<string>();
  const replies = new Map<string, MessageReceiver>();
  const ups: (() => void)[] = [];
  const downs: ((reason: string) => void)[] = [];
  let takes: ((message: ContinueCases) => boolean) | undefined;
  const reply = (id: string): void => {
    const payload = new TextEncoder().encode(JSON.stringify({ id, outcome: "done" }));
    for (const [topic, receive] of replies) void receive({ topic, payload, retained: false });
  };
  const link = {
    up: true as boolean,
    publish(topic: string, payload: string | Uint8Array) {
      const words: unknown = JSON.parse(String(payload));
      if (topic === "storewire/v1/headquarters/receiver/evt/alert") {
        // Listeners hear each at least once, and know it by its place.
        for (const { sequence, data } of eventSchema.array().parse(words)) {
          if (!heard.has(sequence)) alerts.push(data as Alert);
          heard.add(sequence);
        }
      } else {
        if (topic !== "storewire/v1/depot/gw1/cmd/returns-continue") throw new Error(topic);
        const message = continueCasesSchema.parse(words);
        told.push(message);
        if (takes?.(message) === true) reply(message.id);
      }
      return Promise.resolve();
    },
    subscribe(filters: readonly string[], receive: MessageReceiver) {
      for (const filter of filters) replies.set(filter, receive);
      return Promise.resolve();
    },
    onUp: (listener: () => void) => listening(ups, listener),
    onDown: (listener: (reason: string) => void) => listening(downs, listener),
    close: () => Promise.resolve(),
  } satisfies MessageLink;
  return {
    link,
    told,
    alerts,
    reply,
    fall() {
      link.up = false;
      for (const listener of downs) listener("cut");
    },
    rise() {
      link.up = true;
      for (const listener of ups) listener();
    },
    /** What the depot does with what it is told; true: it has it on disk. */
    depotTakes(take: (message: ContinueCases) => boolean) {
      takes = take;
    },
  };
}

function listening<Listener>(list: Listener[], listener: Listener): () => void {
  list.push(listener);
  return () => void list.splice(list.indexOf(listener), 1);
}

/** HQ's item desk on a real file, which can end and start anew. */
export class DeskBench {
  readonly clock = new ManualClock();
  readonly broker = brokerLink();
  readonly notices: ItemNotice[] = [];
  readonly #directory = mkdtempSync(join(tmpdir(), "storewire-desk-"));
  readonly #routes: ReadonlyMap<string, GatewayName>;
  /** Asked at each word to the disk; "after": it was done, and nobody heard of it. */
  trouble: () => "before" | "after" | undefined = () => undefined;
  #sequence = 0;
  store!: EventStore;
  table!: ItemTable;
  desk!: ItemDesk;

  constructor(routes: ReadonlyMap<string, GatewayName>) {
    this.#routes = routes;
  }

  get path(): string {
    return join(this.#directory, "hq.db");
  }

  async start(): Promise<void> {
    const { store, items } = await openSqliteEventStore({ path: this.path, clock: this.clock });
    this.store = store;
    this.table = items;
    this.desk = await ItemDesk.open({
      link: this.broker.link,
      store: this.#troubled(store),
      table: this.#troubled(items),
      clock: this.clock,
      random: seededRandom(this.#sequence + 1),
      routes: this.#routes,
      rules: defaultTransitRules,
      onNotice: (notice) => this.notices.push(notice),
    });
  }

  /** The same, on a disk that fails. */
  #troubled<Thing extends object>(thing: Thing): Thing {
    return new Proxy(thing, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== "function") return value;
        return async (...given: readonly unknown[]): Promise<unknown> => {
          const trouble = this.trouble();
          if (trouble === "before") throw new Error("disk");
          const answer: unknown = await Reflect.apply(value, target, given);
          if (trouble === "after") throw new Error("disk");
          return answer;
        };
      },
    });
  }

  async end(): Promise<void> {
    await this.desk.close();
    await this.store.close();
  }

  async restart(): Promise<void> {
    await this.end();
    await this.start();
  }

  async remove(): Promise<void> {
    await this.end();
    rmSync(this.#directory, { recursive: true });
  }

  /** An event as a site tells it, now or when it happened. */
  row(type: string, data: object, { site = "store", atMs = this.clock.wallMs() } = {}): EventRow {
    this.#sequence += 1;
    const isAlert = type.startsWith("alert.");
    const category = isAlert ? "alert" : type.startsWith("queue.") ? "queue" : "return";
    const body = JSON.stringify({
      type: isAlert || category === "queue" ? `storewire.${type}` : `storewire.return.${type}`,
      time: new Date(atMs).toISOString(),
      clock: "synced",
      data: { eventID: `ni:${this.#sequence}`, ...data },
    });
    const place = { site, gateway: "gw1", stream: streamOf(category), epoch: "e1" };
    return { ...place, sequence: this.#sequence, category, body };
  }

  handedIn(item: string, how: { readonly atMs?: number } = {}): EventRow {
    return this.row("handed-in", { epcList: [item], "storewire:case": `case of ${item}` }, how);
  }

  packed(item: string, how: { readonly atMs?: number } = {}): EventRow {
    const data = { parentID: tote, childEPCs: [item], "storewire:case": `case of ${item}` };
    return this.row("packed", data, how);
  }

  shipped(what: string, how: { readonly atMs?: number } = {}): EventRow {
    const destinationList = [{ type: "location", destination: depotPlace }];
    return this.row("shipped", { epcList: [what], destinationList }, how);
  }

  async hear(...events: readonly EventRow[]): Promise<void> {
    const ledgers = [...new Set(events.map(({ site }) => site))].map((site) => ({
      site,
      gateway: "gw1",
      stream: "evt" as const,
      epoch: "e1",
      contiguous: 0,
      beyond: [],
    }));
    await this.store.store({ events, ledgers, deadLetters: [] });
    await this.desk.look();
  }

  /** Time passes, and the desk looks now and then, as it does each second. */
  async pass(ms: number, everyMs = Math.min(ms, 5 * minuteMs)): Promise<void> {
    for (let past = 0; past < ms; past += everyMs) {
      await this.clock.turn(everyMs);
      await this.desk.look();
    }
  }

  async view(item: string): Promise<ItemView | undefined> {
    const views = await this.table.views([item], 10);
    return views.find((view) => view.item === item);
  }

  /** `deadline code minutes after the start`, of what listeners have heard. */
  toldOf(item: string): readonly string[] {
    return this.broker.alerts
      .filter((alert) => alert.item === item)
      .map(
        ({ code, deadline }) =>
          `${code.replace("return-", "")}${deadline === undefined ? "" : ` ${deadline}`}`,
      );
  }
}
