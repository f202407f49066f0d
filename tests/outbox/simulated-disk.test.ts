import { describe, expect, test } from "vitest";
import { defaultOutboxLimits } from "../../outbox/limits.ts";
import { outrunNote } from "../../outbox/outbox.ts";
import { type DiskMoods, openSimulatedOutbox, SimulatedDisk } from "../../outbox/simulated-disk.ts";
import { SimulatedMachine } from "../../simulators/simulated-machine.ts";
import { SimulatedTime } from "../../simulators/simulated-time.ts";

const entry = (text: string) => ({
  stream: "evt",
  category: "return",
  body: (sequence: number) => `{"epoch":"old","sequence":"${sequence}","text":"${text}"}`,
});

function open(moods: Partial<DiskMoods> = {}) {
  const time = new SimulatedTime();
  const machine = new SimulatedMachine("box", time, 0);
  const disk = new SimulatedDisk({
    epoch: "old",
    after: (delayMs, run) => void time.after(delayMs, run),
    moods: {
      frameMs: () => 10,
      syncMs: () => 10,
      fate: () => ({ kind: "written" }),
      survivesPowerCut: () => false,
      readFails: () => false,
      ...moods,
    },
  });
  const start = async () => {
    const process = machine.start("gateway");
    const opened = openSimulatedOutbox(disk, process, "new", {
      clock: process.clock,
      limits: { ...defaultOutboxLimits, droppable: {} },
    });
    await time.run(time.nowMs);
    return { process, ...(await opened) };
  };
  return { time, machine, disk, start };
}

const lasts = (disk: SimulatedDisk) => disk.positions().map(({ last }) => last);

describe("a simulated disk", () => {
  test("tells its writer when it is durable, not before", async () => {
    const { time, start } = open();
    const { outbox } = await start();
    let told = false;
    void outbox.commit({ entries: [entry("a")] }).then(() => (told = true));
    await time.run(19);
    expect(told).toBe(false);
    await time.run(25);
    expect(told).toBe(true);
  });

  test.each([
    [5, [], "before its last frame: it never existed"],
    [15, [1], "after it: the kernel goes on"],
  ] as const)("a writer killed at %i ms leaves %j, %s", async (atMs, left, _why) => {
    const { time, disk, start } = open();
    const { outbox, process } = await start();
    void outbox.commit({ entries: [entry("a")] });
    await time.run(atMs);
    process.end("killed");
    await time.run(100);
    expect(lasts(disk)).toEqual(left);
  });

  test.each([
    [false, []],
    [true, [1]],
  ] as const)("a power cut before the sync, with luck %j, leaves %j", async (luck, left) => {
    const { time, machine, disk, start } = open({ survivesPowerCut: () => luck });
    const { outbox } = await start();
    void outbox.commit({ entries: [entry("a")] });
    await time.run(15);
    machine.cutPower();
    disk.powerCut();
    await time.run(100);
    expect(lasts(disk)).toEqual(left);
  });

  test("a write that failed and is found is there after the next start, unless another came after it", async () => {
    let fates = ["failed-yet-found", "written"];
    const { time, disk, start } = open({
      fate: () =>
        fates.shift() === "written" ? { kind: "written" } : { kind: "failed-yet-found", words: "no" },
    });
    const { outbox, process } = await start();
    const failed = expect(outbox.commit({ entries: [entry("a")] })).rejects.toThrow("no");
    await time.run(50);
    await failed;
    expect(lasts(disk)).toEqual([]);
    process.end("killed");
    fates = ["failed-yet-found", "written"];
    const next = await start();
    expect(lasts(disk)).toEqual([1]);
    const again = expect(next.outbox.commit({ entries: [entry("b")] })).rejects.toThrow("no");
    await time.run(100);
    await again;
    void next.outbox.commit({ entries: [entry("c")] });
    await time.run(150);
    next.process.end("killed");
    await start();
    expect(lasts(disk)).toEqual([2]);
  });

  test("put back to an older image, it holds that and nothing else", async () => {
    const { time, disk, start } = open();
    const { outbox } = await start();
    void outbox.commit({ entries: [entry("a")] });
    await time.run(50);
    const image = disk.copy();
    void outbox.commit({ entries: [entry("b")] });
    await time.run(100);
    expect(lasts(disk)).toEqual([2]);
    disk.putBack(image);
    expect(lasts(disk)).toEqual([1]);
  });

  test("with the note of an outrun numbers anew what is not settled, in its text as well", async () => {
    const { time, start } = open();
    const { outbox, process } = await start();
    void outbox.commit({ entries: [entry("a"), entry("b")] });
    await time.run(50);
    void outbox.settle("evt", 1);
    await time.run(10_000);
    void outbox.commit({ documents: [outrunNote] });
    await time.run(10_100);
    process.end("closed");
    const next = await start();
    expect(next.outrunEpoch).toBe("old");
    expect(next.outbox.epoch).toBe("new");
    const left = await next.outbox.nextBatch("evt", 0, { rowsMax: 10, bytesMax: 10_000 });
    expect(left.map(({ body }) => body)).toEqual(['{"epoch":"new","sequence":"1","text":"b"}']);
    expect((await start()).outrunEpoch).toBeUndefined();
  });
});
