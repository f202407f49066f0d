import { readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { UsbCandidate } from "./usb-identity.ts";
import { usbParent } from "./usb-identity.ts";

/** The roots of the kernel's trees; tests put their own there. */
export interface SystemRoots {
  readonly sys: string;
  readonly dev: string;
}

export const systemRoots: SystemRoots = { sys: "/sys", dev: "/dev" };

/**
 * All serial ports on USB, read from sysfs. Not by `SerialPort.list()`: that starts udevadm, which a small
 * image may lack, and parses the whole device database; it knows no port path either.
 */
export function findSerialPorts(roots: SystemRoots = systemRoots): readonly UsbCandidate[] {
  const terminals = join(roots.sys, "class/tty");
  const byPath = namesByNode(join(roots.dev, "serial/by-path"));
  return entries(terminals).flatMap((terminal) => {
    const usb = usbParent(join(terminals, terminal));
    const path = join(roots.dev, terminal);
    return usb === undefined ? [] : [{ ...usb, path, ports: [...usb.ports, ...(byPath.get(path) ?? [])] }];
  });
}

/** udev's links by the node that they point at; empty where no udev runs. */
function namesByNode(directory: string): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const name of entries(directory)) {
    const node = target(join(directory, name));
    if (node !== undefined) names.set(node, [...(names.get(node) ?? []), name]);
  }
  return names;
}

function entries(directory: string): readonly string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch {
    return [];
  }
}

function target(link: string): string | undefined {
  try {
    return realpathSync(link);
  } catch {
    // It was unplugged between the two looks.
    return undefined;
  }
}
