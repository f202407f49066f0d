import { type Cancel, type Clock, sleep } from "../protocols/clock.ts";
import type { ResendRequest, Watermark } from "../protocols/events.ts";
import type { MessageLink, ReceivedMessage } from "../protocols/message-link.ts";
import { type GatewayName, headquartersFilters, streams, uplinkTopics } from "../protocols/topics.ts";
import { type CreditRules, defaultCreditRules, type Grant, grantCredit } from "./credit.ts";
import type { EventRow, EventStore } from "./event-store.ts";
import { defaultGapRules, type GapRules, type GapWatch, watchGap } from "./gap-watch.ts";
import {
  CurrentHoldings,
  currentLedger,
  type GatewayRecord,
  holdingsOf,
  type Plan,
  planDelivery,
  type Standing,
  watermarkOf,
} from "./holdings.ts";
import { eventsIn, type Ledger, type LedgerName, ledgerKey, missing, type Range } from "./ledger.ts";
import { type Arrival, readMessage } from "./reception.ts";
import { WatermarkPublisher, watermarkEveryMsDefault } from "./watermark-publisher.ts";

/** What may wait for the disk in memory; beyond it the link is told to hold messages back. */
const waitingBytesMax = 16 * 1024 * 1024;
/** What goes into one transaction. */
const groupBytesMax = 4 * 1024 * 1024;
/** How often gaps and backlogs are looked at. */
const lookEveryMs = 1_000;
/** Questions in one look; after a restored database ten thousand gateways would be asked at once. */
const asksMax = 500;
/** A store that refused is tried again after this; until then gateways keep everything themselves. */
const storeRetryMs = 1_000;

export type ReceiverNotice =
  | { readonly kind: "store-failed"; readonly error: unknown }
  /** HQ asks a gateway for what is missing; `asked` counts the questions since the gap last moved. */
  | { readonly kind: "asked-again"; readonly ledger: LedgerName; readonly ranges: readonly Range[] }
  /** A gateway began a new epoch, and what is missing of the old one will not come. */
  | { readonly kind: "epoch-ended"; readonly ledger: LedgerName; readonly missing: readonly Range[] }
  /** A gateway heard us confirm more than we hold: our database was put back, and it is asked for the rest. */
  | {
      readonly kind: "holdings-forgotten";
      readonly ledger: LedgerName;
      readonly heard: number;
      readonly held: number;
    }
  | { readonly kind: "refused"; readonly count: number; readonly reason: string; readonly topic: string };

interface ReceiverCounts {
  readonly messages: number;
  readonly stored: number;
  readonly doubled: number;
  readonly refused: number;
  readonly postponed: number;
  readonly resendsAsked: number;
  readonly watermarksPublished: number;
  readonly gateways: number;
}

export interface ReceiverOptions {
  readonly link: MessageLink;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly gapRules?: Partial<GapRules>;
  /** What gateways are granted for their backlogs. */
  readonly credit?: Partial<CreditRules>;
  /** Who HQ itself is among those that tell: its own events are in the store before they are heard here. */
  readonly own?: GatewayName;
  /** A gateway hears its watermark at most so often; 0 at every commit. */
  readonly watermarkEveryMs?: number;
  readonly onNotice?: (notice: ReceiverNotice) => void;
  /** Called with what is on disk, after it is. */
  readonly onStored?: (events: readonly EventRow[]) => void;
}

export interface Receiver {
  counts(): ReceiverCounts;
  /** What is missing now, of newest epochs; `last` of a gateway's state included. */
  gaps(): readonly { readonly ledger: Ledger; readonly missing: readonly Range[] }[];
  /** Stores what has arrived, then lets go of the link; link and store are the caller's to close. */
  close(): Promise<void>;
}

/** Takes what the gateways send, stores each event once, and tells them how far it has come. */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const { own, store } = options;
  const ledgers = await store.ledgers();
  const receiver = new LinkReceiver(
    options,
    ledgers.filter(({ site, gateway }) => site !== own?.site || gateway !== own.gateway),
  );
  await receiver.start();
  return receiver;
}

