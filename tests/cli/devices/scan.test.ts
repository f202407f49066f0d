import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Found, type ScanOptions, scan } from "../../../cli/devices/scan.ts";
import { suggested } from "../../../cli/devices/suggestion.ts";
import { systemClock } from "../../../cli/system.ts";
import { families } from "../../../drivers/catalog.ts";
import type { ListedHid, ListedPort } from "../../../drivers/listing.ts";
import { openTransport, transportEnvironment } from "../../../drivers/transports.ts";
import { type DriverName, deviceSchema } from "../../../protocols/config/devices.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { carryOnPty, type PtyDevice } from "../../../simulators/carriers/on-pty.ts";
import { carryOnTcp } from "../../../simulators/carriers/on-tcp.ts";
import { simulatedFamilies } from "../../../simulators/catalog.ts";
import type { Simulator } from "../../../simulators/simulator.ts";
import { worldOf } from "../../../simulators/stimuli.ts";
import { lastingIn } from "../../drivers/recognition/lasting.ts";
import { notRecognised } from "../../drivers/recognition/not-recognised.ts";

const clock = systemClock();
const environment = transportEnvironment(clock);

const nothing: ScanOptions = {
  clock,
  ports: [],
  hidDevices: [],
  chips: [],
  hosts: [],
  leftAlone: () => undefined,
  open: (transport) => openTransport(transport, environment),
};

function simulatorOf(driver: DriverName): Simulator<unknown, never> {
  const options = worldOf[driver].options.parse({});
  return simulatedFamilies[driver].create(options as never, seededRandom(1));
}

describe("a scan", () => {
  const serialFamilies = (Object.keys(families) as DriverName[]).filter(
    (driver) => families[driver].serial.length > 0,
  );
  const recognised = serialFamilies.filter((driver) => !notRecognised.includes(driver));
  const states = new Map<string, unknown>();
  const before = new Map<string, string[]>();
  const devices = new Map<string, PtyDevice<never>>();
  let found: readonly Found[] = [];

  /** Every serial family behind a pseudo-terminal of its own, all at once. */
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "storewire-scan-"));
    for (const driver of serialFamilies) {
      const simulator = simulatorOf(driver);
      states.set(driver, simulator.initial);
      before.set(driver, lastingIn(simulator.initial));
      const watched: Simulator<unknown, never> = {
        name: driver,
        initial: simulator.initial,
        step(state, input) {
          const step = simulator.step(state, input);
          states.set(driver, step.state);
          return step;
        },
      };
      devices.set(driver, carryOnPty(watched, { clock, link: join(folder, driver) }));
    }
    const ports = [...devices.values()].map(({ path }): ListedPort => ({ path, console: false }));
    const scanner = devices.get("serial-scanner");
    let scans = 0;
    const scanning = setInterval(() => {
      scans += 1;
      scanner?.stimulate({ kind: "scan", text: `400638133${scans}`, aim: "]E0" } as never);
    }, 200);
    found = await scan({ ...nothing, ports });
    clearInterval(scanning);
  }, 120_000);

  afterAll(async () => {
    await Promise.all([...devices.values()].map((device) => device.close()));
  });

  it.each(notRecognised)("takes %s for nothing else", (driver) => {
    expect(found.find(({ place }) => place === devices.get(driver)?.path)?.state).toBe("unknown");
  });

  it.each(recognised)("finds %s on a pseudo-terminal as what it is", (driver) => {
    const at = found.find(({ place }) => place === devices.get(driver)?.path);
    expect(at?.state).toBe("recognised");
    expect([at?.driver, ...(at?.or ?? [])]).toContain(driver);
  });

  it.each(serialFamilies)("leaves %s as it was: nothing zeroed, tared, printed or written", (driver) => {
    expect(lastingIn(states.get(driver))).toEqual(before.get(driver));
  });

  it("prints a piece of configuration for each that the configuration takes", () => {
    const pieces = suggested(found).flatMap(({ device }) => (device === undefined ? [] : [device]));
    expect(pieces).toHaveLength(recognised.length);
    for (const piece of pieces) expect(deviceSchema.safeParse(piece).error).toBeUndefined();
  });
});

