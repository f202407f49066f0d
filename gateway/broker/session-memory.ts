import { Readable } from "node:stream";
import { topicMatches } from "../../protocols/topics.ts";
import { sessionLimits } from "./limits.ts";

/** Of a client, what aedes's calls name it by. */
interface ClientName {
  readonly id: string;
}

interface Subscription {
  readonly topic: string;
  readonly qos: number;
}

interface Receiver extends Subscription {
  readonly clientId: string;
}

/** A message as aedes passes it around. */
interface Message {
  readonly cmd?: string;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
  readonly brokerId?: string;
  readonly brokerCounter?: number;
  readonly messageId?: number | undefined;
}

/** On its way to a client; once it was sent, it has an identifier. `released`: PUBREC came, PUBREL was sent. */
interface Outgoing {
  readonly message: Message;
  messageId: number | undefined;
  released: boolean;
}

interface Session {
  readonly subscriptions: Map<string, Subscription>;
  readonly outgoing: Outgoing[];
  outgoingBytes: number;
}

/**
 * A subscription that stands for a session without one: aedes says "session present" only where there are
 * some [MQTT-3.2.2-2]. Nobody may have it.
 */
export const sessionMarker = "$SYS/session";

/**
 * What aedes keeps between two packets and two connections, in memory and bounded. Its own memory keeps an
 * entry for every client identifier that ever sent a PUBACK, and messages for the absent without end.
 */
export class SessionMemory {
  readonly #isGranted: (client: object, filter: string) => boolean;
  readonly #sessions = new Map<string, Session>();
  readonly #retained = new Map<string, Message>();
  /** Identifiers of QoS 2 messages between PUBLISH and PUBREL; aedes has already passed the messages on. */
  readonly #incoming = new Map<string, Set<number>>();
  /** What had no room. */
  readonly counts = { droppedSessions: 0, droppedMessages: 0, droppedRetained: 0 };

  /** aedes wants to keep refused subscriptions as well, so that they have to be told apart. */
  constructor(isGranted: (client: object, filter: string) => boolean) {
    this.#isGranted = isGranted;
  }

  // aedes refuses a memory whose `setup` is not an async function.
  // oxlint-disable-next-line require-await
  async setup(): Promise<void> {}

