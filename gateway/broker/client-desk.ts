import type { AedesOptions, AuthenticateError, Client, PublishPacket, Subscription } from "aedes";
import type { Logger } from "pino";
import { contentOf } from "../dead-letters.ts";
import { type Accounts, publishableAgent, subscribableAgent } from "./accounts.ts";
import { ClientConnection } from "./client-connection.ts";
import { ClientSession } from "./client-session.ts";
import { hostOf } from "./door.ts";
import { brokerLimits } from "./limits.ts";
import { MessageTaking, type TakeContent, type TakingCounts } from "./message-taking.ts";
import { acknowledgement, type LongPublish, readLongPublish } from "./packet-gate.ts";
import type { ClientRights } from "./rights.ts";
import { sessionMarker } from "./session-memory.ts";
import type { WorkShare } from "./work-budget.ts";

export interface DeskCounts extends TakingCounts {
  oversizedPackets: number;
  refusedLogins: number;
  refusedSubscriptions: number;
}

export interface DeskOptions {
  readonly accounts: Accounts;
  readonly rights: ClientRights;
  readonly take: TakeContent;
  readonly agentAppeared: (agent: string) => void;
  readonly counts: DeskCounts;
  readonly log: Logger;
}

/** What the broker knows of a connection before its client has said who it is. */
export interface Arrival {
  readonly address: string;
  readonly share: WorkShare;
}

interface Visit extends Arrival {
  /** As its CONNECT says. */
  clientName: string;
  session: ClientSession | undefined;
}

/** Where aedes sees what was taken: nobody may subscribe there. */
const takenTopic = "local/v1/taken";
/** MQTT 3.1.1 section 3.2.2.3. */
const badUsernameOrPassword = 4;

