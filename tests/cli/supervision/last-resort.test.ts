import { describe, expect, it } from "vitest";
import {
  type BootMemory,
  type BoxMemory,
  freshBoot,
  freshBox,
  lastResort,
  maySkipMemory,
  type ServiceEnd,
} from "../../../cli/supervision/last-resort.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const stuck: ServiceEnd = { result: "watchdog", status: "ABRT" };

/** One boot in which a service is stuck every two minutes, up to the reboot or the end of the time. */
function boot(box: BoxMemory | undefined, forMs: number) {
  let memory: BootMemory = freshBoot;
  let kept = box;
  for (let uptimeMs = 2 * minuteMs; uptimeMs <= forMs; uptimeMs += 2 * minuteMs) {
    const step = lastResort(stuck, memory, kept, uptimeMs);
    if (step.reboot) return { rebootedAfterMs: uptimeMs, box: step.box };
    memory = step.boot;
    kept = step.box;
  }
  return { rebootedAfterMs: undefined, box: kept };
}

describe("the last resort", () => {
  it("comes after the fourth stuck end within an hour, and not before the box has run for ten minutes", () => {
    let memory = freshBoot;
    const reboots = [12, 14, 16, 18].map((minute) => {
      const step = lastResort(stuck, memory, freshBox, minute * minuteMs);
      memory = step.boot;
      return step.reboot;
    });
    expect(reboots).toEqual([false, false, false, true]);
    expect(boot(freshBox, hourMs).rebootedAfterMs).toBe(10 * minuteMs);
  });

  it("does not come for stuck ends that lie far apart", () => {
    let memory = freshBoot;
    for (let hour = 1; hour < 200; hour += 0.4) {
      const step = lastResort(stuck, memory, freshBox, hour * hourMs);
      expect(step.reboot).toBe(false);
      memory = step.boot;
    }
    expect(memory.stuckAtMs.length).toBeLessThan(4);
  });

  it("waits ten minutes, an hour, six hours and a day, and then leaves a box alone that it does not help", () => {
    let box: BoxMemory | undefined = freshBox;
    const waits: (number | undefined)[] = [];
    for (let boots = 0; boots < 5; boots += 1) {
      const { rebootedAfterMs, box: next } = boot(box, 40 * hourMs);
      waits.push(rebootedAfterMs === undefined ? undefined : rebootedAfterMs / hourMs);
      box = next;
    }
    expect(waits).toEqual([1 / 6, 1, 6, 24, undefined]);
    expect(box).toEqual({ rebootsInARow: 4 });
  });

  it("begins anew for a box that had no trouble for a day", () => {
    const step = lastResort(stuck, { stuckAtMs: [hourMs] }, { rebootsInARow: 4 }, 26 * hourMs);
    expect(step.box).toEqual(freshBox);
    const sinceBoot = lastResort(stuck, freshBoot, { rebootsInARow: 3 }, 25 * hourMs);
    expect(sinceBoot.box).toEqual(freshBox);
    expect(lastResort(stuck, freshBoot, { rebootsInARow: 3 }, 23 * hourMs).box).toEqual({ rebootsInARow: 3 });
  });

  it("takes the longest wait where what was kept cannot be read", () => {
    expect(boot(undefined, 23 * hourMs).rebootedAfterMs).toBeUndefined();
    expect(boot(undefined, 25 * hourMs)).toEqual({ rebootedAfterMs: 24 * hourMs, box: { rebootsInARow: 4 } });
    // And does not take it for fresh, nor write over it.
    expect(boot(undefined, hourMs).box).toBeUndefined();
    expect([maySkipMemory(23 * hourMs), maySkipMemory(24 * hourMs)]).toEqual([false, true]);
  });

  it.each([
    ["watchdog", "ABRT", true],
    ["signal", "ABRT", true],
    ["core-dump", "ABRT", true],
    ["timeout", "KILL", true],
    ["oom-kill", "KILL", true],
    // A wrong configuration, a port that is taken, an error of ours, a device, a link, a hand's kill.
    ["exit-code", "78", false],
    ["exit-code", "69", false],
    ["exit-code", "70", false],
    ["exit-code", "75", false],
    ["signal", "KILL", false],
    ["signal", "SEGV", false],
    ["success", "0", false],
    ["start-limit-hit", "", false],
  ])("counts %s %s: %s", (result, status, counts) => {
    const before: BootMemory = { stuckAtMs: [1, 2, 3].map((minute) => (20 + minute) * minuteMs) };
    const step = lastResort({ result, status }, before, freshBox, 25 * minuteMs);
    expect(step.reboot).toBe(counts);
    expect(step.boot.stuckAtMs).toHaveLength(counts ? 4 : 3);
  });
});
