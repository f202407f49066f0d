import type { Cancel } from "../../protocols/clock.ts";
import type {
  LastWill,
  MessageLink,
  MessageReceiver,
  ReceivedMessage,
} from "../../protocols/message-link.ts";
import { topicMatches } from "../../protocols/topics.ts";

/**
 * An MQTT broker in memory: retained messages, wildcards, last wills, QoS 1 without a session memory.
 * Faults are its methods: cut a link, swallow acknowledgements, forget everything.
 */
export class SimulatedBroker {
  readonly #retained = new Map<string, Uint8Array>();
  readonly #links = new Set<SimulatedLink>();
  /** While true, messages are delivered but their senders never learn of it. */
  swallowAcknowledgements = false;
  /** While true, messages are acknowledged and then lost. */
  loseMessages = false;

  connect(will?: LastWill | (() => LastWill)): SimulatedLink {
    const link = new SimulatedLink(this, typeof will === "object" ? () => will : will);
    this.#links.add(link);
    return link;
  }

  /** Restarts the broker: every link falls, retained messages go where `forget` is asked for. */
  restart({ forget }: { readonly forget: boolean }): void {
    if (forget) this.#retained.clear();
    for (const link of this.#links) link.cut("broker restarted");
    for (const link of this.#links) link.restore();
  }

  take(topic: string, payload: Uint8Array, retain: boolean): void {
    if (this.loseMessages) return;
    if (retain && payload.length === 0) this.#retained.delete(topic);
    else if (retain) this.#retained.set(topic, payload);
    for (const link of this.#links) link.deliver({ topic, payload, retained: false });
  }

  retainedFor(filter: string): readonly ReceivedMessage[] {
    return [...this.#retained]
      .filter(([topic]) => topicMatches(filter, topic))
      .map(([topic, payload]) => ({ topic, payload, retained: true }));
  }

  retained(topic: string): string | undefined {
    const payload = this.#retained.get(topic);
    return payload === undefined ? undefined : textOf(payload);
  }

  leave(link: SimulatedLink): void {
    this.#links.delete(link);
  }
}

export class SimulatedLink implements MessageLink {
  up = true;
  readonly #broker: SimulatedBroker;
  readonly #makeWill: (() => LastWill) | undefined;
  /** As it was when this connection was made. */
  #will: LastWill | undefined;
  readonly #subscriptions: { readonly filters: readonly string[]; readonly receive: MessageReceiver }[] = [];
  readonly #upListeners = new Set<() => void>();
  readonly #downListeners = new Set<(reason: string) => void>();
  readonly #waiting = new Set<(error: Error) => void>();

  constructor(broker: SimulatedBroker, makeWill: (() => LastWill) | undefined) {
    this.#broker = broker;
    this.#makeWill = makeWill;
    this.#will = makeWill?.();
  }

  publish(
    topic: string,
    payload: string | Uint8Array,
    options: { readonly retain?: boolean } = {},
  ): Promise<void> {
    if (!this.up) return Promise.reject(new Error("the link is down"));
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      queueMicrotask(() => {
        if (!this.#waiting.has(reject)) return;
        this.#broker.take(topic, bytesOf(payload), options.retain ?? false);
        if (this.#broker.swallowAcknowledgements) return;
        this.#waiting.delete(reject);
        resolve();
      });
    });
  }

  subscribe(filters: readonly string[], receive: MessageReceiver): Promise<void> {
    this.#subscriptions.push({ filters, receive });
    if (this.up) this.#replayRetained(filters, receive);
    return Promise.resolve();
  }

  onUp(listener: () => void): Cancel {
    this.#upListeners.add(listener);
    if (this.up) listener();
    return () => this.#upListeners.delete(listener);
  }

  onDown(listener: (reason: string) => void): Cancel {
    this.#downListeners.add(listener);
    return () => this.#downListeners.delete(listener);
  }

  close(): Promise<void> {
    this.up = false;
    this.#broker.leave(this);
    this.#rejectWaiting("the link was closed");
    return Promise.resolve();
  }

  /** The network fails under this link; the broker speaks its last will. */
  cut(reason: string): void {
    if (!this.up) return;
    this.up = false;
    this.#rejectWaiting(reason);
    if (this.#will) this.#broker.take(this.#will.topic, bytesOf(this.#will.payload), this.#will.retain);
    for (const listener of this.#downListeners) listener(reason);
  }

  /** The network is back: subscriptions hold again, and retained messages come anew. */
  restore(): void {
    if (this.up) return;
    this.up = true;
    this.#will = this.#makeWill?.();
    for (const { filters, receive } of this.#subscriptions) this.#replayRetained(filters, receive);
    for (const listener of this.#upListeners) listener();
  }

  deliver(message: ReceivedMessage): void {
    if (!this.up) return;
    for (const { filters, receive } of this.#subscriptions) {
      if (filters.some((filter) => topicMatches(filter, message.topic))) void receive(message);
    }
  }

  #replayRetained(filters: readonly string[], receive: MessageReceiver): void {
    for (const filter of filters)
      for (const message of this.#broker.retainedFor(filter)) void receive(message);
  }

  #rejectWaiting(reason: string): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const reject of waiting) reject(new Error(reason));
  }
}

const bytesOf = (payload: string | Uint8Array): Uint8Array =>
  typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
const textOf = (payload: Uint8Array): string => new TextDecoder().decode(payload);
