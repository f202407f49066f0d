import type { DeviceCommand } from "../../protocols/commands.ts";
import type { EventDraft } from "../../protocols/events.ts";
import type { Reading, Stamp } from "../../protocols/readings.ts";
import { type Documents, momentOf, nothing, type ServiceOutcome, type StepContext } from "../service.ts";
import type { QueueRules } from "./rules.ts";

/** What the queue's documents are read from: what is on disk, or a turn that has changed some of it. */
export type Readable = Pick<Documents, "get">;

/** What brought a turn about: a reading, or time alone. */
export interface Cause {
  /** The device that it comes from, or `queue`. */
  readonly origin: string;
  readonly readPoint: string;
  readonly at: Stamp;
  readonly reading?: string;
}

/**
 * One input and all that it brings about. Its parts see each other's changes; the service's documents stay as they
 * are until the outcome has been returned.
 */
export class Turn implements Readable {
  readonly rules: QueueRules;
  readonly context: StepContext;
  readonly cause: Cause;
  readonly #documents: Readable;
  readonly #changed = new Map<string, unknown>();
  readonly #events: EventDraft[] = [];
  readonly #commands: DeviceCommand[] = [];

  constructor(documents: Readable, rules: QueueRules, context: StepContext, reading?: Reading) {
    this.#documents = documents;
    this.rules = rules;
    this.context = context;
    this.cause =
      reading === undefined
        ? { origin: "queue", readPoint: "", at: context.now }
        : { origin: reading.device, readPoint: reading.readPoint, at: reading.at, reading: reading.id };
  }

  get(key: string): unknown {
    return this.#changed.has(key) ? this.#changed.get(key) : this.#documents.get(key);
  }

  /** Undefined forgets the document. */
  put(key: string, value: unknown): void {
    this.#changed.set(key, value);
  }

  tell(event: EventDraft): void {
    this.#events.push(event);
  }

  order(command: DeviceCommand): void {
    this.#commands.push(command);
  }

  /** What every event of this turn says about when and where it comes from. */
  fact(subject: string) {
    const { origin, at, reading } = this.cause;
    return { subject, origin, ...momentOf(at), ...(reading === undefined ? {} : { reading }) } as const;
  }

  /** Whether an event of now need not wait for a clock to be set: what waits holds up what comes behind it. */
  get canLeave(): boolean {
    return this.context.time.departed(this.cause.at) !== undefined;
  }

  /** How long ago this was. */
  since(at: Stamp): number {
    return this.context.time.elapsedMs(at, this.cause.at);
  }

  outcome(): ServiceOutcome {
    if (this.#changed.size + this.#events.length + this.#commands.length === 0) return nothing;
    const changes = [...this.#changed].map(([key, value]) => ({ key, value }));
    return { changes, events: this.#events, commands: this.#commands };
  }
}