class LinkReceiver implements Receiver {
  readonly #options: ReceiverOptions;
  readonly #rules: GapRules;
  readonly #credit: CreditRules;
  #grants: ReadonlyMap<string, Grant> = new Map();
  readonly #holdings: CurrentHoldings;
  readonly #watermarks: WatermarkPublisher;
  readonly #watches = new Map<string, GapWatch>();
  readonly #ownTopic: string | undefined;
  readonly #counts = { messages: 0, stored: 0, doubled: 0, refused: 0, postponed: 0, resendsAsked: 0 };
  #waiting: Arrival[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | undefined;
  #held: (() => void)[] = [];
  #closed = false;
  #cancels: Cancel[] = [];

  constructor(options: ReceiverOptions, ledgers: readonly Ledger[]) {
    this.#options = options;
    this.#rules = { ...defaultGapRules, ...options.gapRules };
    this.#credit = { ...defaultCreditRules, ...options.credit };
    this.#holdings = new CurrentHoldings(holdingsOf(ledgers));
    const { link, clock, own, watermarkEveryMs = watermarkEveryMsDefault } = options;
    this.#ownTopic = own && uplinkTopics.batch(own, "alert");
    this.#watermarks = new WatermarkPublisher({
      link,
      clock,
      everyMs: watermarkEveryMs,
      watermarkOf: (key) => {
        const record = this.#holdings.gateways.get(key);
        const watermark = record && watermarkOf(this.#holdings, record);
        return record && watermark && { name: record.name, watermark: this.#withGrant(key, watermark) };
      },
    });
  }

