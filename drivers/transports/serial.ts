import { SerialPort } from "serialport";
import type { Clock } from "../../protocols/clock.ts";
import type { SerialConfig } from "../../protocols/config/transport.ts";
import type { Fault } from "../../protocols/faults.ts";
import type { Lifeline } from "../../protocols/lifeline.ts";
import { lifeline } from "../../protocols/lifeline.ts";
import type { Opening, Transport, TransportListener } from "../../protocols/transport.ts";
import type { NodeFound } from "./device-node.ts";
import { findNode, watchNode } from "./device-node.ts";
import { findSerialPorts } from "./serial-ports.ts";
import { once, streamConnection } from "./stream-connection.ts";
import type { UsbCandidate } from "./usb-identity.ts";
import { chooseByUsb } from "./usb-identity.ts";

export interface SerialEnvironment {
  readonly clock: Clock;
  /** Lists the serial ports on USB; the system's own unless a test says otherwise. */
  readonly findSerialPorts?: () => readonly UsbCandidate[];
}

/** Bytes of one read; the kernel's line discipline never holds more than 4 KiB, and each port has its own pool. */
const readBytesMax = 16_384;

/** A serial port: RS-232, a USB adapter, or a device that is one itself (USB-CDC). */
export function serialTransport(config: SerialConfig, environment: SerialEnvironment): Transport {
  return {
    async open(listener) {
      const found = locate(config, environment);
      return found.ok ? await openNode(found, config, environment.clock, listener) : found;
    },
  };
}

function locate(config: SerialConfig, environment: SerialEnvironment): NodeFound {
  if (config.usb === undefined) return findNode(config.path ?? "");
  const choice = chooseByUsb((environment.findSerialPorts ?? findSerialPorts)(), config.usb);
  return choice.ok ? findNode(choice.chosen.path) : choice;
}

async function openNode(
  { node }: NodeFound & { readonly ok: true },
  config: SerialConfig,
  clock: Clock,
  listener: TransportListener,
): Promise<Opening> {
  // A new object for each connection: bytes written to a closed one are kept and sent after its next opening.
  const port = newPort(node.path, config);
  const life = lifeline(listener);
  listen(port, life);
  const error = await new Promise<Error | null>((resolve) => port.open(resolve));
  if (error !== null) return { ok: false, fault: portFault(error.message) };
  const refused = config.lowerSignals === true ? await lowerSignals(port) : null;
  if (refused !== null) {
    await new Promise((resolve) => port.close(resolve));
    return { ok: false, fault: portFault(`DTR and RTS cannot be lowered: ${refused.message}`) };
  }
  const shut = once(() => new Promise((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve())));
  // serialport 13 may not notice that a port vanished while bytes were arriving: it reads 0 bytes in an
  // endless loop, and says neither `close` nor `error`, until it is closed.
  const stopWatching = watchNode(node, clock, () =>
    life.lose({ code: "connection-lost", detail: `${node.path} vanished` }),
  );
  life.atEnd(() => {
    stopWatching();
    void shut();
  });
  return { ok: true, connection: streamConnection(port, life, shut) };
}

function newPort(path: string, config: SerialConfig): SerialPort {
  const { baudRate, dataBits, parity, stopBits } = config;
  const line = { baudRate, dataBits, parity, stopBits };
  return new SerialPort({ path, ...line, lock: true, autoOpen: false, highWaterMark: readBytesMax });
}

const lowerSignals = (port: SerialPort): Promise<Error | null> =>
  new Promise((resolve) => port.set({ dtr: false, rts: false }, resolve));

/** Without a `data` listener serialport does not notice an unplugged cable at all, so it is always there. */
function listen(port: SerialPort, life: Lifeline): void {
  // A copy, because each chunk is a window on a pool that would be kept alive with it.
  port.on("data", (chunk: Buffer) => life.bytes(new Uint8Array(chunk)));
  const lose = (error: Error | null | undefined): void =>
    life.lose({ code: "connection-lost", detail: `${port.path}: ${error?.message ?? "the port closed"}` });
  port.on("error", lose);
  port.on("close", lose);
}

/** serialport hands on the kernel's words without the errno. */
const faultByWords: readonly (readonly [RegExp, Fault["code"]])[] = [
  [/cannot lock port|resource busy/i, "port-in-use"],
  [/permission denied|not permitted/i, "permission-denied"],
  [/inappropriate ioctl/i, "wrong-device"],
];

export function portFault(words: string): Fault {
  const known = faultByWords.find(([pattern]) => pattern.test(words));
  return { code: known?.[1] ?? "device-absent", detail: words };
}
