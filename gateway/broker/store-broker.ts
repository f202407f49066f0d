import { createServer, type Server, type Socket } from "node:net";
import { Aedes, type AuthenticateError, type Client, type PublishPacket } from "aedes";
import type { Logger } from "pino";
import type { DeviceCommand } from "../../protocols/commands.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import { localTopics } from "../../protocols/topics.ts";
import { contentOf } from "../dead-letters.ts";
import { type Accounts, type Login, openAccounts, publishableAgent, subscribableAgent } from "./accounts.ts";
import { brokerLimits } from "./limits.ts";
import { MessageTaking, type TakeContent, type TakingCounts, type TakingSession } from "./message-taking.ts";
import { acknowledgement, guardSocket, type LongPublish, readLongPublish } from "./packet-gate.ts";

export interface BrokerOptions {
  readonly configuration: Configuration["gateway"]["broker"];
  readonly take: TakeContent;
  /** An agent listens for commands from now on. */
  readonly agentAppeared: (agent: string) => void;
  readonly log: Logger;
}

export interface BrokerCounts extends TakingCounts {
  oversizedPackets: number;
  refusedLogins: number;
  refusedSubscriptions: number;
  refusedConnections: number;
}

interface Session extends TakingSession {
  readonly login: Login;
  readonly filters: Set<string>;
}

/** What the gateway needs of its store broker. */
export interface OpenStoreBroker {
  readonly port: number;
  readonly counts: Readonly<BrokerCounts>;
  send(agent: string, command: DeviceCommand): void;
  close(): Promise<void>;
}

/** Where aedes sees what was taken: nobody may subscribe there. */
const takenTopic = "local/v1/taken";
/** MQTT 3.1.1 section 3.2.2.3. */
const badUsernameOrPassword = 4;

/** The store broker: agents publish readings to it and are told commands. It keeps no sessions and forwards nothing else. */
export class StoreBroker implements OpenStoreBroker {
  readonly counts: BrokerCounts = {
    messages: 0,
    deadLetters: 0,
    unacknowledged: 0,
    oversizedPackets: 0,
    refusedLogins: 0,
    refusedSubscriptions: 0,
    refusedConnections: 0,
  };
  readonly #options: BrokerOptions;
  readonly #accounts: Accounts;
  readonly #aedes: Aedes;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new WeakMap<Client, Session>();
  readonly #taking: MessageTaking;

