import { describe, expect, test } from "vitest";
import { seededRandom } from "../../protocols/random.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { SimulatedMachine } from "../../simulators/simulated-machine.ts";
import { SimulatedTime } from "../../simulators/simulated-time.ts";

describe("simulated time", () => {
  test("runs tasks in the order of their time, then of planning, as a clock turned by hand does", async () => {
    const orders = await Promise.all(
      [new SimulatedTime(), new ManualClock()].map(async (clock) => {
        const random = seededRandom(11);
        const ran: number[] = [];
        const cancels: (() => void)[] = [];
        for (let task = 0; task < 3_000; task += 1)
          cancels.push(clock.after(Math.floor(random.fraction() * 500), () => ran.push(task)));
        for (let task = 0; task < 3_000; task += 3) cancels[task]?.();
        await (clock instanceof SimulatedTime ? clock.run(1_000) : clock.turn(1_000));
        return ran;
      }),
    );
    expect(orders[0]).toHaveLength(2_000);
    expect(orders[0]).toEqual(orders[1]);
  });

  test("lets a chain of a thousand awaits settle before the next task", async () => {
    const time = new SimulatedTime();
    let steps = 0;
    let seen = 0;
    time.after(1, () => {
      void (async () => {
        for (; steps < 1_000; steps += 1) await Promise.resolve();
      })();
    });
    time.after(1, () => {
      seen = steps;
    });
    await time.run(2);
    expect(seen).toBe(1_000);
  });

  test("never rings before its time, however odd the numbers are", async () => {
    const time = new SimulatedTime();
    const machine = new SimulatedMachine("box", time, 0);
    await time.run(1_000_000.3);
    machine.cutPower();
    const { clock } = machine.start("gateway");
    const random = seededRandom(3);
    let early = 0;
    for (let task = 0; task < 1_000; task += 1) {
      const dueMs = clock.monotonicMs() + random.fraction() * 1_000;
      clock.after(dueMs - clock.monotonicMs(), () => {
        if (clock.monotonicMs() < dueMs) early += 1;
      });
    }
    await time.run(2_000_000);
    expect(early).toBe(0);
  });

  test("forgets what was cancelled", async () => {
    const time = new SimulatedTime();
    for (let task = 0; task < 10_000; task += 1) time.after(1_000_000, () => undefined)();
    expect(time.tasksWaiting).toBe(0);
    await time.run(2_000_000);
    expect(time.tasksRun).toBe(0);
    expect(time.nowMs).toBe(2_000_000);
  });

  test("ends with the error of a task", async () => {
    const time = new SimulatedTime();
    time.after(5, () => {
      throw new Error("a broken world");
    });
    await expect(time.run(10)).rejects.toThrow("a broken world");
  });
});

describe("a simulated process", () => {
  const start = () => {
    const time = new SimulatedTime();
    const machine = new SimulatedMachine("box", time, 1_000_000);
    return { time, machine, process: machine.start("gateway") };
  };

  test("has no effect after its death", async () => {
    const { time, process } = start();
    const rang: string[] = [];
    process.clock.after(10, () => rang.push("before"));
    process.clock.after(30, () => rang.push("after"));
    time.after(20, () => process.end("killed"));
    await time.run(100);
    expect(rang).toEqual(["before"]);
    expect(process.passes()).toBe(false);
  });

  test("dies instead of the effect that it was armed for", () => {
    const { process } = start();
    const ends: string[] = [];
    process.onEnd((end) => ends.push(end));
    process.killAtEffect(3);
    expect([process.passes(), process.passes(), process.passes()]).toEqual([true, true, false]);
    expect(ends).toEqual(["killed"]);
  });

  test("begins monotonic time anew when its box boots, under another boot's name", async () => {
    const { time, machine, process } = start();
    await time.run(5_000);
    expect([machine.monotonicMs(), machine.wallMs(), machine.boot]).toEqual([5_000, 1_005_000, "box-boot-1"]);
    machine.cutPower();
    expect(process.ended).toBe("power-cut");
    expect([machine.monotonicMs(), machine.wallMs(), machine.boot]).toEqual([0, 1_005_000, "box-boot-2"]);
  });
});
