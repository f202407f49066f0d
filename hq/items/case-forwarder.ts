import type { Cancel, Clock } from "../../protocols/clock.ts";
import type { MessageLink, ReceivedMessage } from "../../protocols/message-link.ts";
import { present } from "../../protocols/present.ts";
import {
  type ContinueCases,
  type ContinuedCase,
  continueCasesMax,
  continueCommand,
  continueReplySchema,
} from "../../protocols/returns/continue-case.ts";
import { type GatewayName, uplinkTopics } from "../../protocols/topics.ts";
import type { EventRow, EventStore } from "../event-store.ts";
import { type Departure, ItemBook } from "./item-book.ts";
import type { ItemView } from "./item-view.ts";

export interface ForwarderOptions {
  readonly link: MessageLink;
  readonly clock: Clock;
  /** The gateway of each place that things are sent to, by the place's Digital Link. */
  readonly routes: ReadonlyMap<string, GatewayName>;
}

/** What a depot has not answered is told again so often. */
const againMs = 30_000;
/** Messages without an answer; a depot that is silent for longer learns the rest at HQ's next start. */
const pendingMax = 1_000;
/** Rows of the store read at once at the start. */
const pageRows = 1_000;

/** Tells the site that items are on their way to of their cases, again and again until it has them on disk. */
export class CaseForwarder {
  readonly #options: ForwarderOptions;
  readonly #book = new ItemBook();
  readonly #pending = new Map<string, { readonly to: GatewayName; readonly message: ContinueCases }>();
  readonly #cancels: Cancel[] = [];
  #told = 0;

  private constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  /** Reads what the store holds, and tells once more of everything that is on its way. */
  static async start(options: ForwarderOptions, store: Pick<EventStore, "events">): Promise<CaseForwarder> {
    const forwarder = new CaseForwarder(options);
    for (let after = 0; ; ) {
      const rows = await store.events(after, pageRows);
      for (const row of rows) forwarder.#book.see(row);
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.arrival;
    }
    await forwarder.#listen();
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
    return this.#pending.size;
  }

  close(): void {
    for (const cancel of this.#cancels) cancel();
  }

  async #listen(): Promise<void> {
    const { link, routes } = this.#options;
    const filters = [...routes.values()].map((name) => uplinkTopics.commandReply(name, continueCommand));
    if (filters.length > 0) await link.subscribe(filters, (message) => this.#answered(message));
    this.#cancels.push(link.onUp(() => this.#tellAll()));
    this.#tellAgainLater();
  }

  #forward({ destination, views }: Departure): void {
    const to = this.#options.routes.get(destination);
    if (to === undefined) return;
    for (let from = 0; from < views.length; from += continueCasesMax) {
      const cases = views.slice(from, from + continueCasesMax).flatMap((view) => continuedCase(view) ?? []);
      if (cases.length === 0 || this.#pending.size >= pendingMax) continue;
      this.#told += 1;
      const id = `${this.#options.clock.wallMs()}-${this.#told}`;
      this.#pending.set(id, { to, message: { id, cases } });
      this.#tell(id);
    }
  }

  #tellAll(): void {
    for (const id of this.#pending.keys()) this.#tell(id);
  }

  /** A link that is down is told again once it is up. */
  #tell(id: string): void {
    const { link } = this.#options;
    const pending = this.#pending.get(id);
    if (pending === undefined || !link.up) return;
    const topic = uplinkTopics.command(pending.to, continueCommand);
    link.publish(topic, JSON.stringify(pending.message)).catch(() => undefined);
  }

  #answered({ payload }: ReceivedMessage): void {
    try {
      const reply = continueReplySchema.safeParse(JSON.parse(new TextDecoder().decode(payload)));
      if (reply.success) this.#pending.delete(reply.data.id);
    } catch {
      // Not an answer of ours; told again it will come.
    }
  }

  #tellAgainLater(): void {
    const cancel = this.#options.clock.after(againMs, () => {
      this.#cancels.splice(this.#cancels.indexOf(cancel), 1);
      this.#tellAll();
      this.#tellAgainLater();
    });
    this.#cancels.push(cancel);
  }
}

/** Undefined where no case was ever told of. */
export function continuedCase(view: ItemView): ContinuedCase | undefined {
  const { item, case: id, openedMs, step, container, grade, gtin, grams, waits } = view;
  if (id === undefined) return undefined;
  return { item, case: id, openedMs, step, ...present({ container, grade, gtin, grams }), waits };
}
