import type { Cancel, Clock } from "../protocols/clock.ts";
import { type DelayBounds, nextDelayMs } from "../protocols/decorrelated-jitter.ts";
import type { LastWill, MessageLink, MessageReceiver, ReceivedMessage } from "../protocols/message-link.ts";
import type { Random } from "../protocols/random.ts";
import { topicMatches } from "../protocols/topics.ts";
import { type BrokerAddress, MqttConnection } from "./mqtt-connection.ts";
import { bootDelayMs, reconnectBounds } from "./reconnect-delay.ts";

export interface MqttLinkOptions extends BrokerAddress {
  /** A function is asked anew for every connection. */
  readonly will?: LastWill | (() => LastWill) | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly reconnect?: DelayBounds;
  /** Told what goes wrong without ending the link: a receiver that threw. */
  readonly warn?: (words: string) => void;
  /** Without a PUBACK for so long, while one is due, the connection ends. */
  readonly unacknowledgedMsMax?: number;
  /** Makes each connection; over the package `mqtt` when absent. */
  readonly openConnection?: OpenConnection | undefined;
}

/** One connection to a broker as the link needs it: made once, never mended. */
export type BrokerConnection = Pick<MqttConnection, "publish" | "subscribe" | "fall" | "close">;

export type OpenConnection = (...made: ConstructorParameters<typeof MqttConnection>) => BrokerConnection;

const overMqtt: OpenConnection = (...made) => new MqttConnection(...made);

/**
 * Bytes handed to receivers whose promises are still pending. Below it messages keep flowing, so that a
 * receiver can gather many into one commit; above it the broker has to wait.
 */
const receivingBytesMax = 8 * 1024 * 1024;
/** A connection that held as long as the longest wait was a good one: the next wait begins small again. */
const steadyMs = 30_000;
/**
 * A broker that answers pings and no publish for so long is worth another connection. Each PUBACK begins the
 * time anew, so a link that carries one full batch in it (42 kbit/s) is slow, not dead.
 */
const unacknowledgedMsMax = 25_000;

interface Subscription {
  readonly filters: readonly string[];
  readonly receive: MessageReceiver;
}

/**
 * A MessageLink over the package `mqtt`. Each connection is a new client:
 *
 *     wait (decorrelated jitter) -> connect -> renew subscriptions -> up -> fallen -> wait ...
 *
 * A receiver must not wait for a publish on its own link: while it holds messages back, the broker's
 * acknowledgements stand behind them in the same stream.
 */
export function openMqttLink(options: MqttLinkOptions): MessageLink {
  const link = new MqttLink(options);
  link.start();
  return link;
}

class MqttLink implements MessageLink {
  up = false;
  readonly #options: MqttLinkOptions;
  readonly #subscriptions = new Set<Subscription>();
  readonly #upListeners = new Set<() => void>();
  readonly #downListeners = new Set<(reason: string) => void>();
  readonly #receiving: Receiving;
  #connection: WatchedConnection | undefined;
  #cancelWait: Cancel = () => {};
  #delayMs = 0;
  #upSinceMs = 0;
  #closed = false;

  constructor(options: MqttLinkOptions) {
    this.#options = options;
    this.#receiving = new Receiving(options.warn ?? (() => {}));
  }

  start(): void {
    const { clock, random, reconnect = reconnectBounds } = this.#options;
    const delayMs = bootDelayMs(clock.monotonicMs(), reconnect, random);
    if (delayMs === 0) this.#connect();
    else this.#cancelWait = clock.after(delayMs, () => this.#connect());
  }

  publish(
    topic: string,
    payload: string | Uint8Array,
    { retain = false }: { readonly retain?: boolean } = {},
  ): Promise<void> {
    if (!this.up || !this.#connection) return Promise.reject(new Error("the link is down"));
    return this.#connection.publish(topic, payload, retain);
  }

  #connect(): void {
    const { will, clock, openConnection = overMqtt } = this.#options;
    try {
      const lastWill = typeof will === "function" ? will() : will;
      const made: BrokerConnection = openConnection(this.#options, lastWill, clock, {
        connected: () => void this.#renew(connection),
        fallen: (reason) => this.#fallen(reason),
        message: (message, taken) =>
          this.#receiving.deliver(message, this.#receiversOf(message.topic), taken),
      });
      const connection = new WatchedConnection(made, this.#options);
      this.#connection = connection;
    } catch (error) {
      // A certificate or password file that cannot be read now may be readable at the next try.
      this.#fallen(String(error));
    }
  }

