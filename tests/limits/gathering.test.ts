import { describe, expect, it } from "vitest";
import { Delivery } from "../../edge-agent/delivery.ts";
import { Gathering } from "../../outbox/gathering.ts";
import { GroupWriter } from "../../outbox/group-writer.ts";
import { openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { seededRandom } from "../../protocols/random.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { GatedOutbox } from "../gateway/gated-outbox.ts";
import { pressed, readingsOf, silentLog } from "../gateway/store.ts";
import { startStore } from "../gateway/store-gateway.ts";
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

/** The way of a reading within one process: delivery, gateway, outbox. */
async function process(pace: { waitMsMax: number; bytesPerDayMax: number }) {
  const clock = new ManualClock();
  const outbox = new GatedOutbox(await openMemoryOutbox({ clock, limits: { pace } }));
  const { gateway } = await startStore({ clock, outbox });
  const committedAtMs: number[] = [];
  const delivery = new Delivery({
    sink: gateway.sink,
    clock,
    random: seededRandom(1),
    log: silentLog,
    onCommitted: (readings) => {
      for (const _ of readings) committedAtMs.push(clock.monotonicMs());
    },
  });
  const reading = readingsOf();
  const press = () =>
    delivery.put(reading({ device: "kiosk1", readPoint: "kiosk", observation: pressed("returns") }));
  // The gateway's own first words overdraw the account where it is small.
  await clock.turn(0);
  return { clock, outbox, gateway, delivery, press, committedAtMs };
}

describe("readings on their way to disk", () => {
  it("share one commit, each held no longer than one wait in the whole process", async () => {
    const { clock, outbox, gateway, press, committedAtMs } = await process(spent);
    const before = outbox.statistics().transactions;
    press();
    await clock.turn(20);
    press();
    await clock.turn(29);
    expect(committedAtMs).toEqual([]);
    await clock.turn(1);
    expect(committedAtMs).toEqual([50, 50]);
    expect(outbox.statistics().transactions).toBe(before + 1);
    await gateway.close();
  });

  it("are committed at once within the budget", async () => {
    const { clock, gateway, press, committedAtMs } = await process({
      waitMsMax: 50,
      bytesPerDayMax: 10 ** 9,
    });
    for (let count = 0; count < 5; count += 1) {
      press();
      await clock.turn(1);
    }
    expect(committedAtMs).toEqual([0, 1, 2, 3, 4]);
    await gateway.close();
  });

  it("are not held by an end", async () => {
    const { clock, gateway, press, delivery, outbox, committedAtMs } = await process(spent);
    press();
    await clock.turn(10);
    outbox.hurry();
    await delivery.close(3_000);
    await gateway.close();
    expect(committedAtMs).toEqual([10]);
  });

  it("are not held by the end of a gateway that is told of it alone", async () => {
    const { clock, gateway, press, committedAtMs } = await process(spent);
    press();
    await clock.turn(10);
    await gateway.close();
    await clock.turn(0);
    expect(committedAtMs).toEqual([10]);
  });

  it("are held as long after a tick as before it, for ticks use up nobody's wait", async () => {
    const { clock, gateway, press, committedAtMs } = await process(spent);
    await clock.turn(1_001);
    press();
    await clock.turn(49);
    expect(committedAtMs).toEqual([]);
    await clock.turn(1);
    expect(committedAtMs).toEqual([1_051]);
    await gateway.close();
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
