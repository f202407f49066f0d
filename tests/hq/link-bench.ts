import { envelopes } from "../../gateway/envelope.ts";
import { openUplinkMemory } from "../../gateway/uplink/knowable.ts";
import { uplinkWill } from "../../gateway/uplink/presence.ts";
import { positionsOf, Uplink } from "../../gateway/uplink/uplink.ts";
import type { CreditRules } from "../../hq/credit.ts";
import { type Receiver, type ReceiverNotice, startReceiver } from "../../hq/receiver.ts";
import { HeadquartersDatabase } from "../../hq/simulated-event-store.ts";
import { type MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import type { EventDraft, ResendRequest } from "../../protocols/events.ts";
import { seededRandom } from "../../protocols/random.ts";
import { uplinkTopics } from "../../protocols/topics.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { SimulatedBroker, type SimulatedLink } from "../../simulators/network/simulated-broker.ts";
import { silentLog } from "../gateway/store.ts";

const name = { site: "store-1", gateway: "gw1" };
const uplinkLimits = {
  batchesInFlightMax: 8,
  unconfirmedEventsMax: 100_000,
  resendAfterMs: 10_000,
  stateEveryMs: 60_000,
  drainEventsPerSecond: 200,
};
/** Between two looks. */
const stepMs = 100;
/** Nothing here takes longer. */
const simulatedMsMax = 3_600_000;
/** HQ's disk. */
const storeMs = 5;

const length = (waiting: number): EventDraft => ({
  type: "storewire.queue.length",
  subject: "returns",
  origin: "queue",
  timeMs: 0,
  clock: "synced",
  data: { service: "returns", priorityClass: "regular", waiting },
});

/** One gateway's uplink and HQ's receiver, both whole, with a broker in memory between them. */
export class LinkBench {
  readonly clock = new ManualClock();
  readonly broker = new SimulatedBroker();
  readonly asked: ResendRequest[] = [];
  readonly notices: ReceiverNotice[] = [];
  readonly acknowledgements: unknown[] = [];
  readonly database = new HeadquartersDatabase({
    after: (delayMs, run) => this.clock.after(delayMs, run),
    moods: { storeMs: () => storeMs, failure: () => undefined },
  });
  receiver!: Receiver;
  #hqLink: SimulatedLink | undefined;
  readonly #credit: Partial<CreditRules>;

  constructor(credit: Partial<CreditRules> = {}) {
    this.#credit = credit;
  }

  async open(): Promise<void> {
    const ear = this.broker.connect();
    const heard = (payload: Uint8Array) => JSON.parse(new TextDecoder().decode(payload)) as unknown;
    await ear.subscribe([uplinkTopics.resend(name)], ({ payload }) => {
      this.asked.push(heard(payload) as ResendRequest);
    });
    await ear.subscribe([uplinkTopics.acknowledgement(name)], ({ payload }) => {
      this.acknowledgements.push(heard(payload));
    });
    await this.startHeadquarters();
  }

  async startHeadquarters(): Promise<void> {
    const store = this.database.open({ passes: () => true });
    this.#hqLink = this.broker.connect();
    this.receiver = await startReceiver({
      link: this.#hqLink,
      store,
      clock: this.clock,
      credit: this.#credit,
      onNotice: (notice) => this.notices.push(notice),
    });
  }

  async stopHeadquarters(): Promise<void> {
    await this.#hqLink?.close();
    const closed = this.receiver.close();
    await this.clock.turn(stepMs);
    await closed;
  }

  async openGateway(disk: MemoryDisk, keepConfirmedMs = 7 * 86_400_000) {
    const { clock, broker } = this;
    const outbox = await openMemoryOutbox({ clock, disk, limits: { keepConfirmedMs } });
    const random = seededRandom(disk.epoch.length);
    const entryOf = envelopes({ name, epoch: outbox.epoch, boot: "boot", clock, random });
    const memory = await openUplinkMemory(outbox);
    const { epochOrdinal } = memory;
    const presence = { name, boot: "boot", version: "0", epoch: outbox.epoch, clock };
    const will = () =>
      uplinkWill({ ...presence, epochOrdinal: () => epochOrdinal.value }, positionsOf(outbox));
    const link = broker.connect(will);
    const outruns: string[] = [];
    const commit = async (drafts: readonly EventDraft[]): Promise<void> => {
      await outbox.commit({ entries: drafts.map((draft) => entryOf(draft)) });
      uplink.stored();
    };
    const uplink: Uplink = new Uplink({
      outbox,
      link,
      clock,
      confirm: "watermark",
      limits: uplinkLimits,
      presence,
      ...memory,
      raise: (drafts) => void commit(drafts),
      outrun: () => outruns.push(outbox.epoch),
      log: silentLog,
    });
    uplink.start();
    return {
      outbox,
      link,
      uplink,
      outruns,
      epochOrdinal,
      store: (count: number) => commit(Array.from({ length: count }, (_, index) => length(index))),
      isSettled: () => {
        const { last, settled } = outbox.position("evt");
        return last === settled;
      },
    };
  }

  /** Turns the clock until it is so. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    const untilMs = this.clock.monotonicMs() + simulatedMsMax;
    while (!isSo()) {
      if (this.clock.monotonicMs() > untilMs) throw new Error(`waited in vain: ${what}`);
      await this.clock.turn(stepMs);
    }
  }

  /** The sequences that HQ holds of each epoch, in order, as ranges. */
  held(): Readonly<Record<string, string>> {
    const held: Record<string, string> = {};
    const events = this.database.events.toSorted((one, other) => one.sequence - other.sequence);
    for (const { epoch, sequence, stream } of events) {
      if (stream !== "evt") continue;
      const before = held[epoch];
      if (before === undefined) held[epoch] = `${sequence}-${sequence}`;
      else if (before.endsWith(`-${sequence - 1}`)) held[epoch] = before.replace(/\d+$/, String(sequence));
      else held[epoch] = `${before},${sequence}-${sequence}`;
    }
    return held;
  }

  state(): Record<string, unknown> {
    return JSON.parse(this.broker.retained(uplinkTopics.state(name)) ?? "{}") as Record<string, unknown>;
  }

  retainedWatermark(): Record<string, unknown> {
    const text = this.broker.retained(uplinkTopics.acknowledgement(name));
    return JSON.parse(text ?? "{}") as Record<string, unknown>;
  }
}
