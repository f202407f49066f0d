import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { listGpioChips, listHidDevices, listSerialPorts } from "../../drivers/listing.ts";

/** A /sys and a /dev of a box, with what is plugged in. */
function box() {
  const folder = mkdtempSync(join(tmpdir(), "storewire-box-"));
  const write = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const link = (path: string, to: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(join(folder, to), join(folder, path));
  };
  const usb = (place: string, vendor: string, product: string, serial?: string): string => {
    const device = `sys/devices/usb1/${place}`;
    write(`${device}/idVendor`, `${vendor}\n`);
    write(`${device}/idProduct`, `${product}\n`);
    if (serial !== undefined) write(`${device}/serial`, `${serial}\n`);
    mkdirSync(join(folder, device, "interface"), { recursive: true });
    return `${device}/interface`;
  };
  return { folder, roots: { sys: join(folder, "sys"), dev: join(folder, "dev") }, write, link, usb };
}

describe("the listing of a box", () => {
  it("has ports on USB with the names that stay, those on the board, and no port without hardware", () => {
    const { roots, write, link, usb } = box();
    link("sys/class/tty/ttyUSB0/device", usb("1-1.3", "1a86", "7523"));
    write("dev/ttyUSB0", "");
    link("dev/serial/by-path/pci-usb-0:1.3:1.0-port0", "dev/ttyUSB0");
    link("dev/serial/by-id/usb-1a86_USB_Serial-if00-port0", "dev/ttyUSB0");
    write("sys/class/tty/ttyS0/type", "4\n");
    write("sys/class/tty/ttyS1/type", "0\n");
    write("sys/class/tty/ttyAMA0/type", "32\n");
    write("sys/class/tty/tty1/type", "4\n");
    write("sys/class/tty/console/active", "tty0 ttyAMA0\n");
    const { dev } = roots;
    expect(listSerialPorts(roots)).toEqual([
      { path: join(dev, "ttyAMA0"), console: true },
      { path: join(dev, "ttyS0"), console: false },
      {
        path: join(dev, "ttyUSB0"),
        byId: join(dev, "serial/by-id/usb-1a86_USB_Serial-if00-port0"),
        byPath: join(dev, "serial/by-path/pci-usb-0:1.3:1.0-port0"),
        usb: expect.objectContaining({ vendor: "1a86", product: "7523" }),
        console: false,
      },
    ]);
  });

  it("has HID interfaces with the use that their descriptor gives first", () => {
    const { roots, write, link, usb } = box();
    const interfaceFolder = usb("1-1.4", "0c2e", "0b6a", "18115B0EE2");
    link("sys/class/hidraw/hidraw0/device", interfaceFolder);
    // Usage Page (8Ch), Usage (02h), Collection, and a usage within it.
    write(
      `${interfaceFolder}/report_descriptor`,
      Uint8Array.of(0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01, 0x09, 0x07, 0xc0),
    );
    link("sys/class/hidraw/hidraw1/device", usb("1-1.5", "dead", "beef"));
    expect(listHidDevices(roots)).toEqual([
      {
        path: join(roots.dev, "hidraw0"),
        usb: expect.objectContaining({ vendor: "0c2e", serial: "18115B0EE2" }),
        usagePage: 0x8c,
        usage: 0x02,
      },
      { path: join(roots.dev, "hidraw1"), usb: expect.objectContaining({ vendor: "dead" }) },
    ]);
  });

  it("has GPIO chips by their label, and nothing where there is nothing", () => {
    const { roots, write } = box();
    expect([listSerialPorts(roots), listHidDevices(roots), listGpioChips(roots)]).toEqual([[], [], []]);
    write("sys/class/gpio/gpiochip512/label", "pinctrl-bcm2711\n");
    write("sys/class/gpio/gpiochip512/ngpio", "58\n");
    expect(listGpioChips(roots)).toEqual([{ label: "pinctrl-bcm2711", lineCount: 58 }]);
  });
});
