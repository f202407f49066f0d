import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { cardGauge, type KernelFiles } from "../../cli/card-gauge.ts";
import { cardService } from "../../gateway/card/card-service.ts";
import { type CardGauge, paceEveryMs, wearEveryMs } from "../../gateway/card/card-watch.ts";
import type { CardUse } from "../../gateway/service.ts";
import { bytesPerDayMax, forecast, lifeBytes, wearsEarly } from "../../protocols/card-life.ts";
import { cardSchema } from "../../protocols/config/card.ts";
import { eventsOf, stepper } from "../gateway/store.ts";
import { startStore } from "../gateway/store-gateway.ts";

/** Wears at 4 GB as the kernel counts them: 1,000 days of 4 MB; an alert below 365 days. */
const card = cardSchema.parse({
  enduranceBytes: 16_000_000_000,
  writeAmplification: 4,
  lifeYearsWanted: 2,
  lifeYearsMin: 365 / 365.25,
});
const hourMs = 3_600_000;

describe("the life of a card", () => {
  it("is what its cells take by what each byte costs them", () => {
    expect(lifeBytes(card)).toBe(4_000_000_000);
    expect(Math.round(bytesPerDayMax(card))).toBe(5_475_702);
    expect(forecast(card, 1_000_000_000, { bytes: 500_000, observedMs: 12 * hourMs })).toEqual({
      bytesWrittenPerDay: 1_000_000,
      lifeDaysForecast: 3_000,
      shareUsed: 0.25,
    });
  });

  it("has an end, and no longer than a century", () => {
    expect(forecast(card, 9_000_000_000, { bytes: 1, observedMs: hourMs })).toMatchObject({
      lifeDaysForecast: 0,
      shareUsed: 2.25,
    });
    expect(forecast(card, 0, { bytes: 0, observedMs: hourMs }).lifeDaysForecast).toBe(36_525);
    expect(forecast(card, 0, { bytes: 0, observedMs: 0 }).bytesWrittenPerDay).toBe(0);
  });

  it("is too short below the bound, and long enough again only a fifth above it", () => {
    const days = (lifeDaysForecast: number) => ({ lifeDaysForecast, bytesWrittenPerDay: 1, shareUsed: 0 });
    expect(wearsEarly(card, days(365), false)).toBe(false);
    expect(wearsEarly(card, days(364), false)).toBe(true);
    expect(wearsEarly(card, days(437), true)).toBe(true);
    expect(wearsEarly(card, days(438), true)).toBe(false);
  });
});

const use = (bytes: number, more: Partial<CardUse> = {}): CardUse => ({
  basis: "disk",
  bytes,
  sinceMs: 0,
  ownBytes: 100,
  payloadBytes: 10,
  commitWaitMs: 0,
  ...more,
});

