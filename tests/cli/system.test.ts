import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  bootId,
  chronySynchronized,
  packageVersion,
  releasedMs,
  systemClock,
  systemRandom,
  type TimeSources,
} from "../../cli/system.ts";
import { waitUntil } from "../wait-until.ts";

/** A machine whose clocks are turned by hand. */
function machine(overrides: Partial<TimeSources> = {}) {
  const machine = {
    zeroMs: releasedMs + 1,
    nowMs: 0,
    asked: 0,
    synchronized: false,
    marked: false,
    paths: new Set<string>(),
  };
  const clock = systemClock({
    wallMs: () => machine.zeroMs + machine.nowMs,
    monotonicMs: () => machine.nowMs,
    exists: (path) => {
      machine.paths.add(path);
      return machine.marked;
    },
    kernelSynchronized: () => {
      machine.asked += 1;
      return Promise.resolve(machine.synchronized);
    },
    ...overrides,
  });
  /** The quality at a later moment, after the answers of that moment have come. */
  const later = async (byMs: number) => {
    machine.nowMs += byMs;
    clock.quality();
    await Promise.resolve();
    return clock.quality();
  };
  return Object.assign(machine, { clock, later });
}

describe("the machine's clock", () => {
  it("is synced when timesyncd has set it before we came, without asking anybody else", () => {
    const box = machine();
    box.marked = true;
    expect([box.clock.quality(), box.clock.quality()]).toEqual(["synced", "synced"]);
    expect([...box.paths]).toEqual(["/run/systemd/timesync/synchronized"]);
    expect(box.asked).toBe(0);
  });

  it("is estimated when nobody says so, as with a clock that only has a battery", async () => {
    const box = machine();
    expect(await box.later(0)).toBe("estimated");
    expect(await box.later(3_600_000)).toBe("estimated");
  });

  it("is synced when the kernel says so, whoever keeps it, from its first answer on", async () => {
    const box = machine();
    box.synchronized = true;
    expect(box.clock.quality()).toBe("estimated");
    await Promise.resolve();
    expect(box.clock.quality()).toBe("synced");
    expect(box.asked).toBe(1);
  });

  it("asks the kernel again every ten seconds until it is synced, and never after", async () => {
    const box = machine();
    expect(await box.later(0)).toBe("estimated");
    expect(await box.later(9_999)).toBe("estimated");
    expect(box.asked).toBe(1);
    box.synchronized = true;
    expect(await box.later(1)).toBe("estimated");
    expect(box.asked).toBe(2);
    expect(await box.later(2_000)).toBe("synced");
    expect(await box.later(1_000_000)).toBe("synced");
    expect(box.asked).toBe(2);
  });

  it("waits two seconds without a step when it is set before our eyes", async () => {
    const box = machine();
    expect(await box.later(0)).toBe("estimated");
    box.marked = true;
    expect(await box.later(1_000)).toBe("estimated");
    box.zeroMs += 86_400_000;
    expect(await box.later(1_999)).toBe("estimated");
    expect(await box.later(1_999)).toBe("estimated");
    expect(await box.later(1)).toBe("synced");
  });

  it("does not flap: the kernel loses its trust nine hours after the router went", async () => {
    const box = machine();
    box.synchronized = true;
    expect(await box.later(0)).toBe("synced");
    box.synchronized = false;
    expect(await box.later(10 * 3_600_000)).toBe("synced");
  });

  it("is estimated below the day of the release, whatever anybody says, and has to be set anew", async () => {
    const box = machine({ exists: () => true });
    box.zeroMs = releasedMs;
    expect(await box.later(0)).toBe("synced");
    box.zeroMs = Date.UTC(2000, 0, 1);
    expect(await box.later(10)).toBe("estimated");
    box.zeroMs = releasedMs - box.nowMs;
    expect(await box.later(-1)).toBe("estimated");
    expect(await box.later(1)).toBe("estimated");
    expect(await box.later(1_999)).toBe("estimated");
    expect(await box.later(1)).toBe("synced");
  });

  it("understands chrony's tracking report, and does not take its own clock for a source", () => {
    const report = (reference: string, leap: string) =>
      `${reference},192.0.2.1,3,1795300000.1,0.000001,0.000002,0.00001,-9.8,0.0,0.1,0.01,0.001,64.2,${leap}\n`;
    expect(chronySynchronized(report("C0000201", "Normal"))).toBe(true);
    expect(chronySynchronized(report("C0000201", "Insert second"))).toBe(true);
    expect(chronySynchronized(report("00000000", "Not synchronised"))).toBe(false);
    expect(chronySynchronized(report("7F7F0101", "Normal"))).toBe(false);
    expect(chronySynchronized("")).toBe(false);
    expect(chronySynchronized("506 Cannot talk to daemon\n")).toBe(false);
  });

  it("keeps monotonic time rising, runs a task once, and not when cancelled", async () => {
    const clock = systemClock();
    const before = clock.monotonicMs();
    const ran: string[] = [];
    clock.after(5, () => ran.push("kept"));
    const cancel = clock.after(1, () => ran.push("cancelled"));
    cancel();
    cancel();
    await waitUntil("the task ran", () => ran.length > 0);
    expect(ran).toEqual(["kept"]);
    expect(clock.monotonicMs()).toBeGreaterThan(before);
  });
});

describe("the machine's chance and names", () => {
  it("draws fractions from 0 up to, and without, 1, and as many bytes as asked", () => {
    const fractions = Array.from({ length: 2_000 }, () => systemRandom.fraction());
    expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...fractions)).toBeLessThan(1);
    expect(new Set(fractions).size).toBe(2_000);
    expect(systemRandom.bytes(16)).toHaveLength(16);
    expect(systemRandom.bytes(16)).not.toEqual(systemRandom.bytes(16));
  });

  it("takes the boot id from Linux, and one of its own where there is none", () => {
    const file = join(mkdtempSync(join(tmpdir(), "storewire-boot-")), "boot_id");
    writeFileSync(file, "5b6d2a0e-0b5e-4a3c-9d39-0c9b7f1a4f11\n");
    expect(bootId(file)).toBe("5b6d2a0e-0b5e-4a3c-9d39-0c9b7f1a4f11");
    expect(bootId("/nonexistent")).toMatch(/^[0-9a-f-]{36}$/);
    expect(bootId("/nonexistent")).toBe(bootId("/nonexistent"));
  });

  it("knows its version", () => {
    const file = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(packageVersion).toBe(file.version);
  });
});
