import { publishableAgent, subscribableAgent } from "../../gateway/broker/accounts.ts";
import { MessageTaking, type TakingSession } from "../../gateway/broker/message-taking.ts";
import {
  type BrokerCounts,
  type BrokerOptions,
  nothingCounted,
  type OpenStoreBroker,
} from "../../gateway/broker/store-broker.ts";
import type { DeviceCommand } from "../../protocols/commands.ts";
import type { Reading } from "../../protocols/readings.ts";
import { localTopics, topicMatches } from "../../protocols/topics.ts";
import type { Acceptor, ServerPeer, ServerSession } from "../../simulators/network/simulated-connection.ts";
import type { SimulatedProcess } from "../../simulators/simulated-machine.ts";

interface Client extends TakingSession {
  readonly id: string;
  readonly peer: ServerPeer;
  readonly filters: Set<string>;
}

export interface StoreBrokerWitness {
  presented(readings: readonly Reading[]): void;
  acknowledged(readings: readonly Reading[]): void;
}

/** Without accounts anyone may speak for any agent. */
const login = { agent: undefined };

/** The store broker in a simulation: packets are simulated, the rule of PUBACK and the reading of messages are not. */
export class SimulatedStoreBroker implements OpenStoreBroker, Acceptor {
  readonly port = 1_883;
  readonly counts: BrokerCounts = { ...nothingCounted };
  readonly #options: BrokerOptions;
  readonly #process: SimulatedProcess;
  readonly #taking: MessageTaking;
  readonly #clients = new Set<Client>();

  constructor(options: BrokerOptions, process: SimulatedProcess, witness: StoreBrokerWitness) {
    this.#options = options;
    this.#process = process;
    this.#taking = new MessageTaking(async (readings, letter) => {
      witness.presented(readings);
      await options.take(readings, letter);
      if (process.ended === undefined) witness.acknowledged(readings);
    }, this.counts);
    process.onEnd(() => this.#resetAll("the gateway ended"));
  }

  accept(peer: ServerPeer, { clientId }: { readonly clientId: string }): ServerSession {
    const client: Client = { id: clientId, peer, filters: new Set(), refused: false };
    this.#clients.add(client);
    return {
      publish: (packet, { topic, payload }) => void this.#publish(client, packet, { topic, payload }),
      subscribe: (packet, filters) => this.#subscribe(client, packet, filters),
      goodbye: () => this.#clients.delete(client),
      lost: () => this.#clients.delete(client),
    };
  }

  send(agent: string, command: DeviceCommand): void {
    if (!this.#process.passes()) return;
    const topic = localTopics.command(agent, command.task.kind);
    const payload = new TextEncoder().encode(JSON.stringify(command));
    for (const { filters, peer } of this.#clients) {
      if ([...filters].some((filter) => topicMatches(filter, topic)))
        peer.deliver({ topic, payload, retained: false });
    }
  }

  close(): Promise<void> {
    this.#taking.close();
    this.#resetAll("the gateway is closing");
    return Promise.resolve();
  }

  /** A message of a client that knows no better. */
  async poison(topic: string, payload: Uint8Array): Promise<void> {
    const agent = publishableAgent(login, topic);
    await this.#taking.takeMessage({ refused: false }, { topic, client: "stranger", agent, payload });
  }

  async #publish(
    client: Client,
    packet: number,
    { topic, payload }: { readonly topic: string; readonly payload: Uint8Array },
  ): Promise<void> {
    if (!this.#process.passes() || !this.#clients.has(client)) return;
    const agent = publishableAgent(login, topic);
    const failure = await this.#taking.takeMessage(client, { topic, client: client.id, agent, payload });
    if (!this.#process.passes()) return;
    if (failure === null) client.peer.acknowledge(packet);
    else client.peer.reset(failure.message);
  }

  #subscribe(client: Client, packet: number, filters: readonly string[]): void {
    if (!this.#process.passes()) return;
    const refused = filters.filter((filter) => subscribableAgent(login, filter) === undefined);
    client.peer.subscribed(packet, refused);
    for (const filter of filters) {
      const agent = subscribableAgent(login, filter);
      if (agent === undefined) continue;
      client.filters.add(filter);
      this.#options.agentAppeared(agent);
    }
  }

  #resetAll(reason: string): void {
    const clients = [...this.#clients];
    this.#clients.clear();
    for (const { peer } of clients) peer.reset(reason);
  }
}