  /** Rejected when the broker refuses a filter; while the link is down it is asked for at the next connection. */
  async subscribe(filters: readonly string[], receive: MessageReceiver): Promise<void> {
    const subscription = { filters, receive };
    this.#subscriptions.add(subscription);
    if (!this.up || !this.#connection) return;
    // When the link falls meanwhile, the renewal does what this did not.
    const refused = await this.#connection.subscribe(filters).catch(() => []);
    if (refused.length === 0) return;
    this.#subscriptions.delete(subscription);
    throw new Error(refusedWords(refused));
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

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.up = false;
    this.#cancelWait();
    await this.#connection?.close();
  }

  /** All subscriptions hold before the link counts as up: whoever publishes then can hear the answer. */
  async #renew(connection: WatchedConnection): Promise<void> {
    try {
      await this.#holdSubscriptions(connection);
    } catch (error) {
      connection.fall(error instanceof Error ? error.message : String(error));
    }
    if (this.#closed || this.#connection !== connection) return;
    this.#upSinceMs = this.#options.clock.monotonicMs();
    this.up = true;
    for (const listener of this.#upListeners) listener();
  }

  async #holdSubscriptions(connection: WatchedConnection): Promise<void> {
    const held = new Set<string>();
    const missing = (): string[] =>
      [...this.#subscriptions]
        .flatMap((subscription) => subscription.filters)
        .filter((filter) => !held.has(filter));
    // Some may be added while the broker answers.
    for (let filters = missing(); filters.length > 0; filters = missing()) {
      for (const filter of filters) held.add(filter);
      const refused = await connection.subscribe(filters);
      if (refused.length > 0) throw new Error(refusedWords(refused));
    }
  }

  #fallen(reason: string): void {
    const { clock, random, reconnect = reconnectBounds } = this.#options;
    const wasUp = this.up;
    this.up = false;
    this.#connection = undefined;
    if (this.#closed) return;
    if (wasUp && clock.monotonicMs() - this.#upSinceMs >= steadyMs) this.#delayMs = 0;
    this.#delayMs = nextDelayMs(this.#delayMs, reconnect, random);
    this.#cancelWait = clock.after(this.#delayMs, () => this.#connect());
    for (const listener of this.#downListeners) listener(reason);
  }

  #receiversOf(topic: string): MessageReceiver[] {
    return [...this.#subscriptions]
      .filter(({ filters }) => filters.some((filter) => topicMatches(filter, topic)))
      .map(({ receive }) => receive);
  }
}

/** Ends a connection whose broker is there, but acknowledges nothing any more. */
class WatchedConnection {
  readonly #connection: BrokerConnection;
  readonly #clock: Clock;
  readonly #patienceMs: number;
  #unacknowledged = 0;
  #lastSignMs = 0;
  #cancelWatch: Cancel | undefined;

  constructor(connection: BrokerConnection, options: MqttLinkOptions) {
    this.#connection = connection;
    this.#clock = options.clock;
    this.#patienceMs = options.unacknowledgedMsMax ?? unacknowledgedMsMax;
  }

  async publish(topic: string, payload: string | Uint8Array, retain: boolean): Promise<void> {
    if (this.#unacknowledged === 0) this.#lastSignMs = this.#clock.monotonicMs();
    this.#unacknowledged += 1;
    this.#watch(this.#patienceMs);
    try {
      await this.#connection.publish(topic, payload, retain);
    } finally {
      this.#unacknowledged -= 1;
      this.#lastSignMs = this.#clock.monotonicMs();
      if (this.#unacknowledged === 0) this.#endWatch();
    }
  }

  subscribe(filters: readonly string[]): Promise<readonly string[]> {
    return this.#connection.subscribe(filters);
  }

  fall(reason: string): void {
    this.#connection.fall(reason);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** One timer for all of them, set anew only when it has run out. */
  #watch(delayMs: number): void {
    this.#cancelWatch ??= this.#clock.after(delayMs, () => {
      this.#cancelWatch = undefined;
      const restMs = this.#lastSignMs + this.#patienceMs - this.#clock.monotonicMs();
      if (restMs > 0) this.#watch(restMs);
      else this.#connection.fall("the broker acknowledges nothing");
    });
  }

  #endWatch(): void {
    this.#cancelWatch?.();
    this.#cancelWatch = undefined;
  }
}

/** Counts what receivers have not finished with, and holds the broker back beyond the limit. */
class Receiving {
  readonly #warn: (words: string) => void;
  readonly #heldBack: (() => void)[] = [];
  #pendingBytes = 0;

  constructor(warn: (words: string) => void) {
    this.#warn = warn;
  }

  deliver(message: ReceivedMessage, receivers: readonly MessageReceiver[], taken: () => void): void {
    for (const receive of receivers) this.#start(message, receive);
    if (this.#pendingBytes <= receivingBytesMax) taken();
    else this.#heldBack.push(taken);
  }

  #start(message: ReceivedMessage, receive: MessageReceiver): void {
    const byteCount = message.payload.length;
    try {
      const pending = receive(message);
      if (pending === undefined) return;
      this.#pendingBytes += byteCount;
      void pending.catch((error) => this.#complain(message, error)).then(() => this.#finished(byteCount));
    } catch (error) {
      this.#complain(message, error);
    }
  }

  #finished(byteCount: number): void {
    this.#pendingBytes -= byteCount;
    if (this.#pendingBytes > receivingBytesMax) return;
    for (const taken of this.#heldBack.splice(0)) taken();
  }

  #complain(message: ReceivedMessage, error: unknown): void {
    this.#warn(`a receiver of ${message.topic} failed: ${String(error)}`);
  }
}

const refusedWords = (filters: readonly string[]): string =>
  `the broker refuses the subscription to ${filters.join(", ")}`;
