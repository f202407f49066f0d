import { existsSync } from "node:fs";
import { SerialPort } from "serialport";
import { expect, test } from "vitest";
import { systemClock } from "../../../cli/system.ts";
import { serialTransport } from "../../../drivers/transports/serial.ts";
import { serialLineSchema } from "../../../protocols/config/transport.ts";
import { join } from "../../../protocols/stream/bytes.ts";
import { byteContract, opened } from "../../drivers/transports/contract.ts";
import { recordingListener } from "../../drivers/transports/recording-listener.ts";
import { waitUntil } from "../../wait-until.ts";
import { makeGadget } from "./gadget.ts";

const usb = { vendor: "1d6b", product: "0104", serial: "SCALE-1" };
const line = serialLineSchema.parse({ baudRate: 9_600 });
const msMax = 20_000;

/** A scale on a USB cable: cdc-acm on the host's side, which the transport opens; the test plays it on /dev/ttyGS0. */
async function cdcScale() {
  const gadget = makeGadget({ name: "scale", ...usb, functions: { "acm.usb0": {} } });
  const chunks: Uint8Array[] = [];
  let device: SerialPort | undefined;
  async function plug(): Promise<void> {
    gadget.plug();
    await waitUntil("the kernel has made /dev/ttyACM0", () => existsSync("/dev/ttyACM0"), msMax);
    const port = new SerialPort({ path: "/dev/ttyGS0", baudRate: 115_200, autoOpen: false });
    port.on("data", (bytes: Uint8Array) => void chunks.push(new Uint8Array(bytes)));
    port.on("error", () => undefined);
    await new Promise<void>((resolve, reject) => {
      port.open((error) => (error ? reject(error) : resolve()));
    });
    device = port;
  }
  async function unplug(): Promise<void> {
    const port = device;
    device = undefined;
    gadget.unplug();
    if (port?.isOpen === true) await new Promise<void>((resolve) => port.close(() => resolve()));
    await waitUntil("the kernel has taken /dev/ttyACM0 away", () => !existsSync("/dev/ttyACM0"), msMax);
  }
  await plug();
  return {
    transport: serialTransport({ kind: "serial", usb, ...line }, { clock: systemClock() }),
    say: (bytes: Uint8Array) => void device?.write(Buffer.from(bytes)),
    heard: () => join(...chunks),
    features: () => [],
    unplug,
    replug: plug,
    async close() {
      if (device !== undefined) await unplug();
    },
  };
}

byteContract("serial by USB identity, on cdc-acm", cdcScale, {
  bytes: { reports: false, features: false },
  exclusive: true,
});

test("another serial number is another scale", async () => {
  const scale = await cdcScale();
  const other = { kind: "serial", usb: { ...usb, serial: "SCALE-2" }, ...line } as const;
  const wrong = serialTransport(other, { clock: systemClock() });
  expect(await wrong.open(recordingListener())).toMatchObject({
    ok: false,
    fault: { code: "device-absent", detail: expect.stringContaining("SCALE-1") },
  });
  await (await opened(scale.transport, recordingListener())).close();
  await scale.close();
});
