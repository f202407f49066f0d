import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { UsbIdentity } from "../../protocols/config/transport.ts";
import type { Fault } from "../../protocols/faults.ts";

/** A device node (tty or hidraw) and the USB device that it belongs to. */
export interface UsbCandidate {
  /** The node, /dev/ttyUSB0 or /dev/hidraw2. */
  readonly path: string;
  /** Four lower-case hex digits each. */
  readonly vendor: string;
  readonly product: string;
  readonly serial?: string;
  /** Names of the USB port: the kernel's (1-1.3) and those of /dev/serial/by-path. */
  readonly ports: readonly string[];
}

export type Choice<Candidate> =
  | { readonly ok: true; readonly chosen: Candidate }
  | { readonly ok: false; readonly fault: Fault };

/** The one candidate that is meant; none is `device-absent`, several are `wrong-device` naming each. */
export function chooseByUsb<Candidate extends UsbCandidate>(
  candidates: readonly Candidate[],
  wanted: UsbIdentity,
): Choice<Candidate> {
  const kin = candidates.filter(
    ({ vendor, product }) => vendor === wanted.vendor && product === wanted.product,
  );
  const fitting = kin.filter((candidate) => serialFits(candidate, wanted) && portFits(candidate, wanted));
  const [chosen, ...others] = fitting;
  if (chosen === undefined)
    return { ok: false, fault: { code: "device-absent", detail: absence(kin, wanted) } };
  if (others.length === 0) return { ok: true, chosen };
  const detail = `${name(wanted)} fits ${fitting.map(describe).join(" and ")}; name the serial or the port`;
  return { ok: false, fault: { code: "wrong-device", detail } };
}

function serialFits({ serial }: UsbCandidate, wanted: UsbIdentity): boolean {
  return wanted.serial === undefined || serial === wanted.serial;
}

/** udev adds `-port0` to the path of a USB-serial adapter's line. */
function portFits({ ports }: UsbCandidate, { port: wanted }: UsbIdentity): boolean {
  return wanted === undefined || ports.some((port) => port === wanted || port.startsWith(`${wanted}-port`));
}

function absence(kin: readonly UsbCandidate[], wanted: UsbIdentity): string {
  const missing = `${name(wanted)} is not there`;
  return kin.length === 0 ? missing : `${missing}; there is ${kin.map(describe).join(" and ")}`;
}

function name({ vendor, product, serial, port }: UsbIdentity): string {
  const extra = [serial && ` serial ${serial}`, port && ` at port ${port}`];
  return `USB ${vendor}:${product}${extra.filter(Boolean).join("")}`;
}

function describe({ path, serial, ports }: UsbCandidate): string {
  return `${path} (${serial === undefined ? "no serial" : `serial ${serial}`}, port ${ports.join(", ")})`;
}

/** Hubs nest at most seven deep; interface, port and function directories come on top. */
const levelsMax = 16;

/** The USB device above a directory of /sys/class/*: `undefined` for what does not hang on USB. */
export function usbParent(classDirectory: string): Omit<UsbCandidate, "path"> | undefined {
  let directory = resolved(join(classDirectory, "device"));
  for (let level = 0; directory !== undefined && level < levelsMax; level += 1) {
    const vendor = attribute(directory, "idVendor");
    const product = attribute(directory, "idProduct");
    const serial = attribute(directory, "serial");
    if (vendor !== undefined && product !== undefined) {
      const port = directory.slice(directory.lastIndexOf("/") + 1);
      return { vendor, product, ports: [port], ...(serial ? { serial } : {}) };
    }
    const above = dirname(directory);
    directory = above === directory ? undefined : above;
  }
  return undefined;
}

function resolved(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function attribute(directory: string, file: string): string | undefined {
  try {
    return readFileSync(join(directory, file), "utf8").trim();
  } catch {
    return undefined;
  }
}