  storeRetained(message: Message): Promise<void> {
    const { topic, payload } = message;
    // [MQTT-3.3.1-10], [MQTT-3.3.1-11]
    if (payload.length === 0) this.#retained.delete(topic);
    else if (!this.#retained.has(topic) && this.#retained.size >= sessionLimits.retainedMax)
      this.counts.droppedRetained += 1;
    // A copy: the payload is a piece of a longer chunk, which would stay as well.
    else this.#retained.set(topic, { ...message, payload: Buffer.from(payload) });
    return Promise.resolve();
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    const found = filters.flatMap((filter) =>
      [...this.#retained.values()].filter(({ topic }) => filterMatches(filter, topic)),
    );
    return Readable.from(found);
  }

  addSubscriptions(client: ClientName, subscriptions: readonly Subscription[]): Promise<void> {
    const session = this.#openSession(client.id);
    for (const { topic, qos } of subscriptions) {
      if (this.#isGranted(client, topic)) session.subscriptions.set(topic, { topic, qos });
    }
    return Promise.resolve();
  }

  removeSubscriptions({ id }: ClientName, filters: readonly string[]): Promise<void> {
    const session = this.#sessions.get(id);
    for (const filter of filters) session?.subscriptions.delete(filter);
    return Promise.resolve();
  }

  /** Asked for a client that comes without clean session: it has one from now on. */
  subscriptionsByClient({ id }: ClientName): Promise<readonly Subscription[]> {
    const session = this.#sessions.get(id);
    if (session === undefined) {
      this.#openSession(id);
      return Promise.resolve([]);
    }
    return Promise.resolve([{ topic: sessionMarker, qos: 0 }, ...session.subscriptions.values()]);
  }

  /** The sessions that a message is kept for, each once, with the highest QoS that it asked for [MQTT-3.3.5-1]. */
  subscriptionsByTopic(topic: string): Promise<readonly Receiver[]> {
    const found: Receiver[] = [];
    for (const [clientId, { subscriptions }] of this.#sessions) {
      const qos = highestQos(subscriptions.values(), topic);
      if (qos !== undefined && qos > 0) found.push({ clientId, qos, topic });
    }
    return Promise.resolve(found);
  }

  /** A clean session begins: nothing of an older one stays [MQTT-3.1.2-6]. */
  cleanSubscriptions({ id }: ClientName): Promise<void> {
    this.#sessions.delete(id);
    return Promise.resolve();
  }

  outgoingEnqueueCombi(receivers: readonly Receiver[], message: Message): Promise<void> {
    for (const { clientId, qos } of receivers) {
      const session = this.#sessions.get(clientId);
      if (session !== undefined) this.#enqueue(session, { ...message, qos: Math.min(qos, message.qos) });
    }
    return Promise.resolve();
  }

  /**
   * A message was given its identifier, or a PUBREL takes its place. aedes begins anywhere with each connection:
   * an identifier that is in use [MQTT-2.3.1-2] ends this one, and the next begins elsewhere.
   */
  outgoingUpdate({ id }: ClientName, sent: Message): Promise<void> {
    const outgoing = this.#sessions.get(id)?.outgoing ?? [];
    const isSent = ({ message }: Outgoing): boolean =>
      message.brokerId === sent.brokerId && message.brokerCounter === sent.brokerCounter;
    const holder = outgoing.find(({ messageId }) => messageId === sent.messageId);
    if (sent.cmd === "pubrel") {
      if (holder !== undefined) holder.released = true;
      return Promise.resolve();
    }
    const found = outgoing.find(isSent);
    if (found !== undefined && holder !== undefined && holder !== found) {
      return Promise.reject(new Error("the packet identifier is in use"));
    }
    if (found !== undefined) found.messageId = sent.messageId;
    return Promise.resolve();
  }

  /** Acknowledged: PUBACK, or PUBCOMP. */
  outgoingClearMessageId({ id }: ClientName, { messageId }: Message): Promise<Message | undefined> {
    const session = this.#sessions.get(id);
    const index = session?.outgoing.findIndex((outgoing) => outgoing.messageId === messageId) ?? -1;
    const [cleared] = index < 0 ? [] : (session?.outgoing.splice(index, 1) ?? []);
    if (session !== undefined && cleared !== undefined)
      session.outgoingBytes -= cleared.message.payload.length;
    return Promise.resolve(cleared?.message);
  }

  /** In the order in which they came; what was sent before is a repetition [MQTT-3.3.1-1], [MQTT-4.4.0-1]. */
  outgoingStream({ id }: ClientName): Readable {
    const outgoing = this.#sessions.get(id)?.outgoing ?? [];
    return Readable.from(
      outgoing.map(({ message, messageId, released }) =>
        released
          ? { cmd: "pubrel", messageId }
          : { ...message, messageId, retain: false, dup: messageId !== undefined },
      ),
    );
  }

  incomingStorePacket({ id }: ClientName, { messageId = 0 }: Message): Promise<void> {
    const identifiers = this.#incoming.get(id) ?? new Set();
    this.#incoming.set(id, identifiers.add(messageId));
    return Promise.resolve();
  }

  incomingGetPacket({ id }: ClientName, packet: Message): Promise<Message> {
    const isKnown = this.#incoming.get(id)?.has(packet.messageId ?? 0) ?? false;
    return isKnown ? Promise.resolve(packet) : Promise.reject(new Error("no such packet"));
  }

  incomingDelPacket({ id }: ClientName, { messageId = 0 }: Message): Promise<void> {
    const identifiers = this.#incoming.get(id);
    identifiers?.delete(messageId);
    if (identifiers?.size === 0) this.#incoming.delete(id);
    return Promise.resolve();
  }

  cleanIncoming({ id }: ClientName): Promise<void> {
    this.#incoming.delete(id);
    return Promise.resolve();
  }

  /** Wills live in their connections: this broker has no others that could speak them in its place. */
  putWill(): Promise<void> {
    return Promise.resolve();
  }

  delWill(): Promise<void> {
    return Promise.resolve();
  }

  streamWill(): Readable {
    return Readable.from([]);
  }

  /** The one that was begun longest ago makes room; nobody knows whether its client still lives. */
  #openSession(id: string): Session {
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    if (this.#sessions.size >= sessionLimits.sessionsMax) this.#dropOldest();
    const session: Session = { subscriptions: new Map(), outgoing: [], outgoingBytes: 0 };
    this.#sessions.set(id, session);
    return session;
  }

  #dropOldest(): void {
    for (const oldest of this.#sessions.keys()) {
      this.#sessions.delete(oldest);
      this.#incoming.delete(oldest);
      this.counts.droppedSessions += 1;
      return;
    }
  }

  #enqueue(session: Session, message: Message): void {
    const { queuedMessagesMax, queuedBytesMax } = sessionLimits;
    const bytes = session.outgoingBytes + message.payload.length;
    if (session.outgoing.length >= queuedMessagesMax || bytes > queuedBytesMax) {
      this.counts.droppedMessages += 1;
      return;
    }
    session.outgoingBytes = bytes;
    session.outgoing.push({ message, messageId: undefined, released: false });
  }
}

/** As `topicMatches`; wildcards in front do not reach the broker's own topics [MQTT-4.7.2-1]. */
export function filterMatches(filter: string, topic: string): boolean {
  if (topic.startsWith("$") && /^[+#]/.test(filter)) return false;
  return topicMatches(filter, topic);
}

/** The highest QoS that these subscriptions ask for this topic with; undefined when none does. */
export function highestQos(subscriptions: Iterable<Subscription>, topic: string): number | undefined {
  let highest: number | undefined;
  for (const { topic: filter, qos } of subscriptions) {
    if (filterMatches(filter, topic)) highest = Math.max(highest ?? 0, qos);
  }
  return highest;
}