describe("a scan of what is no serial port", () => {
  it("finds an LLRP reader by its greeting, and says nothing to whoever else listens there", async () => {
    const reader = await carryOnTcp(simulatorOf("llrp"), { clock });
    const scale = await carryOnTcp(simulatorOf("mt-sics"), { clock });
    const hosts = [reader, scale].map(({ host, port }) => ({ host, port }));
    const found = await scan({ ...nothing, hosts: [...hosts, { host: "127.0.0.1", port: 1 }] });
    await Promise.all([reader.close(), scale.close()]);
    expect(found.map(({ state, driver, fault }) => [state, driver ?? fault])).toEqual([
      ["recognised", "llrp"],
      ["unknown", undefined],
      ["unavailable", "device-absent"],
    ]);
  });

  it("keeps no more of a host that never stops than it can judge", async () => {
    const talker: Simulator<null, never> = {
      name: "talker",
      initial: null,
      step: (state) => ({ state, effects: [{ kind: "send", bytes: new Uint8Array(4_000_000).fill(0xee) }] }),
    };
    const device = await carryOnTcp(talker, { clock });
    const [found] = await scan({ ...nothing, hosts: [{ host: device.host, port: device.port }] });
    await device.close();
    expect(Number.parseInt(found?.detail ?? "", 10)).toBeLessThan(200_000);
  });

  const hid = (vendor: string, product: string, usagePage: number, usage = 1): ListedHid => ({
    path: "/dev/hidraw0",
    usb: { path: "/dev/hidraw0", vendor, product, ports: ["1-1.2"] },
    usagePage,
    usage,
  });

  it.each([
    ["a scanner in point-of-sale mode", hid("0c2e", "0b6a", 0x8c), "hid-scanner"],
    ["a scale", hid("0922", "8003", 0x8d), "hid-8d"],
    ["a scanner that types", hid("1eab", "1203", 1, 6), "hid-keyboard"],
    ["a scale of a maker that nobody knows", hid("dead", "beef", 0x8d), undefined],
    ["a mouse", hid("046d", "c077", 1, 2), undefined],
  ])("takes %s for what it says that it is for, where its maker is known", async (_, device, driver) => {
    const [found] = await scan({ ...nothing, hidDevices: [device] });
    expect(found?.driver).toBe(driver);
    const [piece] = suggested(found === undefined ? [] : [found]);
    if (driver !== undefined) expect(deviceSchema.safeParse(piece?.device).error).toBeUndefined();
  });

  it("knows a scanner on a USB serial line without a word, and does not touch what is left alone", async () => {
    const usb = { path: "/dev/ttyACM0", vendor: "0c2e", product: "0720", ports: ["1-1.3"] };
    const untouched = (): never => {
      throw new Error("it was opened");
    };
    const ports: ListedPort[] = [
      { path: "/dev/ttyACM0", usb, console: false },
      { path: "/dev/ttyUSB7", console: false },
      { path: "/dev/ttyAMA0", console: true },
    ];
    const leftAlone = (path: string) => (path === "/dev/ttyUSB7" ? "excluded" : undefined);
    const found = await scan({ ...nothing, ports, leftAlone, open: untouched });
    expect(found.map(({ state, driver, detail }) => [state, driver, detail])).toEqual([
      ["known", "serial-scanner", "Honeywell/Metrologic, serial"],
      ["left-alone", undefined, "excluded"],
      ["left-alone", undefined, "the kernel's console"],
    ]);
    expect(found[0]?.transport).toMatchObject({ usb: { vendor: "0c2e", product: "0720", port: "1-1.3" } });
  });

  it("names a port by where it is plugged in where its USB device has two", async () => {
    const usb = { path: "/dev/ttyACM0", vendor: "0c2e", product: "0720", serial: "1", ports: ["1-1.3"] };
    const ports: ListedPort[] = [
      { path: "/dev/ttyACM0", usb, console: false, byPath: "/dev/serial/by-path/a" },
      {
        path: "/dev/ttyACM1",
        usb: { ...usb, path: "/dev/ttyACM1" },
        console: false,
        byPath: "/dev/serial/by-path/b",
      },
    ];
    const [first, second] = await scan({ ...nothing, ports });
    expect([first?.transport, second?.transport]).toMatchObject([
      { path: "/dev/serial/by-path/a" },
      { path: "/dev/serial/by-path/b" },
    ]);
    const [alone] = await scan({ ...nothing, ports: ports.slice(0, 1) });
    expect(alone?.transport).toMatchObject({ usb: { serial: "1" } });
  });
});