  private constructor(options: BrokerOptions, accounts: Accounts) {
    this.#options = options;
    this.#accounts = accounts;
    this.#taking = new MessageTaking(options.take, this.counts);
    this.#aedes = this.#newAedes();
    this.#server = createServer((socket) => this.#welcome(socket));
    this.#server.maxConnections = brokerLimits.connectionsMax;
    this.#server.on("drop", () => {
      this.counts.refusedConnections += 1;
    });
  }

  static async open(options: BrokerOptions): Promise<StoreBroker> {
    const broker = new StoreBroker(options, await openAccounts(options.configuration.accounts));
    await broker.#aedes.listen();
    await broker.#listen();
    return broker;
  }

  get port(): number {
    const address = this.#server.address();
    return address === null || typeof address === "string" ? 0 : address.port;
  }

  /** At most once is enough: the command desk hands a command over until it is answered. */
  send(agent: string, command: DeviceCommand): void {
    const topic = localTopics.command(agent, command.task.kind);
    const payload = JSON.stringify(command);
    const packet = { cmd: "publish", topic, payload, qos: 1, retain: false, dup: false } as const;
    this.#aedes.publish(packet, (error) => {
      if (error)
        this.#options.log.warn({ event: "command-not-sent", command: command.id, reason: error.message });
    });
  }

  /** Ends every connection; what was not acknowledged comes again to the next broker. */
  async close(): Promise<void> {
    this.#taking.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await new Promise<void>((resolve) => this.#aedes.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #newAedes(): Aedes {
    const aedes = new Aedes({
      connectTimeout: brokerLimits.connectMsMax,
      drainTimeout: brokerLimits.drainMsMax,
      maxInflightInbound: brokerLimits.qos2InFlightMax,
      preConnect: (_client, packet, done) => {
        const nameless = packet.clientId === "" && packet.clean === false;
        // No session outlives its connection: commands are handed over anew, and nothing piles up for the absent.
        packet.clean = true;
        done(nameless ? new Error("an empty client id needs a clean session") : null, !nameless);
      },
      authenticate: (client, username, password, done) => {
        const login = this.#accounts.login(username, password);
        if (login !== undefined) this.#sessions.set(client, { login, filters: new Set(), refused: false });
        else this.counts.refusedLogins += 1;
        done(login === undefined ? loginRefused() : null, login !== undefined);
      },
      authorizePublish: (client, packet, done) => void this.#authorizePublish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => {
        const allowed = this.#allowSubscription(client, subscription.topic);
        done(null, allowed ? subscription : null);
      },
    });
    for (const event of ["clientError", "connectionError"] as const) {
      aedes.on(event, (client, error) => {
        this.#options.log.debug({ event: "store-client-error", client: client.id, reason: error.message });
      });
    }
    aedes.on("subscribe", (subscriptions, client) => this.#announceAgents(subscriptions, client));
    return aedes;
  }

  #listen(): Promise<void> {
    const { host, port } = this.#options.configuration;
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        this.#server.on("error", (error) => {
          this.#options.log.error({ event: "store-broker-error", reason: error.message });
        });
        resolve();
      });
    });
  }

  #welcome(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.setNoDelay(true);
    socket.setKeepAlive(true, brokerLimits.keepAliveProbeMs);
    const tooLong = (): void => {
      this.counts.oversizedPackets += 1;
      this.#options.log.warn({ event: "packet-too-long", address: socket.remoteAddress });
    };
    guardSocket(socket, brokerLimits.packetBytesMax, {
      refused: tooLong,
      swallowed: (publish) => {
        tooLong();
        void this.#takeLongPublish(client, publish);
      },
    });
    const client = this.#aedes.handle(socket);
  }

  /** Acknowledged once it is kept as a dead letter, as everything that would be refused for ever. */
  async #takeLongPublish(client: Client, publish: LongPublish): Promise<void> {
    const { topic, qos, packetId, payloadStart, payloadBytes } = readLongPublish(publish);
    const session = this.#sessions.get(client);
    // A hand-shake in four steps (QoS 2) is not worth being played for what nobody takes.
    if (session === undefined || qos > 1) return void client.conn.destroy();
    this.counts.messages += 1;
    this.counts.deadLetters += 1;
    const reason = `longer than ${brokerLimits.packetBytesMax} bytes`;
    const letter = { topic, client: client.id, reason, ...contentOf(payloadStart), byteCount: payloadBytes };
    try {
      await this.#options.take([], letter);
      if (qos === 1 && client.conn.writable) client.conn.write(acknowledgement(packetId));
    } catch (error) {
      this.#taking.refuse(session, String(error));
      client.conn.destroy();
    }
  }

  /**
   * The one place in aedes where PUBACK can be made to mean "on disk": it is sent after `done()` and before
   * anything else. An error ends the connection and the client sends again, so only what may pass by itself
   * (a full disk) is an error; what would fail for ever is kept as a dead letter and acknowledged.
   */
  async #authorizePublish(
    client: Client | null,
    packet: PublishPacket,
    done: (error?: Error | null) => void,
  ): Promise<void> {
    const session = client === null ? undefined : this.#sessions.get(client);
    if (client === null || session === undefined) {
      done(new Error("nobody is logged in"));
      return;
    }
    const refusal = await this.#takeMessage(client, session, packet);
    // Nothing published here is for other clients, and nothing is kept for later ones. Not for aedes either: it
    // listens to `$SYS/+/new/clients` itself, and throws out whom a client names there.
    Object.assign(packet, { topic: takenTopic, payload: Buffer.alloc(0), retain: false });
    done(refusal);
  }

  /** The error that ends the connection, or null when the message is on disk. */
  #takeMessage(client: Client, session: Session, packet: PublishPacket): Promise<Error | null> {
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    const agent = publishableAgent(session.login, packet.topic);
    return this.#taking.takeMessage(session, { topic: packet.topic, client: client.id, agent, payload });
  }

  #allowSubscription(client: Client, filter: string): boolean {
    const session = this.#sessions.get(client);
    const allowed =
      session !== undefined &&
      subscribableAgent(session.login, filter) !== undefined &&
      (session.filters.has(filter) || session.filters.size < brokerLimits.subscriptionsPerClientMax);
    if (allowed) session.filters.add(filter);
    else this.counts.refusedSubscriptions += 1;
    return allowed;
  }

  #announceAgents(subscriptions: readonly { topic: string }[], client: Client): void {
    const session = this.#sessions.get(client);
    for (const { topic } of subscriptions) {
      const agent = session?.filters.has(topic) ? subscribableAgent(session.login, topic) : undefined;
      if (agent !== undefined) this.#options.agentAppeared(agent);
    }
  }
}

function loginRefused(): AuthenticateError {
  return Object.assign(new Error("wrong user name or password"), { returnCode: badUsernameOrPassword });
}
