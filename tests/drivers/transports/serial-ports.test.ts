import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findSerialPorts } from "../../../drivers/transports/serial-ports.ts";
import type { UsbCandidate } from "../../../drivers/transports/usb-identity.ts";
import { chooseByUsb } from "../../../drivers/transports/usb-identity.ts";

describe("listing serial ports from sysfs", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "storewire-sys-"));
    mkdirSync(join(folder, "dev/serial/by-path"), { recursive: true });
    mkdirSync(join(folder, "sys/class/tty"), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = (path: string, content: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${content}\n`);
  };

  /** As a tty driver on USB shows itself: the class entry, its `device` link, and the USB device above it. */
  function plug(terminal: string, usbDevice: string, below: string): void {
    mkdirSync(join(folder, usbDevice, below, "tty", terminal), { recursive: true });
    symlinkSync(join(folder, usbDevice, below), join(folder, usbDevice, below, "tty", terminal, "device"));
    symlinkSync(join(folder, usbDevice, below, "tty", terminal), join(folder, "sys/class/tty", terminal));
    file(`dev/${terminal}`, "");
  }

  test("finds identity, USB port and udev's names, and leaves out what is not on USB", () => {
    const hub = "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1";
    file(`${hub}/idVendor`, "1d6b");
    file(`${hub}/idProduct`, "0104");
    const adapter = `${hub}/1-1.3`;
    file(`${adapter}/idVendor`, "1a86");
    file(`${adapter}/idProduct`, "7523");
    plug("ttyUSB0", adapter, "1-1.3:1.0/ttyUSB0");
    const scanner = `${hub}/1-1.4`;
    file(`${scanner}/idVendor`, "0c2e");
    file(`${scanner}/idProduct`, "0b6a");
    file(`${scanner}/serial`, "18115B0EE2");
    plug("ttyACM0", scanner, "1-1.4:1.0");
    plug("ttyS0", "sys/devices/platform/serial8250", "serial8250:0");
    mkdirSync(join(folder, "sys/class/tty/console"));
    const link = "pci-0000:00:14.0-usb-0:1.3:1.0-port0";
    symlinkSync("../../ttyUSB0", join(folder, "dev/serial/by-path", link));
    symlinkSync("../../ttyUSB9", join(folder, "dev/serial/by-path/dangling"));

    expect(findSerialPorts({ sys: join(folder, "sys"), dev: join(folder, "dev") })).toEqual([
      {
        path: join(folder, "dev/ttyACM0"),
        vendor: "0c2e",
        product: "0b6a",
        serial: "18115B0EE2",
        ports: ["1-1.4"],
      },
      { path: join(folder, "dev/ttyUSB0"), vendor: "1a86", product: "7523", ports: ["1-1.3", link] },
    ]);
  });

  test("is empty where there is nothing to read", () => {
    expect(findSerialPorts({ sys: "/no/sys", dev: "/no/dev" })).toEqual([]);
  });

  test("reads this machine's own trees without failing", () => {
    expect(Array.isArray(findSerialPorts())).toBe(true);
  });
});

describe("choosing by USB identity", () => {
  const adapter = (path: string, port: string): UsbCandidate => ({
    path,
    vendor: "1a86",
    product: "7523",
    ports: [port, `pci-0000:00:14.0-usb-0:${port.slice(2)}:1.0-port0`],
  });
  const left = adapter("/dev/ttyUSB0", "1-1.1");
  const right = adapter("/dev/ttyUSB1", "1-1.2");
  const scanner: UsbCandidate = {
    path: "/dev/ttyACM0",
    vendor: "0c2e",
    product: "0b6a",
    serial: "A1",
    ports: ["1-1.3"],
  };
  const all = [left, right, scanner];
  const usb = { vendor: "1a86", product: "7523" };

  test("the only one that fits is taken", () => {
    expect(chooseByUsb(all, { vendor: "0c2e", product: "0b6a" })).toEqual({ ok: true, chosen: scanner });
    expect(chooseByUsb(all, { vendor: "0c2e", product: "0b6a", serial: "A1" })).toEqual({
      ok: true,
      chosen: scanner,
    });
  });

  test.each(["1-1.2", "pci-0000:00:14.0-usb-0:1.2:1.0", "pci-0000:00:14.0-usb-0:1.2:1.0-port0"])(
    "the port %s tells twins apart",
    (port) => {
      expect(chooseByUsb(all, { ...usb, port })).toEqual({ ok: true, chosen: right });
    },
  );

  test("a port is not taken for another that begins alike", () => {
    const far = adapter("/dev/ttyUSB2", "1-1.20");
    expect(chooseByUsb([far], { ...usb, port: "1-1.2" })).toMatchObject({ ok: false });
  });

  test("twins that nothing tells apart are both named", () => {
    expect(chooseByUsb(all, usb)).toEqual({
      ok: false,
      fault: {
        code: "wrong-device",
        detail:
          "USB 1a86:7523 fits /dev/ttyUSB0 (no serial, port 1-1.1, pci-0000:00:14.0-usb-0:1.1:1.0-port0) and " +
          "/dev/ttyUSB1 (no serial, port 1-1.2, pci-0000:00:14.0-usb-0:1.2:1.0-port0); name the serial or the port",
      },
    });
  });

  test("absent, it says what of its kind is there instead", () => {
    expect(chooseByUsb(all, { vendor: "ffff", product: "0001" })).toEqual({
      ok: false,
      fault: { code: "device-absent", detail: "USB ffff:0001 is not there" },
    });
    expect(chooseByUsb(all, { vendor: "0c2e", product: "0b6a", serial: "B2" })).toEqual({
      ok: false,
      fault: {
        code: "device-absent",
        detail: "USB 0c2e:0b6a serial B2 is not there; there is /dev/ttyACM0 (serial A1, port 1-1.3)",
      },
    });
  });
});