/** What clients may do: the questions that aedes asks, and their answers. */
export class ClientDesk {
  readonly #options: DeskOptions;
  readonly #taking: MessageTaking;
  readonly #visits = new WeakMap<object, Visit>();

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#taking = new MessageTaking(options.take, options.counts);
  }

  get hooks(): AedesOptions {
    return {
      preConnect: (client, packet, done) => {
        const visit = this.#visits.get(client.conn);
        if (visit !== undefined) visit.clientName = packet.clientId;
        // An account has client identifiers of its own, so that nobody can take over a stranger's session.
        if (packet.clientId !== "" && packet.username !== undefined) {
          packet.clientId = `${packet.username}/${packet.clientId}`;
        }
        // No session outlives its connection: commands are handed over anew, and nothing piles up for the absent.
        if (!this.#options.rights.keepsSessions) packet.clean = true;
        done(null, true);
      },
      authenticate: (client, username, password, done) => {
        const allowed = this.#login(client, username, password);
        done(allowed ? null : loginRefused(), allowed);
      },
      authorizePublish: (client, packet, done) => void this.#authorizePublish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => {
        const allowed = this.#allowSubscription(client, subscription);
        // QoS is ours to keep (ClientSession.forward); aedes is to pass everything on.
        done(null, allowed ? { ...subscription, qos: 2 } : null);
      },
      authorizeForward: (client, packet) => {
        const { conn } = client;
        if (conn.writableLength > brokerLimits.outgoingBytesMax && conn instanceof ClientConnection) {
          conn.cut("it does not read what it asked for");
          return null;
        }
        return this.#sessionOf(client)?.forward(packet) ?? null;
      },
    };
  }

  welcome(connection: ClientConnection, arrival: Arrival): void {
    this.#visits.set(connection, { ...arrival, clientName: "", session: undefined });
  }

  isUseful(connection: ClientConnection): boolean {
    return this.#visits.get(connection)?.session?.isUseful ?? false;
  }

  isGranted(client: object, filter: string): boolean {
    return this.#sessionOf(client as Client)?.hears(filter) ?? false;
  }

  close(): void {
    this.#taking.close();
  }

  /** After SUBACK. */
  announce(subscriptions: readonly Subscription[], client: Client): void {
    const session = this.#sessionOf(client);
    for (const { topic } of subscriptions) {
      const agent = session?.hears(topic) ? subscribableAgent(session.login, topic) : undefined;
      if (agent !== undefined) this.#options.agentAppeared(agent);
    }
  }

  unsubscribed(filters: readonly string[], client: Client): void {
    for (const filter of filters) this.#sessionOf(client)?.unsubscribe(filter);
  }

  /** Acknowledged once it is kept as a dead letter, as everything that would be refused for ever. */
  async putAside(connection: ClientConnection, publish: LongPublish, reason: string): Promise<void> {
    const { take, counts, log } = this.#options;
    const visit = this.#visits.get(connection);
    const session = visit?.session;
    const message = readLongPublish(publish);
    counts.oversizedPackets += 1;
    log.warn({ event: "packet-too-long", address: visit?.address });
    // A hand-shake in four steps (QoS 2) is not worth being played for what nobody takes.
    if (visit === undefined || session === undefined || message.qos > 1) {
      connection.cut(`a packet ${reason}`);
      return;
    }
    const { topic, qos, packetId, payloadStart, payloadBytes } = message;
    counts.messages += 1;
    counts.deadLetters += 1;
    const kept = topic.slice(0, brokerLimits.topicBytesMax);
    const content = { ...contentOf(payloadStart), byteCount: payloadBytes };
    const letter = { topic: kept, client: session.name, reason, ...content };
    session.weigh({ readings: [], letter, refusedReadings: 0 });
    try {
      await take([], letter);
      if (qos === 1 && connection.writable) connection.write(acknowledgement(packetId));
    } catch (error) {
      connection.cut(this.#taking.refuse(session, String(error)).message);
    }
  }

  #sessionOf(client: Client): ClientSession | undefined {
    return this.#visits.get(client.conn)?.session;
  }

  #login(client: Client, username: string | undefined, password: Uint8Array | undefined): boolean {
    const { accounts, counts } = this.#options;
    const visit = this.#visits.get(client.conn);
    if (visit === undefined) return false;
    const login = accounts.login(hostOf(visit.address), { username, password });
    if (login === undefined) {
      counts.refusedLogins += 1;
      return false;
    }
    visit.session = new ClientSession(login, visit.clientName || client.id, visit.share);
    return true;
  }

  /**
   * The one place in aedes where PUBACK can be made to mean "on disk": it is sent after this is fulfilled and
   * before anything else. An error ends the connection and the client sends again, so only what may pass by
   * itself (a full disk) is an error; what would fail for ever is kept as a dead letter and acknowledged.
   */
  async #authorizePublish(
    client: Client | null,
    packet: PublishPacket,
    done: (error?: Error | null) => void,
  ): Promise<void> {
    const session = client === null ? undefined : this.#sessionOf(client);
    if (session === undefined) done(new Error("nobody is logged in"));
    else if (this.#options.rights.mayShare(session.login, packet.topic)) done();
    else done(await this.#takeMessage(session, packet));
  }

  /** The error that ends the connection, or null when the message is on disk. */
  async #takeMessage(session: ClientSession, packet: PublishPacket): Promise<Error | null> {
    const { topic } = packet;
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    const agent = publishableAgent(session.login, topic);
    const refusal = await this.#taking.takeMessage(session, { topic, client: session.name, agent, payload });
    // Nothing published here is for other clients, and nothing is kept for later ones. Not for aedes either: it
    // listens to `$SYS/+/new/clients` itself, and throws out whom a client names there.
    Object.assign(packet, { topic: takenTopic, payload: Buffer.alloc(0), retain: false });
    return refusal;
  }

  /** Whether aedes is to have it. The marker is none of the client's filters (SessionMemory). */
  #allowSubscription(client: Client, { topic, qos }: Subscription): boolean {
    const session = this.#sessionOf(client);
    if (session === undefined || topic === sessionMarker) return false;
    const allowed = session.subscribe(topic, qos, this.#options.rights.mayHear(session.login, topic));
    if (!allowed) this.#options.counts.refusedSubscriptions += 1;
    return allowed;
  }
}

function loginRefused(): AuthenticateError {
  return Object.assign(new Error("wrong user name or password"), { returnCode: badUsernameOrPassword });
}
