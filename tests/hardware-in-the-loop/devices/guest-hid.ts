import {
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  read as readFrom,
  writeFileSync,
  writeSync,
} from "node:fs";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../cli/system.ts";
import { startDriver } from "../../../drivers/catalog.ts";
import { hidProcess, hidTransport } from "../../../drivers/transports/hid.ts";
import { encodeKeyboardReports } from "../../../protocols/codecs/hid-keyboard.ts";
import { encodeHidReports } from "../../../protocols/codecs/hid-scanner.ts";
import type { DriverName } from "../../../protocols/config/devices.ts";
import { deviceSchema } from "../../../protocols/config/devices.ts";
import type { Observation } from "../../../protocols/readings.ts";
import { fromHex, fromLatin1, toHex } from "../../../protocols/stream/bytes.ts";
import { opened } from "../../drivers/transports/contract.ts";
import { recordingListener } from "../../drivers/transports/recording-listener.ts";
import { waitUntil } from "../../wait-until.ts";
import { makeGadget } from "./gadget.ts";

const usb = { vendor: "0c2e", product: "0b61", serial: "S1" };
const msMax = 20_000;
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

/** HID 1.11, appendix B.1: the boot keyboard, without its lamps. */
const keyboard = bytes(
  "05010906a101 050719e029e7150025017501950881 02 9501750881 01 95067508150025650507190029658100 c0",
);
/** Usage page 8C, report 2 of 63 bytes, and feature report 254 of one. */
const pointOfSale = bytes("058c0902a101 8502 150026ff007508953f 0912 8102 85fe 9501 09fd b102 c0");
/** Usage page 8D, report 3 of five bytes. */
const scale = bytes("058d0920a101 8503 150026ff0075089505 0924 8102 c0");

/** A scanner with a keyboard and a point-of-sale interface, and a scale: one composite device of three. */
const device = makeGadget({
  name: "counter",
  ...usb,
  functions: {
    "hid.usb0": { protocol: "1", subclass: "1", report_length: "8", report_desc: keyboard },
    "hid.usb1": {
      protocol: "0",
      subclass: "0",
      report_length: "64",
      no_out_endpoint: "1",
      report_desc: pointOfSale,
    },
    "hid.usb2": { protocol: "0", subclass: "0", report_length: "6", report_desc: scale },
  },
});
/** The HID process needs longer to begin here than it may be silent on a real box. */
const patience = 15;
const patientClock = {
  ...systemClock(),
  after: (ms: number, run: () => void) => systemClock().after(patience * ms, run),
};
const hid = hidProcess({ clock: patientClock });
const pages = {
  keyboard: { usagePage: 1, usage: 6 },
  pointOfSale: { usagePage: 0x8c, usage: 2 },
  scale: { usagePage: 0x8d, usage: 0x20 },
} as const;
const nodes = { keyboard: "/dev/hidg0", pointOfSale: "/dev/hidg1", scale: "/dev/hidg2" } as const;
type Interface = keyof typeof pages;

const transport = (which: Interface) => hidTransport({ kind: "hid", usb, ...pages[which] }, hid);
const hidraws = (): readonly string[] =>
  existsSync("/sys/class/hidraw") ? readdirSync("/sys/class/hidraw") : [];

async function plug(): Promise<void> {
  device.plug();
  await waitUntil("the kernel has made its nodes", () => hidraws().length === 3, msMax);
}
async function unplug(): Promise<void> {
  device.unplug();
  await waitUntil("the kernel has taken its nodes away", () => hidraws().length === 0, msMax);
}
/** Each write is a report that the host fetches before the next one fits. */
function say(which: Interface, reports: readonly Uint8Array[]): void {
  const node = openSync(nodes[which], "w");
  for (const report of reports) writeSync(node, report);
}

/** linux/input-event-codes.h */
const keys = { a: 30, c: 46, enter: 28 } as const;
const keyEvent = 1;

/** Keys that the kernel's input layer hears pressed: `struct input_event` of 24 bytes, type and code after the time. */
function listenToKeys(path: string): readonly number[] {
  const pressed: number[] = [];
  const node = openSync(path, "r");
  const listen = (): void => {
    const event = Buffer.alloc(24);
    readFrom(node, event, 0, 24, null, (error) => {
      // The device is gone at the end of the test.
      if (error !== null) return;
      if (event.readUInt16LE(16) === keyEvent && event.readInt32LE(20) === 1)
        pressed.push(event.readUInt16LE(18));
      listen();
    });
  };
  listen();
  return pressed;
}

