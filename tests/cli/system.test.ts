import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  bootId,
  packageVersion,
  releasedMs,
  systemClock,
  systemRandom,
  type TimeSources,
} from "../../cli/system.ts";
import { waitUntil } from "../wait-until.ts";

const sources = (overrides: Partial<TimeSources>): TimeSources => ({
  wallMs: () => releasedMs + 1,
  exists: () => false,
  kernelSynchronized: () => Promise.resolve(false),
  ...overrides,
});

describe("the machine's clock", () => {
  it("is synced when timesyncd says so", () => {
    const asked: string[] = [];
    const clock = systemClock(
      sources({
        exists: (path) => {
          asked.push(path);
          return true;
        },
      }),
    );
    expect([clock.quality(), clock.quality()]).toEqual(["synced", "synced"]);
    expect(asked).toEqual(["/run/systemd/timesync/synchronized"]);
  });

  it("is estimated when nobody says so", async () => {
    const clock = systemClock(sources({}));
    clock.quality();
    await Promise.resolve();
    expect(clock.quality()).toBe("estimated");
  });

  it("is synced when the kernel says so, whoever keeps it", async () => {
    let asked = 0;
    const clock = systemClock(
      sources({
        kernelSynchronized: () => {
          asked += 1;
          return Promise.resolve(true);
        },
      }),
    );
    expect(clock.quality()).toBe("estimated");
    await Promise.resolve();
    expect(clock.quality()).toBe("synced");
    expect(asked).toBe(1);
  });

  it("is estimated below the day of the release, whatever anybody says", () => {
    const year2000 = Date.UTC(2000, 0, 1);
    expect(systemClock(sources({ wallMs: () => year2000, exists: () => true })).quality()).toBe("estimated");
    expect(systemClock(sources({ wallMs: () => releasedMs - 1, exists: () => true })).quality()).toBe(
      "estimated",
    );
    expect(systemClock(sources({ wallMs: () => releasedMs, exists: () => true })).quality()).toBe("synced");
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
