import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../cli/system.ts";
import { portFault, serialTransport } from "../../../drivers/transports/serial.ts";
import { serialLineSchema } from "../../../protocols/config/transport.ts";
import { carryOnPty } from "../../../simulators/carriers/on-pty.ts";
import { byteContract, opened } from "./contract.ts";
import { probeDevice } from "./probe-device.ts";
import { recordingListener } from "./recording-listener.ts";
import { waitUntil } from "./wait-until.ts";

const clock = systemClock();
const line = serialLineSchema.parse({});
if (process.getuid?.() !== 0)
  console.warn("a serial port without permission is not tested here: giving rights up needs root");

function bench(usbPath = false) {
  const folder = mkdtempSync(join(tmpdir(), "storewire-serial-"));
  const probe = probeDevice();
  const device = carryOnPty(probe.simulator, { clock, link: join(folder, "usb-Probe_P1-if00") });
  const port = { vendor: "0c2e", product: "0b61", ports: ["1-1"] };
  const transport = usbPath
    ? serialTransport(
        { kind: "serial", usb: { vendor: "0c2e", product: "0b61" }, ...line },
        { clock, findSerialPorts: () => [{ ...port, path: device.node }] },
      )
    : serialTransport({ kind: "serial", path: device.path, ...line }, { clock });
  return {
    device,
    transport,
    heard: probe.heard,
    features: probe.features,
    say: (bytes: Uint8Array) => device.stimulate({ kind: "say", bytes }),
    unplug: () => device.unplug(),
    replug: () => device.replug(),
    close: async () => {
      await device.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const abilities = { bytes: { reports: false, features: false }, exclusive: true };
byteContract("serial by path, on a pseudo-terminal", () => Promise.resolve(bench()), abilities);
byteContract("serial by USB identity, on a pseudo-terminal", () => Promise.resolve(bench(true)), abilities);

describe("serial", () => {
  test("lowers DTR and RTS where that is wanted, and says so where the port has none", async () => {
    const { device, transport, close } = bench();
    const config = { kind: "serial", path: device.path, ...line, lowerSignals: true } as const;
    const lowered = await serialTransport(config, { clock }).open(recordingListener());
    expect(lowered).toMatchObject({ ok: false });
    if (lowered.ok) throw new Error("a pseudo-terminal has no DTR");
    expect(lowered.fault.detail).toMatch(/^DTR and RTS cannot be lowered: /);
    // The port was given back.
    const plain = await opened(transport, recordingListener());
    await plain.close();
    await close();
  });

  test("unplugged mid-stream it ends, and does not go on burning the processor", async () => {
    const { device, transport, say, close } = bench();
    const heard = recordingListener();
    await opened(transport, heard);
    const stream = new Uint8Array(65_536).fill(0x55);
    say(stream);
    say(stream);
    await waitUntil("the stream", () => heard.all().length > 8_000);
    await device.unplug();
    await waitUntil("closed", () => heard.faults.length > 0, 1_000);
    const before = process.cpuUsage();
    await pause(1_000);
    const { user, system } = process.cpuUsage(before);
    // The busy loop of serialport takes a whole core and more; half of one is far from both.
    expect((user + system) / 1_000).toBeLessThan(500);
    await close();
  });

  test("each replug is another node, and the old connection never wakes up", async () => {
    const { device, transport, close } = bench();
    const first = device.node;
    const old = recordingListener();
    await opened(transport, old);
    await device.unplug();
    await waitUntil("closed", () => old.faults.length === 1);
    await device.replug();
    expect(device.node).not.toBe(first);
    const connection = await opened(transport, recordingListener());
    await device.unplug();
    await device.replug();
    await connection.close();
    expect(old.faults).toHaveLength(1);
    await close();
  });

  test("a path that is no character device is the wrong device", async () => {
    const transport = serialTransport({ kind: "serial", path: "/etc/hostname", ...line }, { clock });
    expect(await transport.open(recordingListener())).toMatchObject({
      ok: false,
      fault: { code: "wrong-device", detail: "/etc/hostname is no character device" },
    });
  });

  test("a character device that is no serial port is the wrong device", async () => {
    const transport = serialTransport({ kind: "serial", path: "/dev/null", ...line }, { clock });
    expect(await transport.open(recordingListener())).toMatchObject({
      ok: false,
      fault: { code: "wrong-device" },
    });
  });

  test("two USB devices that fit are named both, and neither is opened", async () => {
    const twin = { vendor: "1a86", product: "7523", ports: [] };
    const transport = serialTransport(
      { kind: "serial", usb: { vendor: "1a86", product: "7523" }, ...line },
      { clock, findSerialPorts: () => ["/dev/ttyUSB0", "/dev/ttyUSB1"].map((path) => ({ ...twin, path })) },
    );
    const opening = await transport.open(recordingListener());
    expect(opening).toMatchObject({ ok: false, fault: { code: "wrong-device" } });
    expect(JSON.stringify(opening)).toMatch(/ttyUSB0.*ttyUSB1/);
  });

  test.skipIf(process.getuid?.() !== 0)("a port that the service's user may not open says so", async () => {
    const { device, close } = bench();
    const fault = await openAsNobody(device.node);
    await close();
    expect(fault).toMatchObject({ code: "permission-denied", detail: expect.stringContaining("EACCES") });
  });

  test.each([
    ["Error Resource temporarily unavailable Cannot lock port", "port-in-use"],
    ["Error: Device or resource busy, cannot open /dev/ttyACM0", "port-in-use"],
    ["Error: Permission denied, cannot open /dev/ttyACM0", "permission-denied"],
    ["Error: No such file or directory, cannot open /dev/ttyACM0", "device-absent"],
    ["Error: Inappropriate ioctl for device setting custom baud rate of 13", "wrong-device"],
  ] as const)("serialport's %j is the fault %s", (words, code) => {
    expect(portFault(words)).toEqual({ code, detail: words });
  });
});

/** In a process without rights: the suite may run as root, who may open everything. */
async function openAsNobody(path: string): Promise<unknown> {
  const entry = new URL("../../../dist/drivers/transports/serial.js", import.meta.url).href;
  const script = `
    const { serialTransport } = await import("${entry}");
    process.setgroups([]);
    process.setgid(65534);
    process.setuid(65534);
    const config = { kind: "serial", path: "${path}", baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1 };
    const opening = await serialTransport(config, {}).open({});
    console.log(JSON.stringify(opening.fault));`;
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, ["--input-type=module", "-e", script], (error, stdout) =>
      error === null ? resolve(JSON.parse(stdout)) : reject(error),
    );
  });
}