/** What the driver makes of what the interface says. */
async function observe(which: Interface, driver: DriverName, reports: readonly Uint8Array[]) {
  const configured = deviceSchema.parse({
    id: "counter",
    readPoint: "desk",
    driver,
    transport: { kind: "hid", usb, ...pages[which] },
  });
  const session = startDriver(configured);
  const observations: Observation[] = [];
  session.step({ kind: "opened" });
  const heard = recordingListener();
  const connection = await opened(transport(which), {
    ...heard,
    bytes(report) {
      for (const effect of session.step({ kind: "bytes", bytes: report }))
        if (effect.kind === "observe") observations.push(effect.observation);
    },
  });
  say(which, reports);
  await waitUntil(`something from the ${which}`, () => observations.length > 0, msMax);
  await connection.close();
  return observations;
}

afterEach(async () => {
  if (hidraws().length > 0) await unplug();
});
afterAll(() => hid.stop());

describe("hid, on usbhid and hidraw", () => {
  test("one of three interfaces is chosen by its usage page, and reports arrive whole", async () => {
    await plug();
    const code = `0106901234567892\u001d21${"X".repeat(110)}`;
    expect(
      await observe("pointOfSale", "hid-scanner", encodeHidReports("]d2", fromLatin1(code))),
    ).toMatchObject([{ kind: "scan", aim: "]d2", text: code }]);
    const typed = encodeKeyboardReports({ layout: "US" }, { text: "4006381333931\u001d", suffix: "Enter" });
    expect(await observe("keyboard", "hid-keyboard", typed)).toMatchObject([
      { kind: "scan", text: "4006381333931\u001d" },
    ]);
    const heard = recordingListener();
    const connection = await opened(transport("scale"), heard);
    say("scale", [Uint8Array.of(3, 4, 0x0b, 0xff, 0xa0, 0)]);
    await waitUntil("a weight", () => heard.chunks.length > 0, msMax);
    expect(heard.chunks.map(toHex)).toEqual(["03040bffa000"]);
    await connection.close();
  });

  test("a feature report reaches the device", async () => {
    await plug();
    const connection = await opened(transport("pointOfSale"), recordingListener());
    const node = openSync(nodes.pointOfSale, "r");
    const reading = new Promise<Uint8Array>((resolve, reject) => {
      const buffer = new Uint8Array(64);
      readFrom(node, buffer, 0, 64, null, (error, length) =>
        error ? reject(error) : resolve(buffer.subarray(0, length)),
      );
    });
    await connection.sendFeature(Uint8Array.of(254, 1));
    expect(toHex(await reading)).toBe("fe01");
    await connection.close();
  });

  test("a device that is gone is absent, its connection lost; plugged in again, it works", async () => {
    await plug();
    const heard = recordingListener();
    await opened(transport("pointOfSale"), heard);
    await unplug();
    await waitUntil("the end", () => heard.faults.length > 0, msMax);
    expect(heard.faults.map(({ code }) => code)).toEqual(["connection-lost"]);
    expect(await transport("pointOfSale").open(recordingListener())).toMatchObject({
      ok: false,
      fault: { code: "device-absent" },
    });
    await plug();
    const again = await observe(
      "pointOfSale",
      "hid-scanner",
      encodeHidReports("]E4", fromLatin1("96385074")),
    );
    expect(again).toMatchObject([{ kind: "scan", aim: "]E4", text: "96385074" }]);
  });

  test("a scanner that is muted for the kernel, as the udev rules do it, is still heard by us", async () => {
    await plug();
    const inputs = readdirSync("/sys/class/input").filter((name) => /^input\d+$/.test(name));
    const keyboards = inputs.filter((name) =>
      readFileSync(`/sys/class/input/${name}/id/vendor`, "utf8").startsWith(usb.vendor),
    );
    expect(keyboards).toHaveLength(1);
    const [input = ""] = keyboards;
    const event = readdirSync(`/sys/class/input/${input}`).find((name) => name.startsWith("event")) ?? "";
    const pressed = listenToKeys(`/dev/input/${event}`);
    const type = (text: string) =>
      observe("keyboard", "hid-keyboard", encodeKeyboardReports({ layout: "US" }, { text, suffix: "Enter" }));
    const enters = (): number => pressed.filter((key) => key === keys.enter).length;
    expect(await type("a")).toMatchObject([{ text: "a" }]);
    await waitUntil("the kernel's keyboard hears a scanner that is not muted", () => enters() === 1, msMax);
    writeFileSync(`/sys/class/input/${input}/inhibited`, "1");
    expect(await type("b")).toMatchObject([{ text: "b" }]);
    writeFileSync(`/sys/class/input/${input}/inhibited`, "0");
    expect(await type("c")).toMatchObject([{ text: "c" }]);
    await waitUntil("the kernel's keyboard hears it again", () => enters() === 2, msMax);
    expect(pressed).toEqual([keys.a, keys.enter, keys.c, keys.enter]);
  });
});
