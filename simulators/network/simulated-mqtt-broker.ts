import type { LastWill, ReceivedMessage } from "../../protocols/message-link.ts";
import { topicMatches } from "../../protocols/topics.ts";
import type { SimulatedTime } from "../simulated-time.ts";
import type { Acceptor, ServerPeer, ServerSession, UpwardMessage } from "./simulated-connection.ts";

/** How the broker behaves now; asked once for each message, and each answer is within what MQTT 3.1.1 allows. */
export interface BrokerMoods {
  /** From a publisher's packet to the subscriber's wire. Messages of one topic keep their order (section 4.6). */
  routeMs(): number;
  /** Acknowledged and lost: a broker that keeps nothing on disk and dies does this. */
  forgets(): boolean;
  /** Delivered once more (section 4.3.2: at least once). */
  repeats(): boolean;
  /** The connection breaks before the PUBACK: the publisher must assume that nothing arrived. */
  breaksBeforePuback(): boolean;
}

interface Client {
  readonly peer: ServerPeer;
  readonly filters: Set<string>;
  readonly will: LastWill | undefined;
  /** When the last message of a topic is put on this client's wire. */
  readonly lastMsByTopic: Map<string, number>;
}

/** A repeated delivery comes within this time. */
const repeatMsMax = 2_000;

/** HQ's broker: retained messages, wildcards, last wills, QoS 1, no sessions that outlive their connection. */
export class SimulatedMqttBroker implements Acceptor {
  readonly #time: SimulatedTime;
  readonly #moods: BrokerMoods;
  readonly #retained = new Map<string, Uint8Array>();
  readonly #clients = new Set<Client>();
  readonly #onMessage: (message: UpwardMessage) => void;
  #life = 1;
  running = true;

  constructor(time: SimulatedTime, moods: BrokerMoods, onMessage: (message: UpwardMessage) => void) {
    this.#time = time;
    this.#moods = moods;
    this.#onMessage = onMessage;
  }

  accept(peer: ServerPeer, { will }: { readonly will: LastWill | undefined }): ServerSession {
    const client: Client = { peer, will, filters: new Set(), lastMsByTopic: new Map() };
    this.#clients.add(client);
    return {
      publish: (packet, message) => this.#publish(client, packet, message),
      subscribe: (packet, filters) => this.#subscribe(client, packet, filters),
      goodbye: () => this.#clients.delete(client),
      lost: () => this.#lost(client),
    };
  }

  /** It dies with all its connections; what it had accepted and not yet passed on is gone. */
  stop({ forget }: { readonly forget: boolean }): void {
    this.running = false;
    this.#life += 1;
    if (forget) this.#retained.clear();
    const clients = [...this.#clients];
    this.#clients.clear();
    for (const { peer } of clients) peer.reset("the broker stopped");
  }

  start(): void {
    this.running = true;
  }

  /** Says something to all who listen, as some client of HQ's could. */
  say(message: UpwardMessage): void {
    this.#accept(message);
  }

  retained(topic: string): Uint8Array | undefined {
    return this.#retained.get(topic);
  }

  get clients(): number {
    return this.#clients.size;
  }

  #publish(client: Client, packet: number, message: UpwardMessage): void {
    if (!this.#clients.has(client)) return;
    if (!this.#moods.forgets()) this.#accept(message);
    if (this.#moods.breaksBeforePuback()) client.peer.reset("broken before the acknowledgement");
    else client.peer.acknowledge(packet);
  }

  #accept(message: UpwardMessage): void {
    const { topic, payload, retain } = message;
    this.#onMessage(message);
    if (retain && payload.length === 0) this.#retained.delete(topic);
    else if (retain) this.#retained.set(topic, payload);
    for (const client of this.#clients) {
      for (const filter of client.filters) {
        if (!topicMatches(filter, topic)) continue;
        this.#route(client, { topic, payload, retained: false });
        break;
      }
    }
  }

  #route(client: Client, message: ReceivedMessage): void {
    const dueMs = Math.max(
      client.lastMsByTopic.get(message.topic) ?? 0,
      this.#time.nowMs + this.#moods.routeMs(),
    );
    client.lastMsByTopic.set(message.topic, dueMs);
    const life = this.#life;
    const deliver = (): void => {
      if (life === this.#life && this.#clients.has(client)) client.peer.deliver(message);
    };
    this.#time.after(dueMs - this.#time.nowMs, deliver);
    if (this.#moods.repeats()) this.#time.after(dueMs - this.#time.nowMs + repeatMsMax, deliver);
  }

  #subscribe(client: Client, packet: number, filters: readonly string[]): void {
    for (const filter of filters) client.filters.add(filter);
    client.peer.subscribed(packet, []);
    for (const [topic, payload] of this.#retained) {
      if (filters.some((filter) => topicMatches(filter, topic)))
        client.peer.deliver({ topic, payload, retained: true });
    }
  }

  #lost(client: Client): void {
    if (!this.#clients.delete(client) || client.will === undefined) return;
    const { topic, payload, retain } = client.will;
    this.#accept({ topic, payload: new TextEncoder().encode(payload), retain });
  }
}
