import type { Gateway } from "../../../gateway/gateway.ts";
import { MemoryDisk, openMemoryOutbox } from "../../../outbox/memory-outbox.ts";
import type { ClockQuality } from "../../../protocols/clock.ts";
import {
  eventSchema,
  eventTypes,
  gatewayStateSchema,
  type StorewireEvent,
} from "../../../protocols/events.ts";
import type { Observation, Reading, Stamp } from "../../../protocols/readings.ts";
import { uplinkTopics } from "../../../protocols/topics.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import { SimulatedBroker, type SimulatedLink } from "../../../simulators/network/simulated-broker.ts";
import { GatedOutbox } from "../gated-outbox.ts";
import { readingsOf, storeConfiguration } from "../store.ts";
import { startStore } from "../store-gateway.ts";

/** 2026-11-22T10:00 in Berlin: when the box of these tests was switched on. */
export const bootMs = Date.UTC(2026, 10, 22, 9);
export const holdMsMax = 600_000;

const name = { site: "store-0042", gateway: "gw1" };

/** Everything that HQ hears, in the order in which it comes; what comes again is compared with the first time. */
export class Ear {
  readonly broker = new SimulatedBroker();
  readonly texts = new Map<string, string>();

  /** One that confirms keeps a gateway from sending the lengths of hours again and again. */
  async open(confirms = false): Promise<void> {
    const filters = ["storewire/v1/+/+/evt/+", "storewire/v1/+/+/tel/+"];
    const link = this.broker.connect();
    const last = { evt: "0", tel: "0" };
    await link.subscribe(filters, ({ topic, payload }) => {
      const stream = topic.split("/")[4] === "tel" ? "tel" : "evt";
      for (const event of JSON.parse(new TextDecoder().decode(payload)) as StorewireEvent[]) {
        this.#hear(`${stream} ${event.epoch} ${event.sequence}`, event);
        last[stream] = event.sequence;
        if (!confirms) continue;
        const watermark = { epoch: event.epoch, sequence: last.evt, telemetry: last.tel };
        void link.publish(uplinkTopics.acknowledgement(name), JSON.stringify(watermark), { retain: true });
      }
    });
  }

  #hear(place: string, heard: StorewireEvent): void {
    const event = { ...heard };
    delete event.historical;
    eventTypes[eventSchema.parse(event).type].data.parse(event.data);
    const text = JSON.stringify(event);
    const before = this.texts.get(place);
    if (before !== undefined && before !== text) throw new Error(`${place} left twice:\n${before}\n${text}`);
    this.texts.set(place, text);
  }

  get events(): readonly StorewireEvent[] {
    return [...this.texts.values()].map((text) => JSON.parse(text) as StorewireEvent);
  }

  of(type: string): readonly StorewireEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  get state() {
    return gatewayStateSchema.parse(JSON.parse(this.broker.retained(uplinkTopics.state(name)) ?? ""));
  }
}

export interface BoxOptions {
  readonly ear: Ear;
  readonly disk?: MemoryDisk;
  readonly boot?: string;
  /** A restart of the process only: the machine's clock runs on. */
  readonly clock?: ManualClock;
  readonly quality?: ClockQuality;
  readonly holdMsMax?: number;
  readonly linkDown?: boolean;
}

/** A gateway on a box whose clock starts in 1970 and is set by hand. */
export async function startBox(options: BoxOptions) {
  const { ear, boot = "boot1" } = options;
  const disk = options.disk ?? new MemoryDisk("epoch1");
  const clock = options.clock ?? new ManualClock(options.quality === "synced" ? bootMs : 0);
  clock.clockQuality = options.quality ?? "estimated";
  const outbox = new GatedOutbox(await openMemoryOutbox({ clock, disk }));
  const links: SimulatedLink[] = [];
  const { gateway } = await startStore({
    clock,
    outbox,
    headquarters: ear.broker,
    configuration: storeConfiguration((site) => {
      site.limits = { clock: { holdMsMax: options.holdMsMax ?? holdMsMax } };
      if (site.queue !== undefined) {
        site.queue.shelves = [{ readPoint: "desk" }];
        site.queue.crowds = [{ id: "tills", entrances: ["desk"] }];
      }
    }),
    options: {
      boot,
      makeUplinkLink(will) {
        const link = ear.broker.connect(will);
        if (options.linkDown === true) link.cut("the router is off");
        links.push(link);
        return link;
      },
    },
  });
  const stamp = (): Stamp => ({
    wallMs: Math.floor(clock.wallMs()),
    monotonicMs: clock.monotonicMs(),
    boot,
    clock: clock.quality(),
  });
  return { gateway, outbox, disk, clock, boot, stamp, link: () => links[0], ...hands(gateway, clock, stamp) };
}

export type Box = Awaited<ReturnType<typeof startBox>>;

/** What people and devices do at this box, now. */
function hands(gateway: Gateway, clock: ManualClock, stamp: () => Stamp) {
  const reading = readingsOf("agent1", `epoch-${clock.monotonicMs()}-${clock.wallMs()}`);
  const see = async (device: string, readPoint: string, observation: Observation): Promise<Reading> => {
    const seen = reading({ device, readPoint, observation, at: stamp() });
    await gateway.sink.accept([seen]);
    return seen;
  };
  const setTo = (zeroMs: number): void => {
    clock.wallOffsetMs = zeroMs;
    clock.clockQuality = "synced";
  };
  return { see, setTo };
}