describe("wear", () => {
  const service = () => {
    const store = stepper(cardService(card));
    return {
      ...store,
      report: (what: CardUse, atMs: number, boot = "boot1") =>
        store.step({ kind: "card-use", use: what }, { monotonicMs: atMs, boot }).events,
    };
  };

  it("adds up over starts and boots, counting each byte of the kernel's counter once", () => {
    const { report } = service();
    const totals = [
      report(use(1_000), hourMs),
      report(use(1_500), 2 * hourMs),
      // The process was started anew within the boot: the disk's counter goes on.
      report(use(1_700), 3 * hourMs),
      // The box was: its counter began again.
      report(use(300), hourMs, "boot2"),
      report(use(301), 2 * hourMs, "boot2"),
      // A counter that went back can only be another one.
      report(use(50), 3 * hourMs, "boot2"),
      // So is one of another boot, though it has come further than the last.
      report(use(9_000), hourMs, "boot3"),
    ].map((events) => events.map(({ data }) => (data as { bytesWrittenTotal: number }).bytesWrittenTotal));
    expect(totals).toEqual([[1_000], [1_500], [1_700], [2_000], [2_001], [2_051], [11_051]]);
  });

  it("counts a process that was started anew from its own beginning", () => {
    const { report } = service();
    report(use(900, { basis: "process", sinceMs: 100 }), hourMs);
    const [told] = report(use(950, { basis: "process", sinceMs: hourMs }), 2 * hourMs);
    expect(told?.data).toMatchObject({ basis: "process", bytesWrittenTotal: 1_850, observedHours: 2 });
  });

  it("forecasts from the last day alone", () => {
    const { report, documents } = service();
    let bytes = 0;
    for (let hour = 1; hour <= 30; hour += 1) report(use((bytes += 10_000_000)), hour * hourMs);
    let last = report(use(bytes), 31 * hourMs);
    for (let hour = 32; hour <= 54; hour += 1) last = report(use((bytes += 1_000)), hour * hourMs);
    expect(last[0]?.data).toMatchObject({
      observedHours: 24,
      bytesWrittenPerDay: 23_000,
      ownBytesPerDay: 2_400,
      payloadBytesPerDay: 240,
      bytesWrittenTotal: 300_023_000,
      lifeDaysForecast: 36_525,
    });
    expect((documents.get("wear") as { stretches: unknown[] }).stretches).toHaveLength(24);
  });

  it("asks for a new card when a whole day was too much, once, and says when it is well again", () => {
    const { report } = service();
    const alerts: unknown[] = [];
    let bytes = 0;
    const hours = (count: number, each: number, from: number): void => {
      for (let hour = from; hour < from + count; hour += 1) {
        for (const { type, data } of report(use((bytes += each)), hour * hourMs))
          if (type === "storewire.alert.gateway")
            alerts.push([hour, (data as Record<string, unknown>)["recovered"]]);
      }
    };
    hours(48, 1_000_000, 1);
    hours(72, 1_000, 49);
    expect(alerts).toEqual([
      [24, false],
      [63, true],
    ]);
  });

  it("stays within its document however often it is told", () => {
    const { report, documents } = service();
    for (let minute = 1; minute <= 500; minute += 1) report(use(minute), minute * 1_000);
    expect((documents.get("wear") as { stretches: unknown[] }).stretches).toHaveLength(25);
  });
});

describe("a gateway on a card", () => {
  it("tells what was written each hour, lets commits follow it each minute, and guards the last of the disk", async () => {
    let own = 500;
    let disk = 7_000;
    let free = 10 ** 12;
    const gauge: CardGauge = {
      disk: () => Promise.resolve({ bytes: disk, sinceMs: 0 }),
      process: () => Promise.resolve({ bytes: own, sinceMs: 0 }),
      freeBytes: () => Promise.resolve(free),
    };
    const { gateway, outbox, clock } = await startStore({ options: { card: gauge } });
    const measured: number[] = [];
    outbox.measured = (bytes) => measured.push(bytes);
    await clock.turn(paceEveryMs);
    own = 800;
    await clock.turn(paceEveryMs);
    expect(measured).toEqual([500, 300]);
    await clock.turn(wearEveryMs);
    own = 1_000;
    disk = 9_000;
    await clock.turn(wearEveryMs);
    const wear = async () =>
      (await eventsOf(outbox, "tel")).filter(({ type }) => type === "storewire.gateway.wear");
    expect((await wear()).map(({ data }) => data)).toMatchObject([
      { basis: "disk", bytesWrittenTotal: 7_000, ownBytesPerDay: 24 * 800, observedHours: 1 },
      { basis: "disk", bytesWrittenTotal: 9_000, ownBytesPerDay: 12 * 1_000, observedHours: 2 },
    ]);
    free = 200_000_000;
    await clock.turn(10_000);
    free = 10 ** 12;
    await clock.turn(10_000);
    const alerts = (await eventsOf(outbox)).filter(({ type }) => type === "storewire.alert.gateway");
    expect(alerts.map(({ data }) => data)).toMatchObject([
      { code: "disk-low", room: "low", freeBytes: 200_000_000, recovered: false },
      { code: "disk-low", room: "enough", recovered: true, cure: "" },
    ]);
    await gateway.close();
    free = 0;
    await clock.turn(60_000);
    expect(outbox.statistics().room).toBe("enough");
  });

  it("goes by its own process where the kernel does not tell of the disk, and stays silent where it tells nothing", async () => {
    let process: Awaited<ReturnType<CardGauge["process"]>> = { bytes: 700, sinceMs: 0 };
    const gauge: CardGauge = {
      disk: () => Promise.resolve(undefined),
      process: () => Promise.resolve(process),
      freeBytes: () => Promise.resolve(undefined),
    };
    const { gateway, outbox, clock } = await startStore({ options: { card: gauge } });
    await clock.turn(wearEveryMs);
    process = undefined;
    await clock.turn(wearEveryMs);
    const wear = (await eventsOf(outbox, "tel")).filter(({ type }) => type === "storewire.gateway.wear");
    expect(wear.map(({ data }) => data)).toMatchObject([{ basis: "process", bytesWrittenTotal: 700 }]);
    await gateway.close();
  });
});

