import type { DeviceCommand } from "../../protocols/commands.ts";
import type { EventDraft } from "../../protocols/events.ts";
import type { Stamp } from "../../protocols/readings.ts";
import {
  type DocumentChange,
  type Documents,
  nothing,
  type ServiceOutcome,
  type StepContext,
} from "../service.ts";
import { historyWrite } from "./item-history.ts";
import { type Ledger, ledgerOf, ledgerWrite } from "./ledger.ts";
import type { Post, ReturnsRules } from "./rules.ts";

/** What brings a step about: a reading, or time and HQ, which have neither device nor post. */
export interface Cause {
  /** The device, or `returns` where time brings it about. */
  readonly device: string;
  readonly at: Stamp;
  readonly reading?: string;
  readonly post?: Post;
}

/** A fact without when and by whom, which the cause says. */
export type Fact = Pick<EventDraft, "type" | "subject" | "data">;

/**
 * One step of the service while it is made: what it has changed so far is seen by what follows, and nothing of it
 * is there before the outcome is applied.
 */
export class Turn {
  readonly rules: ReturnsRules;
  readonly documents: Documents;
  readonly context: StepContext;
  readonly #changed = new Map<string, unknown>();
  readonly #events: EventDraft[] = [];
  readonly #commands: DeviceCommand[] = [];
  readonly #archive: DocumentChange[] = [];
  #ledger: Ledger | undefined;
  #isCounted = false;

  constructor(rules: ReturnsRules, documents: Documents, context: StepContext) {
    this.rules = rules;
    this.documents = documents;
    this.context = context;
  }

  get(key: string): unknown {
    const changed = this.#changed.get(key);
    // Asked for again only where it may be removed in this turn: each question costs a hash of the key.
    if (changed !== undefined || this.#changed.has(key)) return changed;
    return this.documents.get(key);
  }

  /** `value` undefined removes the document. */
  put(key: string, value: unknown): void {
    this.#changed.set(key, value);
  }

  get ledger(): Ledger {
    this.#ledger ??= ledgerOf(this.documents);
    return this.#ledger;
  }

  count(change: Partial<Ledger>): void {
    this.#ledger = { ...this.ledger, ...change };
    this.#isCounted = true;
  }

  /** Tells HQ, and keeps it in the history of these items. Answers its place there. */
  tell({ device, at, reading }: Cause, fact: Fact, items: readonly string[]): number {
    const { type, subject, data } = fact;
    const { wallMs: timeMs, clock, boot, monotonicMs } = at;
    const told = { type, subject, data, origin: device, timeMs, clock, boot, monotonicMs, reading };
    const draft = told as EventDraft;
    const order = this.ledger.told + 1;
    this.count({ told: order });
    this.#events.push(draft);
    this.#archive.push(historyWrite(draft, items, order, this.rules.limits.historyStepsMax));
    return order;
  }

  order(command: DeviceCommand): void {
    this.#commands.push(command);
  }

  elapsedMs(from: Stamp, to: Stamp): number {
    return this.context.time.elapsedMs(from, to);
  }

  /** Whether two stamps lie no further apart; two agents' readings may come in another order than they were made. */
  within(from: Stamp, to: Stamp, ms: number): boolean {
    return Math.abs(this.elapsedMs(from, to)) <= ms;
  }

  outcome(): ServiceOutcome {
    if (this.#changed.size === 0 && this.#events.length === 0 && !this.#isCounted) return nothing;
    const changes: DocumentChange[] = this.#isCounted ? [ledgerWrite(this.ledger)] : [];
    for (const [key, value] of this.#changed) changes.push({ key, value });
    return {
      changes,
      events: this.#events,
      commands: this.#commands,
      archive: this.#archive,
    };
  }
}
