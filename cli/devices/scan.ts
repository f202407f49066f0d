import { families } from "../../drivers/catalog.ts";
import type { ListedChip, ListedHid, ListedPort } from "../../drivers/listing.ts";
import { type Interview, interview } from "../../drivers/recognition/interview.ts";
import { planLines } from "../../drivers/recognition/plan.ts";
import { type Clock, sleep } from "../../protocols/clock.ts";
import { llrp } from "../../protocols/codecs/llrp.ts";
import type { DriverName } from "../../protocols/config/devices.ts";
import type { SerialLine, TransportConfig, UsbIdentity } from "../../protocols/config/transport.ts";
import type { FaultCode } from "../../protocols/faults.ts";
import { join } from "../../protocols/stream/bytes.ts";
import { cut } from "../../protocols/stream/cut.ts";
import type { Transport } from "../../protocols/transport.ts";
import { knownByUsb } from "./known-usb.ts";

/** What was found at one place. */
export interface Found {
  readonly kind: "serial" | "hid" | "gpio" | "tcp";
  /** The name that stays, where there is one. */
  readonly place: string;
  /**
   * `known` by its USB identity, `recognised` by what it says, `unknown`: it says nothing that we know, `left-alone`:
   * excluded, in use by a running agent, or the kernel's console; `unavailable`: see the fault.
   */
  readonly state: "known" | "recognised" | "unknown" | "left-alone" | "unavailable";
  readonly driver?: DriverName;
  /** What it may be as well. */
  readonly or?: readonly string[];
  readonly detail?: string;
  readonly fault?: FaultCode;
  /** How a configuration reaches it; where it was recognised. */
  readonly transport?: TransportConfig;
}

export interface ScanOptions {
  readonly clock: Clock;
  readonly ports: readonly ListedPort[];
  readonly hidDevices: readonly ListedHid[];
  readonly chips: readonly ListedChip[];
  /** Hosts that may be LLRP readers, each with its port. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  /** Why a node is not touched, by its path; nothing for one that may be. */
  readonly leftAlone: (path: string) => string | undefined;
  readonly open: (transport: TransportConfig) => Transport;
}

export const scanPlan = planLines(families);

/** Looks at everything at once: each port has its own device, and none waits for another. */
export async function scan(options: ScanOptions): Promise<readonly Found[]> {
  const found = await Promise.all([
    ...options.ports.map((port) => scanPort(port, options)),
    ...options.hidDevices.map((hid) => Promise.resolve(lookAtHid(hid, options))),
    ...options.hosts.map((host) => scanHost(host, options)),
  ]);
  const chips = options.chips.map(
    ({ label, lineCount }): Found => ({
      kind: "gpio",
      place: label,
      state: "unknown",
      detail: `${lineCount} lines`,
    }),
  );
  return [...found, ...chips];
}

async function scanPort(listed: ListedPort, options: ScanOptions): Promise<Found> {
  const port = { ...listed, shared: isShared(listed, options.ports) };
  const at = { kind: "serial", place: port.byId ?? port.byPath ?? port.path } as const;
  const why = port.console ? "the kernel's console" : options.leftAlone(port.path);
  if (why !== undefined) return { ...at, state: "left-alone", detail: why };
  const { devices, bridge } = port.usb === undefined ? { devices: [] } : knownByUsb(port.usb, "serial");
  const [known, ...others] = devices;
  if (known !== undefined) {
    const [line] = families[known.driver].serial;
    const or = others.map(({ driver }) => driver);
    const about = { driver: known.driver, detail: known.name, ...(or.length === 0 ? {} : { or }) };
    return { ...at, state: "known", ...about, ...(line && { transport: serialAt(port, line) }) };
  }
  const { clock, open } = options;
  const openAt = (line: SerialLine): Transport => open(serialAt(port, line));
  const answer = await interview({ clock, plan: scanPlan, openAt });
  return { ...at, ...heardAs(answer, port, bridge) };
}

/** A port, and whether its USB device has others: then the device's identity does not say which. */
type Port = ListedPort & { readonly shared: boolean };

function isShared({ path, usb }: ListedPort, ports: readonly ListedPort[]): boolean {
  const [place] = usb?.ports ?? [];
  return place !== undefined && ports.some((other) => other.path !== path && other.usb?.ports[0] === place);
}

function heardAs(answer: Interview, port: Port, bridge: string | undefined): Omit<Found, "kind" | "place"> {
  const behind = bridge === undefined ? undefined : `a serial adapter (${bridge})`;
  switch (answer.kind) {
    case "unavailable":
      return { state: "unavailable", fault: answer.fault.code, detail: answer.fault.detail };
    case "unknown": {
      const said =
        answer.heardBytes === 0 ? "it says nothing" : `${answer.heardBytes} bytes that no family says`;
      return { state: "unknown", detail: behind === undefined ? said : `${behind}; ${said}` };
    }
    case "recognised": {
      const { driver, or, line } = answer;
      return {
        state: "recognised",
        driver: driver as DriverName,
        ...(or.length === 0 ? {} : { or }),
        ...(behind === undefined ? {} : { detail: behind }),
        transport: serialAt(port, line),
      };
    }
  }
}