describe("the kernel's counters", () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  /** A disk with one partition, as sysfs shows them: folders, and links to them by number. */
  async function machine(deviceNumber: number): Promise<{ files: KernelFiles; root: string }> {
    const root = await mkdtemp(join(tmpdir(), "storewire-card-"));
    folders.push(root);
    const disk = join(root, "devices", "mmcblk0");
    await mkdir(join(disk, "mmcblk0p2"), { recursive: true });
    await mkdir(join(root, "block"));
    const numbers = (written: number) => `  1200 30 96000 800   5000 200 ${written} 9000   0 7000 9800\n`;
    await writeFile(join(disk, "stat"), numbers(4_000));
    await writeFile(join(disk, "mmcblk0p2", "stat"), numbers(3_000));
    await writeFile(join(disk, "mmcblk0p2", "partition"), "2\n");
    await symlink(disk, join(root, "block", "179:0"));
    await symlink(join(disk, "mmcblk0p2"), join(root, "block", "179:2"));
    await writeFile(
      join(root, "io"),
      "rchar: 1\nwchar: 22\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 81920\ncancelled_write_bytes: 7\n",
    );
    const files: KernelFiles = {
      processIo: join(root, "io"),
      blockDevices: join(root, "block"),
      deviceOf: () => Promise.resolve(deviceNumber),
      freeBytesAt: () => Promise.resolve(12_345),
    };
    return { files, root };
  }

  it.each([
    ["a partition counts as its whole disk", 179 * 256 + 2],
    ["a disk without partitions is one", 179 * 256],
  ])("%s", async (_, device) => {
    const { files } = await machine(device);
    const gauge = cardGauge("/var/lib/storewire/gateway.db", 42, files);
    expect(await gauge.disk()).toEqual({ bytes: 4_000 * 512, sinceMs: 0 });
    expect(await gauge.process()).toEqual({ bytes: 81_920, sinceMs: 42 });
    expect(await gauge.freeBytes()).toBe(12_345);
  });

  it("reads numbers beyond 255 as the kernel packs them", async () => {
    // makedev(0x1234, 0x56789): 12 low bits of the major above 8 of the minor, the rest beside them.
    const { files, root } = await machine(0x1_000 * 2 ** 32 + 0x567 * 2 ** 20 + 0x234 * 2 ** 8 + 0x89);
    await symlink(join(root, "devices", "mmcblk0"), join(root, "block", `${0x1234}:${0x56789}`));
    expect(await cardGauge("/x/y.db", 0, files).disk()).toEqual({ bytes: 4_000 * 512, sinceMs: 0 });
  });

  it.each(["", "1 2 3", "a b c d e f g h"])("knows nothing of a disk that tells %j", async (text) => {
    const { files, root } = await machine(179 * 256);
    await writeFile(join(root, "devices", "mmcblk0", "stat"), text);
    expect(await cardGauge("/x/y.db", 0, files).disk()).toBeUndefined();
  });

  it("knows nothing of what is not there: overlays, containers without /proc", async () => {
    const { files, root } = await machine(51);
    await writeFile(join(root, "io"), "nothing\n");
    const gauge = cardGauge("/x/y.db", 0, {
      ...files,
      freeBytesAt: () => Promise.reject(new Error("ENOSYS")),
    });
    expect(await gauge.disk()).toBeUndefined();
    expect(await gauge.process()).toBeUndefined();
    expect(await gauge.freeBytes()).toBeUndefined();
  });

  it("are there on this machine, and count what is written", async () => {
    const folder = await mkdtemp(join(tmpdir(), "storewire-card-"));
    folders.push(folder);
    const gauge = cardGauge(join(folder, "a.db"), 0);
    const before = await gauge.process();
    if (before === undefined) {
      process.stderr.write("skipped: /proc/self/io cannot be read here\n");
      return;
    }
    await writeFile(join(folder, "a"), Buffer.alloc(1_000_000, 1), { flush: true });
    expect(((await gauge.process())?.bytes ?? 0) - before.bytes).toBeGreaterThanOrEqual(1_000_000);
    expect(await gauge.freeBytes()).toBeGreaterThan(0);
  });
});
