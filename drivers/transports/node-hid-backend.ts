import { accessSync, constants, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type * as nodeHid from "node-hid";
import type { Device, HIDAsync } from "node-hid";
import type { HidBackend, HidCandidate, HidHandle, HidListener, HidOpening } from "./hid-service.ts";
import { detailOf, openingFault } from "./system-errors.ts";
import { usbParent } from "./usb-identity.ts";

const hidrawClass = "/sys/class/hidraw";

/** The package node-hid on Linux's hidraw. Only ever loaded in the HID process: its addon may crash. */
export function nodeHidBackend(hid: typeof nodeHid): HidBackend {
  return {
    list: () => list(hid),
    open: (chosen, listener) => open(hid, chosen, listener),
  };
}

async function list(hid: typeof nodeHid): Promise<readonly HidCandidate[]> {
  try {
    return (await hid.devicesAsync()).flatMap((device) => candidate(device) ?? []);
  } catch (error) {
    throw new Error(`node-hid cannot list the devices: ${detailOf(error)}${hint(error)}`, { cause: error });
  }
}

/** The addon of node-hid 3.4 for hidraw is linked with libusb, although it makes no use of it. */
function hint(error: unknown): string {
  return detailOf(error).includes("libusb") ? "; install Debian's package libusb-1.0-0" : "";
}

async function open(hid: typeof nodeHid, chosen: HidCandidate, listener: HidListener): Promise<HidOpening> {
  try {
    // node-hid tells no errno, so the right is asked for first.
    accessSync(chosen.path, constants.R_OK | constants.W_OK);
    const device = await hid.HIDAsync.open(chosen.path);
    // A path may belong to another device by now: it was replugged between the listing and the opening.
    const found = candidate({ ...(await device.getDeviceInfo()), path: chosen.path });
    if (found === undefined || !sameDevice(found, chosen)) {
      await device.close();
      return {
        ok: false,
        fault: { code: "wrong-device", detail: `${chosen.path} changed while it was opened` },
      };
    }
    listen(device, hasReportIds(chosen.path), listener);
    return { ok: true, handle: handle(device) };
  } catch (error) {
    return { ok: false, fault: openingFault(error) };
  }
}

function listen(device: HIDAsync, numbered: boolean, listener: HidListener): void {
  device.on("data", (report: Uint8Array) => {
    // hidraw leaves the report id out where the device has none; ours always begin with one.
    listener.report(numbered ? new Uint8Array(report) : Uint8Array.of(0, ...report));
  });
  device.on("error", (error: unknown) => listener.lost(detailOf(error)));
}

function handle(device: HIDAsync): HidHandle {
  return {
    async send(bytes) {
      await device.write(Buffer.from(bytes));
    },
    async sendFeature(bytes) {
      await device.sendFeatureReport(Buffer.from(bytes));
    },
    close: () => device.close(),
  };
}

function candidate(device: Device): HidCandidate | undefined {
  if (device.path === undefined) return undefined;
  const { serialNumber, usagePage, usage } = device;
  return {
    path: device.path,
    vendor: fourDigits(device.vendorId),
    product: fourDigits(device.productId),
    ports: usbParent(join(hidrawClass, basename(device.path)))?.ports ?? [],
    ...(serialNumber ? { serial: serialNumber } : {}),
    ...(usagePage === undefined ? {} : { usagePage }),
    ...(usage === undefined ? {} : { usage }),
  };
}

function sameDevice(left: HidCandidate, right: HidCandidate): boolean {
  return left.vendor === right.vendor && left.product === right.product && left.serial === right.serial;
}

const fourDigits = (number: number): string => number.toString(16).padStart(4, "0");

function hasReportIds(path: string): boolean {
  try {
    return usesReportIds(readFileSync(join(hidrawClass, basename(path), "device/report_descriptor")));
  } catch {
    // Devices without report ids are the rarer ones among point-of-sale devices.
    return true;
  }
}

const longItem = 0xfe;
const reportIdTag = 0x84;

/** Whether a report descriptor has a Report ID item (HID 1.11, 6.2.2.7); items are walked by their sizes. */
export function usesReportIds(descriptor: Uint8Array): boolean {
  let position = 0;
  while (position < descriptor.length) {
    const prefix = descriptor[position] ?? 0;
    if ((prefix & 0xfc) === reportIdTag) return true;
    const size = prefix & 0x03;
    const length = prefix === longItem ? 3 + (descriptor[position + 1] ?? 0) : 1 + (size === 3 ? 4 : size);
    position += length;
  }
  return false;
}
