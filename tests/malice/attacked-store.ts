import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localTopics } from "../../protocols/topics.ts";
import { eventsOf, pressed, readingsOf, storeConfiguration } from "../gateway/store.ts";
import { type GatewayStore, type RunningStore, startStore } from "../gateway/store-gateway.ts";
import type { Connect } from "../mqtt/packets.ts";
import { RawClient } from "../mqtt/raw-client.ts";
import { waitUntil } from "../wait-until.ts";

const press = { device: "kiosk1", readPoint: "kiosk", observation: pressed("returns") };

/** A gateway under attack, on a clock that is turned by hand, with an honest agent that wants its tickets. */
export class AttackedStore {
  readonly store: RunningStore;
  readonly #clients: RawClient[] = [];
  readonly #make = readingsOf();

  private constructor(store: RunningStore) {
    this.store = store;
  }

  static async start(options: GatewayStore = {}): Promise<AttackedStore> {
    return new AttackedStore(await startStore(options));
  }

  get counts() {
    const { broker } = this.store.gateway.status();
    if (broker === undefined) throw new Error("no store broker");
    return broker;
  }

  get letters() {
    return this.store.gateway.deadLetters();
  }

  async open(): Promise<RawClient> {
    const client = await RawClient.open(this.store.port);
    this.#clients.push(client);
    return client;
  }

  async connect(options: Connect = {}): Promise<RawClient> {
    const client = await RawClient.connect(this.store.port, options);
    this.#clients.push(client);
    return client;
  }

  /** What the honest agent sends next. */
  nextReadings(): string {
    return JSON.stringify([this.#make(press)]);
  }

  /** Fulfilled once the reading is acknowledged. */
  async serve(honest: RawClient): Promise<void> {
    await honest.publish({ topic: localTopics.reading("agent1"), payload: this.nextReadings(), qos: 1 });
  }

  async tickets(): Promise<number> {
    const events = await eventsOf(this.store.outbox);
    return events.filter(({ type }) => type === "storewire.queue.ticket.issued").length;
  }

  /** Turns the clock a little and again, until `condition` holds. */
  turnUntil(what: string, condition: () => boolean, stepMs = 10): Promise<void> {
    return waitUntil(what, async () => {
      if (!condition()) await this.store.clock.turn(stepMs);
      return condition();
    });
  }

  async turnUntilDone(awaited: Promise<void>): Promise<void> {
    let done = false;
    const settled = awaited.finally(() => {
      done = true;
    });
    await this.turnUntil("it is done", () => done);
    return settled;
  }

  /** As it was before; what a flooder left behind is worked off at its pace first. */
  peace(connections: number): Promise<void> {
    return this.turnUntil(
      `${connections} connections are left`,
      () => this.counts.connections === connections,
    );
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.cut();
    this.store.outbox.release();
    await this.store.gateway.close();
  }
}

/** Two accounts with passwords in files, as a site has them. */
export function withAccounts() {
  const directory = mkdtempSync(join(tmpdir(), "storewire-accounts-"));
  const configuration = storeConfiguration((site) => {
    if (site.gateway.broker === undefined) throw new Error("no broker");
    site.gateway.broker.accounts = ["agent1", "agent2"].map((agent) => {
      const passwordFile = join(directory, agent);
      writeFileSync(passwordFile, `secret of ${agent}\n`);
      return { username: `user-${agent}`, passwordFile, agent };
    });
  });
  return { configuration, remove: () => rmSync(directory, { recursive: true }) };
}

export const loginOf = (agent: string): Connect => ({
  username: `user-${agent}`,
  password: `secret of ${agent}`,
});
