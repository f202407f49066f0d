import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openMqttLink } from "../../cli/mqtt-link.ts";
import { systemClock, systemRandom } from "../../cli/system.ts";
import { eventSchema, gatewayStateSchema, type StorewireEvent } from "../../protocols/events.ts";
import { type Observation, readingSchema } from "../../protocols/readings.ts";
import { uplinkTopics } from "../../protocols/topics.ts";
import { heldEvents } from "../durability/held-events.ts";
import { type RealBroker, startRealBroker } from "../real-broker.ts";
import { StorewireProcess } from "../storewire-process.ts";
import { waitUntil } from "../wait-until.ts";

/** Starting a process takes half a second here, and many times that on a busy machine. */
export const deadlineMs = 40_000;
const name = { site: "store-0042", gateway: "gw1" };

/** One site's files, HQ's broker and receiver, and the commands that a test starts. */
export class RunningSite {
  readonly directory: string;
  readonly broker: RealBroker;
  readonly receiver: StorewireProcess;
  readonly #processes = new Set<StorewireProcess>();

  private constructor(directory: string, broker: RealBroker) {
    this.directory = directory;
    this.broker = broker;
    this.receiver = this.start("hq", "receive", "--url", broker.url, "--database", this.#held);
  }

  /** With a receiver that listens already. */
  static async open(): Promise<RunningSite> {
    const directory = mkdtempSync(join(tmpdir(), "storewire-end-to-end-"));
    const broker = await startRealBroker({ configuration: ["log_type all"] });
    const site = new RunningSite(directory, broker);
    await said(site.receiver, /"event":"started"/, "the receiver has opened its database");
    return site;
  }

  get #held(): string {
    return join(this.directory, "hq.db");
  }

  start(...parameters: string[]): StorewireProcess {
    const started = new StorewireProcess(parameters);
    this.#processes.add(started);
    return started;
  }

  /** The events that lie in the receiver's database, each as the schema wants it. */
  async events(): Promise<readonly StorewireEvent[]> {
    const rows = await heldEvents(this.#held);
    return rows.map(({ body }) => eventSchema.parse(JSON.parse(body)));
  }

  async untilHeld(what: string, wanted: (event: StorewireEvent) => boolean): Promise<StorewireEvent> {
    let found: StorewireEvent | undefined;
    await waitUntil(
      `HQ holds ${what}`,
      async () => {
        found = (await this.events()).find(wanted);
        return found !== undefined;
      },
      deadlineMs,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.said()}`, { cause: error });
    });
    if (found === undefined) throw new Error("found a moment ago");
    return found;
  }

  /** HQ's broker has told a client that its subscription holds. */
  untilSubscribed(clientId: RegExp): Promise<void> {
    const acknowledged = new RegExp(`Sending SUBACK to ${clientId.source}`);
    return waitUntil(
      `${clientId.source} has subscribed`,
      () => acknowledged.test(this.broker.log()),
      deadlineMs,
    );
  }

  /** The gateway's `state` as a client gets it that comes only now. */
  async retainedState(): Promise<{ readonly online: boolean } | undefined> {
    const link = openMqttLink({
      url: this.broker.url,
      clientId: "late-comer",
      mqttVersion: "3.1.1",
      clock: systemClock(),
      random: systemRandom,
    });
    const retained: unknown[] = [];
    try {
      await new Promise<void>((resolve) => link.onUp(resolve));
      await link.subscribe([uplinkTopics.state(name)], (message) => {
        if (message.retained) retained.push(JSON.parse(Buffer.from(message.payload).toString()));
      });
      // The broker has sent what it retains before it answers this.
      await link.publish("late-comer/marker", "now");
      return retained.map((state) => gatewayStateSchema.parse(state)).at(-1);
    } finally {
      await link.close();
    }
  }

  said(): string {
    return [...this.#processes].map((process) => process.said()).join("\n---\n");
  }

  async close(): Promise<void> {
    await Promise.all([...this.#processes].map((process) => process.kill()));
    await this.broker.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Waits for words on stderr. */
export function said(process: StorewireProcess, words: RegExp, what: string): Promise<void> {
  return waitUntil(what, () => words.test(process.said()), deadlineMs).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${process.said()}`, { cause: error });
  });
}

type Health = Extract<Observation, { kind: "health" }>;

/** What `--readings` printed of a device's health, oldest first. */
export function healthOf(process: StorewireProcess, device: string): readonly Health[] {
  return process.stdoutLines
    .map((line) => readingSchema.parse(JSON.parse(line)))
    .filter((reading) => reading.device === device)
    .flatMap(({ observation }) => (observation.kind === "health" ? [observation] : []));
}

export function ready(process: StorewireProcess, device: string): Promise<void> {
  const isReady = (): boolean => healthOf(process, device).at(-1)?.state === "ready";
  return waitUntil(`${device} is ready`, isReady, deadlineMs).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${process.said()}`, { cause: error });
  });
}
