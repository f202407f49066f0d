import { describe, expect, it } from "vitest";
import { Delivery } from "../../edge-agent/delivery.ts";
import { Intake } from "../../gateway/intake.ts";
import { Gathering } from "../../outbox/gathering.ts";
import { GroupWriter } from "../../outbox/group-writer.ts";
import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { seededRandom } from "../../protocols/random.ts";
import type { ReadingSink } from "../../protocols/readings.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { pressed, readingsOf, silentLog } from "../gateway/store.ts";
import { entry } from "../outbox/contract.ts";

/** A budget that the first commit overdraws by an hour: commits wait as long as they may. */
const spent = { waitMsMax: 50, bytesPerDayMax: 1 };

describe("gathering", () => {
  it("holds nobody before the budget is spent", async () => {
    const clock = new ManualClock();
    const gathering = new Gathering(clock, { waitMsMax: 50, bytesPerDayMax: 10 ** 9 });
    expect(gathering.gather()).toBeUndefined();
    gathering.committing();
    expect(gathering.gather()).toBeUndefined();
  });

  it("holds all who ask within one wait together, and who passed it once does not wait again", async () => {
    const clock = new ManualClock();
    const gathering = new Gathering(clock, spent);
    gathering.committing();
    expect(gathering.waitMs).toBe(50);
    const over: string[] = [];
    void gathering.gather()?.then(() => over.push(`first ${clock.monotonicMs()}`));
    await clock.turn(30);
    void gathering.gather()?.then(() => over.push(`second ${clock.monotonicMs()}`));
    await clock.turn(19);
    expect(over).toEqual([]);
    await clock.turn(1);
    expect(over).toEqual(["first 50", "second 50"]);
    expect(gathering.gather()).toBeUndefined();
    gathering.committing();
    expect(gathering.gather()).toBeDefined();
  });

  it("does not let a wait that nobody used count for ever", async () => {
    const clock = new ManualClock();
    const gathering = new Gathering(clock, spent);
    gathering.committing();
    void gathering.gather();
    await clock.turn(50);
    await clock.turn(49);
    expect(gathering.gather()).toBeUndefined();
    await clock.turn(1);
    expect(gathering.gather()).toBeDefined();
  });

  it("ends at once when there is an end to come to", async () => {
    const clock = new ManualClock();
    const gathering = new Gathering(clock, spent);
    gathering.committing();
    let over = false;
    void gathering.gather()?.then(() => {
      over = true;
    });
    gathering.hurry();
    await clock.turn(0);
    expect(over).toBe(true);
    expect(gathering.gather()).toBeUndefined();
  });
});

/** The way of a reading within one process: delivery, intake, outbox. */
async function process(pace: { waitMsMax: number; bytesPerDayMax: number }) {
  const clock = new ManualClock();
  const outbox = await openMemoryOutbox({ clock, disk: new MemoryDisk("e"), limits: { pace } });
  const intake = await Intake.open({
    outbox,
    services: [],
    envelope: () => entry("evt", "e"),
    clock,
    random: seededRandom(1),
    boot: "boot1",
    holdMsMax: 0,
    log: silentLog,
    committed: () => {},
  });
  const sink: ReadingSink = intake;
  const committedAtMs: number[] = [];
  const delivery = new Delivery({
    sink,
    clock,
    random: seededRandom(1),
    log: silentLog,
    onCommitted: (readings) => {
      for (const _ of readings) committedAtMs.push(clock.monotonicMs());
    },
  });
  const reading = readingsOf();
  const press = () =>
    delivery.put(reading({ device: "kiosk1", readPoint: "kiosk", observation: pressed("a") }));
  return { clock, outbox, intake, delivery, press, committedAtMs };
}