  async start(): Promise<void> {
    const { link } = this.#options;
    // A broker that has forgotten everything learns all watermarks anew.
    this.#cancels.push(link.onUp(() => this.#watermarks.publish(this.#holdings.gateways.keys())));
    this.#planLook();
    await link.subscribe(headquartersFilters, (message) => this.#receive(message));
  }

  counts(): ReceiverCounts {
    const gateways = this.#holdings.gateways.size;
    return { ...this.#counts, gateways, watermarksPublished: this.#watermarks.published };
  }

  gaps(): readonly { readonly ledger: Ledger; readonly missing: readonly Range[] }[] {
    return [...this.#currentLedgers()]
      .map(({ ledger, standing }) => ({ ledger, missing: missing(ledger, standing.last) }))
      .filter((gap) => gap.missing.length > 0);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#cancels) cancel();
    this.#watermarks.close();
    for (const goOn of this.#held.splice(0)) goOn();
    await this.#running;
  }

  #receive(message: ReceivedMessage): void | Promise<void> {
    if (this.#closed || message.topic === this.#ownTopic) return;
    this.#counts.messages += 1;
    const arrival = readMessage(message, this.#options.clock.wallMs());
    this.#waiting.push(arrival);
    this.#waitingBytes += arrival.bytes;
    this.#running ??= this.#run();
    if (this.#waitingBytes <= waitingBytesMax) return;
    return new Promise((resolve) => this.#held.push(resolve));
  }

  async #run(): Promise<void> {
    // What arrives in the same turn belongs together.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#storeGroup(this.#takeGroup());
    this.#running = undefined;
  }

  #takeGroup(): readonly Arrival[] {
    let count = 0;
    let bytes = 0;
    for (const arrival of this.#waiting) {
      if (count > 0 && bytes + arrival.bytes > groupBytesMax) break;
      count += 1;
      bytes += arrival.bytes;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #storeGroup(arrivals: readonly Arrival[]): Promise<void> {
    const plan = planDelivery(this.#holdings, arrivals);
    if (!(await this.#storePlan(plan))) return;
    this.#holdings.accept(plan);
    this.#watermarks.publish(plan.heardFrom);
    this.#report(plan);
    if (this.#waitingBytes > waitingBytesMax / 2) return;
    for (const goOn of this.#held.splice(0)) goOn();
  }

  /** Tries until it is on disk; false when the receiver was closed before. */
  async #storePlan({ delivery, doubled, postponed }: Plan): Promise<boolean> {
    this.#counts.doubled += doubled;
    this.#counts.postponed += postponed;
    const { events, ledgers, deadLetters } = delivery;
    if (events.length + ledgers.length + deadLetters.length === 0) return true;
    for (;;) {
      try {
        const outcome = await this.#options.store.store(delivery);
        this.#counts.stored += outcome.stored;
        this.#counts.doubled += outcome.doubled;
        return true;
      } catch (error) {
        this.#options.onNotice?.({ kind: "store-failed", error });
      }
      if (this.#closed) return false;
      await sleep(this.#options.clock, storeRetryMs);
    }
  }

  #report({ delivery, ended, forgotten }: Plan): void {
    this.#counts.refused += delivery.deadLetters.length;
    const { onNotice, onStored } = this.#options;
    for (const end of ended) onNotice?.({ kind: "epoch-ended", ...end });
    for (const lost of forgotten) onNotice?.({ kind: "holdings-forgotten", ...lost });
    const [first] = delivery.deadLetters;
    if (first !== undefined) {
      const count = delivery.deadLetters.length;
      onNotice?.({ kind: "refused", count, reason: first.reason, topic: first.topic });
    }
    if (delivery.events.length > 0) onStored?.(delivery.events);
  }

  #planLook(): void {
    if (this.#closed) return;
    const cancel = this.#options.clock.after(lookEveryMs, () => {
      // Nobody hears a question or a grant while the link is down.
      if (this.#options.link.up) this.#look(this.#options.clock.monotonicMs());
      this.#planLook();
    });
    this.#cancels[1] = cancel;
  }

  #look(nowMs: number): void {
    const backlogs = new Map<string, number>();
    let asks = 0;
    for (const { gateway, record, ledger, standing } of this.#currentLedgers()) {
      if (record.online) {
        const events = eventsIn(missing(ledger, standing.last)) + (backlogs.get(gateway) ?? 0);
        backlogs.set(gateway, events);
      }
      // Who is not asked in this look is in the next.
      if (asks >= asksMax) continue;
      const key = ledgerKey(ledger);
      const { watch, ask } = watchGap(this.#watches.get(key), { ledger, standing, nowMs }, this.#rules);
      if (watch === undefined) this.#watches.delete(key);
      else this.#watches.set(key, watch);
      asks += ask.length;
      if (ask.length > 0) this.#ask(record.name, ledger, ask);
    }
    const { grants, tell } = grantCredit(this.#grants, backlogs, nowMs, this.#credit);
    this.#grants = grants;
    this.#watermarks.publish(tell);
  }

  #withGrant(key: string, watermark: Watermark): Watermark {
    const grant = this.#grants.get(key);
    if (grant === undefined) return watermark;
    const { eventsPerSecond } = grant;
    return { ...watermark, grant: { eventsPerSecond, validMs: this.#credit.validMs } };
  }

  #ask(name: GatewayName, { stream, epoch, site, gateway }: Ledger, ranges: readonly Range[]): void {
    this.#counts.resendsAsked += 1;
    this.#options.onNotice?.({ kind: "asked-again", ledger: { site, gateway, stream, epoch }, ranges });
    for (const { from, to } of ranges) {
      const request: ResendRequest = { stream, epoch, from: String(from), to: String(to) };
      this.#options.link.publish(uplinkTopics.resend(name), JSON.stringify(request)).catch(() => {
        // The link fell; the gap is still there, and the next look asks again.
      });
    }
  }

  *#currentLedgers(): Generator<{
    gateway: string;
    record: GatewayRecord;
    ledger: Ledger;
    standing: Standing;
  }> {
    for (const [gateway, record] of this.#holdings.gateways) {
      for (const stream of streams) {
        const ledger = currentLedger(this.#holdings, record, stream);
        yield { gateway, record, ledger, standing: record.standing[stream] };
      }
    }
  }
}
