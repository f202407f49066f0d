import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Delivery } from "../../edge-agent/delivery.ts";
import type { GroupedOutbox } from "../../outbox/grouped-outbox.ts";
import { openSqliteOutbox } from "../../outbox/sqlite-outbox.ts";
import { type Random, seededRandom } from "../../protocols/random.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { scanOf } from "../durability/caused.ts";
import { GatedOutbox } from "../gateway/gated-outbox.ts";
import { pressed, readingsOf, scanned, silentLog, storeConfiguration } from "../gateway/store.ts";
import { startStore } from "../gateway/store-gateway.ts";

/** What one event costs the card at a rate, a wait and a patience. */
interface WearFigure {
  readonly eventsPerSecond: number;
  readonly waitMs: number;
  readonly settleWaitMs: number;
  readonly commitsPerEvent: number;
  /** As the kernel counts them, log and checkpoints together. */
  readonly bytesPerEvent: number;
  readonly payloadBytesPerEvent: number;
  readonly bytesPerDay: number;
}

interface WearCase {
  readonly eventsPerSecond: number;
  readonly waitMs: number;
  readonly settleWaitMs: number;
  readonly events: number;
}

/** The table in outbox/README.md: some twenty minutes, most of them the events' own time in steps. */
export async function measureWearTable(directory: string): Promise<readonly WearFigure[]> {
  const figures: WearFigure[] = [];
  for (const eventsPerSecond of [0.5, 2, 10, 50]) {
    for (const waitMs of [0, 50, 250, 1_000]) {
      const wanted = { eventsPerSecond, waitMs, settleWaitMs: 1_000, events: 1_500 };
      figures.push(await measureWear(directory, wanted));
    }
  }
  return figures;
}

/**
 * The production way of a reading, from delivery to a SQLite file on the real disk, under a clock that stands
 * still while the disk is at work: days of a store in seconds, with the commits that they would bring.
 */
async function measureWear(directory: string, wanted: WearCase): Promise<WearFigure> {
  const clock = new ManualClock();
  const random = seededRandom(5);
  const pace = { waitMsMax: wanted.waitMs, bytesPerDayMax: 1 };
  const name = `wear-${wanted.eventsPerSecond}-${wanted.waitMs}-${wanted.settleWaitMs}.db`;
  const limits = { pace, settleWaitMsMax: wanted.settleWaitMs };
  const { outbox } = await openSqliteOutbox({ path: join(directory, name), clock, random, limits });
  const disk = busyDisk(outbox);
  // The broker confirms at once, as one that is near does; a watermark would come some tenths later.
  const configuration = storeConfiguration((site) => {
    site.hq.confirm = "broker";
  });
  const { gateway } = await startStore({ configuration, clock, outbox: disk.outbox });
  const delivery = new Delivery({ sink: gateway.sink, clock, random, log: silentLog });
  const before = writtenBytes();
  const next = ordinaryReadings();
  // Fine enough for the waits, and no finer: each step costs a turn of the event loop.
  const stepMs = wanted.waitMs === 0 ? 100 : Math.max(10, wanted.waitMs / 5);
  while (gateway.status().intake.events < wanted.events) {
    delivery.put(next());
    // The mix makes 1.4 events of a reading.
    await turn(clock, disk, exponential(random, 1_400 / wanted.eventsPerSecond), stepMs);
  }
  await turn(clock, disk, 10_000, stepMs);
  const { transactions, bytesWritten } = outbox.statistics();
  const { events } = gateway.status().intake;
  await delivery.close(0);
  await gateway.close();
  await outbox.close();
  const bytesPerEvent = (writtenBytes() - before) / events;
  return {
    eventsPerSecond: wanted.eventsPerSecond,
    waitMs: wanted.waitMs,
    settleWaitMs: wanted.settleWaitMs,
    commitsPerEvent: round(transactions / events, 3),
    bytesPerEvent: Math.round(bytesPerEvent),
    payloadBytesPerEvent: Math.round(bytesWritten / events),
    bytesPerDay: Math.round(bytesPerEvent * wanted.eventsPerSecond * 86_400),
  };
}

/** Lets a while pass, step by step, and stand still whenever the disk is at work. */
async function turn(clock: ManualClock, disk: BusyDisk, forMs: number, stepMs: number): Promise<void> {
  const untilMs = clock.monotonicMs() + forMs;
  await disk.quiet();
  while (clock.monotonicMs() < untilMs) {
    await clock.turn(Math.min(stepMs, untilMs - clock.monotonicMs()));
    await disk.quiet();
  }
}

interface BusyDisk {
  readonly outbox: GatedOutbox;
  /** Fulfilled when nothing is being written. */
  quiet(): Promise<void>;
}

function busyDisk(outbox: GroupedOutbox): BusyDisk {
  let commits = 0;
  const commit = outbox.commit.bind(outbox);
  outbox.commit = async (what) => {
    commits += 1;
    try {
      await commit(what);
    } finally {
      commits -= 1;
    }
  };
  return {
    outbox: new GatedOutbox(outbox),
    async quiet() {
      do await new Promise((resolve) => setImmediate(resolve));
      while (commits > 0);
    },
  };
}

/** Three tickets are drawn, called, served and finished while one item is handed in and inspected. */
function ordinaryReadings() {
  const reading = readingsOf();
  let count = 0;
  const press = (device: string, readPoint: string, button: string) => () =>
    reading({ device, readPoint, observation: pressed(button) });
  const scan = (readPoint: string) => () => {
    const { text, aim } = scanOf(Math.floor(count / 14));
    return reading({ device: "scanner1", readPoint, observation: scanned(text, aim) });
  };
  const ticket = [
    press("kiosk1", "kiosk", "returns"),
    press("buttons-counter-1", "counter-1", "next"),
    press("buttons-counter-1", "counter-1", "serve"),
    press("buttons-counter-1", "counter-1", "finish"),
  ];
  const steps = [...ticket, ...ticket, ...ticket, scan("desk"), scan("bench")];
  return () => {
    const step = steps[count % steps.length];
    count += 1;
    if (step === undefined) throw new Error("a cycle has steps");
    return step();
  };
}

const exponential = (random: Random, meanMs: number): number => -Math.log(1 - random.fraction()) * meanMs;

const writtenBytes = (): number =>
  Number(/^write_bytes: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
