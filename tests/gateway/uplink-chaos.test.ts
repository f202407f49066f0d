import fc from "fast-check";
import { expect, test } from "vitest";
import { openUplinkMemory } from "../../gateway/uplink/knowable.ts";
import { uplinkWill } from "../../gateway/uplink/presence.ts";
import { positionsOf, Uplink } from "../../gateway/uplink/uplink.ts";
import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { type Category, streamOf } from "../../protocols/topics.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { SimulatedBroker } from "../../simulators/network/simulated-broker.ts";
import { silentLog } from "./store.ts";

const base = "storewire/v1/store-0042/gw1";
const categories: readonly Category[] = ["return", "queue", "alert", "device"];

/** What can happen between two looks at the clock. */
const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("store"), amount: fc.integer({ min: 1, max: 400 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "cut",
        "restore",
        "swallow",
        "lose",
        "heal",
        "restart",
        "forget",
        "hq-away",
        "hq-back",
        "grant",
        "hold",
        "release",
        "back-up",
        "put-back",
      ),
      amount: fc.integer({ min: 0, max: 15_000 }),
    }),
  },
);

/** HQ as it must be: holds each event once, and says how far it has them without a gap. */
class Headquarters {
  held = { evt: new Set<number>(), tel: new Set<number>() };
  backup = { evt: new Set<number>(), tel: new Set<number>() };
  away = false;
  /** What its watermarks have said at most. */
  told = { evt: 0, tel: 0 };

  take(stream: "evt" | "tel", payload: Uint8Array): void {
    if (this.away) return;
    for (const { sequence } of JSON.parse(new TextDecoder().decode(payload)) as { sequence: number }[]) {
      this.held[stream].add(sequence);
    }
  }

  backUp(): void {
    this.backup = { evt: new Set(this.held.evt), tel: new Set(this.held.tel) };
  }

  putBack(): void {
    this.held = { evt: new Set(this.backup.evt), tel: new Set(this.backup.tel) };
  }

  through(stream: "evt" | "tel"): number {
    let last = 0;
    while (this.held[stream].has(last + 1)) last += 1;
    return last;
  }

  watermark() {
    const { evt, tel } = { evt: this.through("evt"), tel: this.through("tel") };
    this.told = { evt: Math.max(evt, this.told.evt), tel: Math.max(tel, this.told.tel) };
    return { epoch: "ours", sequence: String(evt), telemetry: String(tel) };
  }

  /** Of what it confirmed and no longer has, it asks for the first range that is missing. */
  question(stream: "evt" | "tel") {
    const from = this.through(stream) + 1;
    const to = Math.min(this.told[stream], from + 999);
    return from > to ? undefined : { stream, epoch: "ours", from: String(from), to: String(to) };
  }
}

async function openWorld() {
  const clock = new ManualClock();
  const outbox = await openMemoryOutbox({ clock, disk: new MemoryDisk("ours") });
  const broker = new SimulatedBroker();
  const headquarters = new Headquarters();
  const ear = broker.connect();
  for (const stream of ["evt", "tel"] as const) {
    await ear.subscribe([`${base}/${stream}/+`], ({ payload }) => headquarters.take(stream, payload));
  }
  const holding = { on: false };
  const presence = {
    name: { site: "store-0042", gateway: "gw1" },
    boot: "b",
    version: "0",
    epoch: "ours",
    clock,
  };
  const memory = await openUplinkMemory(outbox);
  const willOptions = { ...presence, epochOrdinal: () => memory.epochOrdinal.value };
  const link = broker.connect(() => uplinkWill(willOptions, positionsOf(outbox)));
  const uplink = new Uplink({
    outbox,
    link,
    clock,
    confirm: "watermark",
    limits: {
      batchesInFlightMax: 3,
      unconfirmedEventsMax: 500,
      resendAfterMs: 5_000,
      stateEveryMs: 60_000,
      drainEventsPerSecond: 2_000,
    },
    presence,
    ...memory,
    raise: () => undefined,
    departure: ({ body, sequence }) => (holding.on && sequence % 3 === 0 ? undefined : body),
    outrun: () => expect.unreachable("HQ knows only what was sent"),
    log: silentLog,
  });
  uplink.start();
  const acknowledge = (): void => {
    if (headquarters.away) return;
    const payload = JSON.stringify(headquarters.watermark());
    // Not awaited: the broker may swallow HQ's acknowledgement as well.
    ear.publish(`${base}/ack`, payload, { retain: true }).catch(() => undefined);
    for (const stream of ["evt", "tel"] as const) {
      const question = headquarters.question(stream);
      if (question) ear.publish(`${base}/resend`, JSON.stringify(question)).catch(() => undefined);
    }
  };
  const grant = (amount: number): void => {
    const leave = { eventsPerSecond: amount + 1, validMs: 1_000 + 2 * amount };
    const payload = JSON.stringify({ ...headquarters.watermark(), grant: leave });
    if (!headquarters.away) ear.publish(`${base}/ack`, payload, { retain: true }).catch(() => undefined);
  };
  return { clock, outbox, broker, headquarters, link, uplink, acknowledge, grant, holding };
}

type World = Awaited<ReturnType<typeof openWorld>>;

async function store({ outbox, uplink }: World, amount: number): Promise<void> {
  const category = categories[amount % categories.length] ?? "return";
  const body = (sequence: number) => JSON.stringify({ sequence });
  const entries = Array.from({ length: amount }, () => ({ stream: streamOf(category), category, body }));
  await outbox.commit({ entries });
  uplink.stored();
}

const happen: Record<string, (world: World, amount: number) => void> = {
  grant: ({ grant }, amount) => grant(amount),
  hold: ({ holding }) => {
    holding.on = true;
  },
  release: ({ holding, uplink }) => {
    holding.on = false;
    uplink.release();
  },
  "back-up": ({ headquarters }) => headquarters.backUp(),
  "put-back": ({ headquarters }) => headquarters.putBack(),
  cut: ({ link }) => link.cut("pulled"),
  restore: ({ link }) => link.restore(),
  swallow: ({ broker }) => {
    broker.swallowAcknowledgements = true;
  },
  lose: ({ broker }) => {
    broker.loseMessages = true;
  },
  heal: ({ broker }) => {
    broker.swallowAcknowledgements = false;
    broker.loseMessages = false;
  },
  restart: ({ broker }) => broker.restart({ forget: false }),
  forget: ({ broker }) => broker.restart({ forget: true }),
  "hq-away": ({ headquarters }) => {
    headquarters.away = true;
  },
  "hq-back": ({ headquarters }) => {
    headquarters.away = false;
  },
};

test("whatever falls, is lost or forgotten: HQ has everything in the end, and the outbox knows it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 40 }), async (happenings) => {
      const world = await openWorld();
      for (const { kind, amount } of happenings) {
        if (kind === "store") await store(world, amount);
        happen[kind]?.(world, amount);
        await world.clock.turn(kind === "store" ? 50 : amount);
        if (amount % 2 === 0) world.acknowledge();
      }
      for (const kind of ["heal", "restore", "hq-back", "release"]) happen[kind]?.(world, 0);
      for (let round = 0; round < 60; round += 1) {
        world.acknowledge();
        await world.clock.turn(2_000);
      }
      for (const stream of ["evt", "tel"] as const) {
        const { last, settled } = world.outbox.position(stream);
        expect([stream, settled, world.headquarters.held[stream].size]).toEqual([stream, last, last]);
      }
      const closed = world.uplink.close();
      await world.clock.turn(2_000);
      await closed;
    }),
    { numRuns: 40, endOnFailure: true },
  );
});