/** By the device where it has a number of its own, else by where it is plugged in; /dev/ttyUSB0 moves. */
function serialAt({ path, byPath, usb, shared }: Port, line: SerialLine): TransportConfig {
  if (usb?.serial !== undefined && !shared) return { kind: "serial", ...line, usb: identityOf(usb) };
  if (byPath !== undefined) return { kind: "serial", ...line, path: byPath };
  return usb === undefined
    ? { kind: "serial", ...line, path }
    : { kind: "serial", ...line, usb: identityOf(usb) };
}

function identityOf({ vendor, product, serial, ports }: NonNullable<ListedPort["usb"]>): UsbIdentity {
  const [port] = ports;
  if (serial !== undefined) return { vendor, product, serial };
  return { vendor, product, ...(port === undefined ? {} : { port }) };
}

/** What a HID interface is for tells more than who made it. */
const driversByUse: readonly {
  readonly usagePage: number;
  readonly usage?: number;
  readonly driver: string;
}[] = [
  { usagePage: 0x8c, driver: "hid-scanner" },
  { usagePage: 0x8d, driver: "hid-8d" },
  { usagePage: 0x01, usage: 0x06, driver: "hid-keyboard" },
];

function lookAtHid(hid: ListedHid, { leftAlone }: ScanOptions): Found {
  const { usb, usagePage, usage } = hid;
  const place = `${usb.vendor}:${usb.product}${usb.serial === undefined ? ` at ${usb.ports[0]}` : ` ${usb.serial}`}`;
  const at = { kind: "hid", place } as const;
  const why = leftAlone(hid.path);
  if (why !== undefined) return { ...at, state: "left-alone", detail: why };
  const { devices } = knownByUsb(usb, "hid");
  const byUse = driversByUse.find(
    (row) => row.usagePage === usagePage && (row.usage === undefined || row.usage === usage),
  )?.driver;
  const fitting =
    devices.find(({ driver }) => driver === byUse) ?? (byUse === undefined ? devices[0] : undefined);
  if (fitting === undefined) return { ...at, state: "unknown", detail: useWords(hid) };
  const use = {
    ...(usagePage === undefined ? {} : { usagePage }),
    ...(usage === undefined ? {} : { usage }),
  };
  const transport: TransportConfig = { kind: "hid", usb: identityOf(usb), ...use };
  return { ...at, state: "known", driver: fitting.driver, detail: fitting.name, transport };
}

const useWords = ({ usagePage, usage }: ListedHid): string =>
  usagePage === undefined
    ? "no family of ours"
    : `usage page ${usagePage.toString(16)}, usage ${(usage ?? 0).toString(16)}: no family of ours`;

/** An LLRP reader tells of the attempt to connect before it is asked anything (LLRP 1.0.1, section 6.1.6). */
const greetingMs = 3_000;
const lookMs = 100;

/** Nothing is sent: whoever else listens there hears nothing of it. */
async function scanHost({ host, port }: ScanOptions["hosts"][number], options: ScanOptions): Promise<Found> {
  const transport: TransportConfig = { kind: "tcp", host, port };
  const at = { kind: "tcp", place: `${host}:${port}` } as const;
  let heard: Uint8Array = new Uint8Array();
  const opening = await options.open(transport).open({
    bytes(chunk) {
      if (heard.length < llrpHeardMax) heard = join(heard, chunk);
    },
    edge: () => undefined,
    closed: () => undefined,
  });
  if (!opening.ok)
    return { ...at, state: "unavailable", fault: opening.fault.code, detail: opening.fault.detail };
  for (let waitedMs = 0; waitedMs < greetingMs && !isGreeting(heard); waitedMs += lookMs)
    await sleep(options.clock, lookMs);
  await opening.connection.close();
  if (isGreeting(heard)) return { ...at, state: "recognised", driver: "llrp", transport };
  return { ...at, state: "unknown", detail: `${heard.length} bytes that no LLRP reader says` };
}

/** A greeting has some tens of bytes; this is enough for one behind a burst of reports. */
const llrpHeardMax = 65_536;

const isGreeting = (heard: Uint8Array): boolean =>
  cut(heard, llrp.probe, llrp.frameBytesMax).pieces.some(({ kind, bytes }) => {
    const message = kind === "frame" ? llrp.decode(bytes) : undefined;
    return message?.ok === true && message.value.name === "READER_EVENT_NOTIFICATION";
  });
