import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { SystemRoots } from "./transports/serial-ports.ts";
import { findSerialPorts, systemRoots } from "./transports/serial-ports.ts";
import { type UsbCandidate, usbParent } from "./transports/usb-identity.ts";

/** A serial port as it stands there, without being opened. */
export interface ListedPort {
  /** The node, which may have another name after the next start. */
  readonly path: string;
  /** udev's names that stay: by the device, and by where it is plugged in. */
  readonly byId?: string;
  readonly byPath?: string;
  readonly usb?: UsbCandidate;
  /** The kernel writes its messages here. */
  readonly console: boolean;
}

/** A HID interface, and what it says that it is for. */
export interface ListedHid {
  readonly path: string;
  readonly usb: UsbCandidate;
  readonly usagePage?: number;
  readonly usage?: number;
}

export interface ListedChip {
  readonly label: string;
  readonly lineCount: number;
}

/** UARTs of the board; `ttyS*` are listed by a PC's kernel whether or not they are there. */
const boardPort = /^tty(AMA|S|O|mxc|THS|SAC)\d+$/;
/** What the kernel says of a port without hardware (PORT_UNKNOWN). */
const noHardware = "0";

/** Every serial port, on USB and on the board. */
export function listSerialPorts(roots: SystemRoots = systemRoots): readonly ListedPort[] {
  const terminals = join(roots.sys, "class/tty");
  const onUsb = new Map(findSerialPorts(roots).map((usb) => [usb.path, usb]));
  const ids = linksByNode(join(roots.dev, "serial/by-id"));
  const paths = linksByNode(join(roots.dev, "serial/by-path"));
  const consoles = textOf(join(terminals, "console/active")).split(/\s+/);
  return entries(terminals).flatMap((name) => {
    const path = join(roots.dev, name);
    const usb = onUsb.get(path);
    const isOnBoard =
      usb === undefined && boardPort.test(name) && textOf(join(terminals, name, "type")) !== noHardware;
    if (usb === undefined && !isOnBoard) return [];
    const byId = ids.get(path);
    const byPath = paths.get(path);
    return [
      {
        path,
        ...(byId === undefined ? {} : { byId }),
        ...(byPath === undefined ? {} : { byPath }),
        ...(usb === undefined ? {} : { usb }),
        console: consoles.includes(name),
      },
    ];
  });
}

/** Every HID interface on USB, from sysfs: nothing is opened, and no package is loaded. */
export function listHidDevices(roots: SystemRoots = systemRoots): readonly ListedHid[] {
  const nodes = join(roots.sys, "class/hidraw");
  return entries(nodes).flatMap((name) => {
    const usb = usbParent(join(nodes, name));
    if (usb === undefined) return [];
    const path = join(roots.dev, name);
    return [{ path, usb: { ...usb, path }, ...firstUse(join(nodes, name, "device/report_descriptor")) }];
  });
}

/** GPIO chips as sysfs shows them; a kernel without it shows none, and its lines are found by their opening. */
export function listGpioChips(roots: SystemRoots = systemRoots): readonly ListedChip[] {
  const chips = join(roots.sys, "class/gpio");
  return entries(chips)
    .filter((name) => name.startsWith("gpiochip"))
    .map((name) => ({
      label: textOf(join(chips, name, "label")),
      lineCount: Number(textOf(join(chips, name, "ngpio"))),
    }));
}

const usagePageItem = 0x04;
const usageItem = 0x08;
const collectionItem = 0xa0;
/** Item sizes by the two lowest bits of their first byte (HID 1.11, section 6.2.2.2). */
const itemBytes = [0, 1, 2, 4];

/** The usage of a descriptor's first collection. */
function firstUse(file: string): { readonly usagePage?: number; readonly usage?: number } {
  const bytes = bytesOf(file);
  let use: { usagePage?: number; usage?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const head = bytes[at] ?? 0;
    const length = itemBytes[head & 3] ?? 0;
    const value = bytes.subarray(at + 1, at + 1 + length).reduceRight((sum, byte) => sum * 256 + byte, 0);
    const item = head & 0xfc;
    if (item === collectionItem) break;
    if (item === usagePageItem) use = { ...use, usagePage: value };
    if (item === usageItem) use = { ...use, usage: value };
    at += 1 + length;
  }
  return use;
}

function linksByNode(directory: string): ReadonlyMap<string, string> {
  return new Map(
    entries(directory).flatMap((name) => {
      const link = join(directory, name);
      try {
        return [[realpathSync(link), link] as const];
      } catch {
        return [];
      }
    }),
  );
}

function entries(directory: string): readonly string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch {
    return [];
  }
}

function bytesOf(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch {
    return new Uint8Array();
  }
}

const textOf = (file: string): string => new TextDecoder().decode(bytesOf(file)).trim();