describe("readings on their way to disk", () => {
  it("share one commit, each held no longer than one wait in the whole process", async () => {
    const { clock, outbox, press, committedAtMs } = await process(spent);
    press();
    await clock.turn(0);
    // Nothing is known of what commits cost before the first.
    expect(committedAtMs).toEqual([0]);
    press();
    await clock.turn(20);
    press();
    await clock.turn(29);
    expect(committedAtMs).toEqual([0]);
    await clock.turn(1);
    expect(committedAtMs).toEqual([0, 50, 50]);
    expect(outbox.statistics().transactions).toBe(2);
  });

  it("are committed at once within the budget", async () => {
    const { clock, outbox, press, committedAtMs } = await process({ waitMsMax: 50, bytesPerDayMax: 10 ** 9 });
    for (let count = 0; count < 5; count += 1) {
      press();
      await clock.turn(1);
    }
    expect(committedAtMs).toEqual([0, 1, 2, 3, 4]);
    expect(outbox.statistics().transactions).toBe(5);
  });

  it("are not held by an end", async () => {
    const { clock, outbox, press, delivery, intake, committedAtMs } = await process(spent);
    press();
    await clock.turn(0);
    press();
    await clock.turn(10);
    outbox.hurry();
    await delivery.close(3_000);
    await intake.close();
    expect(committedAtMs).toEqual([0, 10]);
  });

  it("are not held by ticks, and ticks use up nobody's wait", async () => {
    const { clock, intake, press, committedAtMs } = await process(spent);
    press();
    await clock.turn(0);
    const tick = intake.take([], [{ kind: "tick" }]).then(() => clock.monotonicMs());
    await clock.turn(5);
    expect(await tick).toBe(0);
    press();
    await clock.turn(49);
    expect(committedAtMs).toEqual([0]);
    await clock.turn(1);
    expect(committedAtMs).toEqual([0, 55]);
  });
});

describe("what is patient", () => {
  const writer = () => {
    const clock = new ManualClock();
    const groups: string[] = [];
    const write = (items: readonly string[]): Promise<void> => {
      groups.push(`${items.join("+")} ${clock.monotonicMs()}`);
      return Promise.resolve();
    };
    return { clock, groups, writer: new GroupWriter<string>({ write, undo: () => {} }, clock) };
  };

  it("waits for others, and no longer than it may", async () => {
    const { clock, groups, writer: patient } = writer();
    void patient.add("settle", 0, 1_000);
    await clock.turn(400);
    void patient.add("commit", 10);
    await clock.turn(0);
    void patient.add("settle", 0, 1_000);
    await clock.turn(100);
    void patient.add("settle", 0, 1_000);
    await clock.turn(899);
    expect(groups).toEqual(["settle+commit 400"]);
    await clock.turn(1);
    expect(groups).toEqual(["settle+commit 400", "settle+settle 1400"]);
    await patient.add("commit", 10);
    expect(groups.at(-1)).toBe("commit 1400");
  });

  it("is written at the end", async () => {
    const { clock, groups, writer: patient } = writer();
    void patient.add("settle", 0, 60_000);
    await clock.turn(10);
    await patient.idle();
    expect(groups).toEqual(["settle 10"]);
    await patient.add("settle", 0, 60_000);
    expect(groups).toHaveLength(2);
  });

  it("is what the outbox knows of arrivals: one transaction of settles and the next commit", async () => {
    const clock = new ManualClock();
    const outbox = await openMemoryOutbox({ clock, limits: { settleWaitMsMax: 1_000 } });
    await outbox.commit({ entries: [entry("evt", "a"), entry("evt", "b")] });
    const settles = [outbox.settle("evt", 1), outbox.settle("evt", 2)];
    await clock.turn(999);
    expect(outbox.position("evt").settled).toBe(0);
    await outbox.commit({ entries: [entry("evt", "c")] });
    await Promise.all(settles);
    expect(outbox.position("evt")).toEqual({ last: 3, settled: 2 });
    expect(outbox.statistics().transactions).toBe(2);
    const last = outbox.settle("evt", 3);
    await outbox.close();
    await last;
  });
});
