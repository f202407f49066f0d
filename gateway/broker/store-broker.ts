import { createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";
import type { Logger } from "pino";
import type { Clock } from "../../protocols/clock.ts";
import type { DeviceCommand } from "../../protocols/commands.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import { localTopics } from "../../protocols/topics.ts";
import { type Accounts, openAccounts } from "./accounts.ts";
import { ClientConnection } from "./client-connection.ts";
import { ClientDesk, type DeskCounts } from "./client-desk.ts";
import { forgetClosed } from "./closed-clients.ts";
import { Door, type Guest } from "./door.ts";
import { brokerLimits } from "./limits.ts";
import type { TakeContent } from "./message-taking.ts";
import { type ClientRights, storeRights } from "./rights.ts";
import { SessionMemory } from "./session-memory.ts";
import { WorkBudget } from "./work-budget.ts";

export interface BrokerOptions {
  readonly configuration: Configuration["gateway"]["broker"];
  readonly take: TakeContent;
  /** An agent listens for commands from now on. */
  readonly agentAppeared: (agent: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
  /** A store's, where nothing else is said. */
  readonly rights?: ClientRights;
}

export interface BrokerCounts extends DeskCounts {
  /** Now. */
  connections: number;
  refusedConnections: number;
  /** Ended by us, because of what came over them. */
  cutConnections: number;
}

export const nothingCounted: Readonly<BrokerCounts> = {
  messages: 0,
  deadLetters: 0,
  unacknowledged: 0,
  oversizedPackets: 0,
  refusedLogins: 0,
  refusedSubscriptions: 0,
  connections: 0,
  refusedConnections: 0,
  cutConnections: 0,
};

/** What the gateway needs of its store broker. */
export interface OpenStoreBroker {
  readonly port: number;
  readonly counts: Readonly<BrokerCounts>;
  send(agent: string, command: DeviceCommand): void;
  close(): Promise<void>;
}

/**
 * The store broker: agents publish readings to it and are told commands. It keeps no sessions and forwards
 * nothing else. aedes speaks MQTT; before it stand the door, a budget of work and the rules of the protocol.
 */
export class StoreBroker implements OpenStoreBroker {
  readonly counts: BrokerCounts = { ...nothingCounted };
  readonly #options: BrokerOptions;
  readonly #desk: ClientDesk;
  readonly #aedes: Aedes;
  readonly #server: Server;
  readonly #door: Door;
  readonly #budget: WorkBudget;

  private constructor(options: BrokerOptions, accounts: Accounts) {
    const { clock, rights = storeRights, take, agentAppeared, log } = options;
    this.#options = options;
    this.#door = new Door(clock, brokerLimits);
    this.#budget = new WorkBudget(clock);
    this.#desk = new ClientDesk({ accounts, rights, take, agentAppeared, counts: this.counts, log });
    this.#aedes = this.#newAedes();
    // Read on demand, and still read to its end where the client has closed its half.
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.#welcome(socket));
  }

  static async open(options: BrokerOptions): Promise<StoreBroker> {
    const accounts = await openAccounts(options.configuration.accounts, options.clock);
    const broker = new StoreBroker(options, accounts);
    await broker.#aedes.listen();
    await broker.#listen();
    return broker;
  }

  get port(): number {
    const address = this.#server.address();
    return address === null || typeof address === "string" ? 0 : address.port;
  }

  /** Those whom aedes knows; it is as many as are let in. */
  get clients(): number {
    return this.#aedes.connectedClients;
  }

  /** At most once is enough: the command desk hands a command over until it is answered. */
  send(agent: string, command: DeviceCommand): void {
    const topic = localTopics.command(agent, command.task.kind);
    const payload = Buffer.from(JSON.stringify(command));
    const packet = { cmd: "publish", topic, payload, qos: 1, retain: false, dup: false } as const;
    this.#aedes.publish(packet, (error) => {
      if (error)
        this.#options.log.warn({ event: "command-not-sent", command: command.id, reason: error.message });
    });
  }

  /** Ends every connection; what was not acknowledged comes again to the next broker. */
  async close(): Promise<void> {
    this.#desk.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await new Promise<void>((resolve) => this.#aedes.close(() => resolve()));
    for (const guest of this.#door.guests) guest.destroy();
    this.#budget.close();
    await closed;
  }

  #newAedes(): Aedes {
    const aedes = new Aedes({
      ...this.#desk.hooks,
      persistence: new SessionMemory((client, filter) => this.#desk.isGranted(client, filter)),
      // No limit: at one, a client that does not read what it asked for would hold up the others' messages.
      concurrency: 0,
      connectTimeout: brokerLimits.connectMsMax,
      drainTimeout: brokerLimits.drainMsMax,
      maxInflightInbound: brokerLimits.qos2InFlightMax,
      // Checked at the door, by bytes and for all versions.
      maxClientsIdLength: brokerLimits.clientIdBytesMax,
    });
    for (const event of ["clientError", "connectionError"] as const) {
      aedes.on(event, (client, error) => {
        this.#options.log.debug({ event: "store-client-error", client: client.id, reason: error.message });
      });
    }
    aedes.on("client", (client) => forgetClosed(aedes, client));
    aedes.on("clientReady", ({ conn }) => conn instanceof ClientConnection && conn.ready());
    aedes.on("subscribe", (subscriptions, client) => this.#desk.announce(subscriptions, client));
    aedes.on("unsubscribe", (filters, client) => this.#desk.unsubscribed(filters, client));
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
    const address = socket.remoteAddress ?? "";
    let connection: ClientConnection | undefined;
    const desk = this.#desk;
    const guest: Guest = {
      address,
      get isUseful() {
        return connection !== undefined && desk.isUseful(connection);
      },
      destroy: () => connection?.cut("its place was needed"),
    };
    if (!this.#door.enter(guest)) {
      this.counts.refusedConnections += 1;
      this.#options.log.warn({ event: "connection-refused", address });
      socket.on("error", () => {});
      socket.destroy();
      return;
    }
    connection = this.#openConnection(socket, address);
    connection.once("close", () => {
      this.#door.leave(guest);
      this.counts.connections = this.#door.guests.size;
    });
    this.counts.connections = this.#door.guests.size;
    this.#aedes.handle(connection);
  }

  #openConnection(socket: Socket, address: string): ClientConnection {
    socket.setKeepAlive(true, brokerLimits.keepAliveProbeMs);
    const { clock } = this.#options;
    const share = this.#budget.openShare();
    const connection: ClientConnection = new ClientConnection({
      socket,
      clock,
      share,
      listener: {
        putAside: (publish, reason) => this.#desk.putAside(connection, publish, reason),
        cut: (reason) => {
          this.counts.cutConnections += 1;
          this.#options.log.warn({ event: "connection-cut", address, reason });
        },
      },
    });
    this.#desk.welcome(connection, { address, share });
    return connection;
  }
}
