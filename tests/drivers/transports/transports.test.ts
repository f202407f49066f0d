import { execFile } from "node:child_process";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../cli/system.ts";
import { openTransport, transportEnvironment } from "../../../drivers/transports.ts";
import type { TransportConfig } from "../../../protocols/config/transport.ts";
import { transportSchema } from "../../../protocols/config/transport.ts";
import type { Transport } from "../../../protocols/transport.ts";
import { carryInProcess } from "../../../simulators/carriers/in-process.ts";
import { opened } from "./contract.ts";
import { probeDevice } from "./probe-device.ts";
import { recordingListener } from "./recording-listener.ts";

const clock = systemClock();

describe("the transport of a configured device", () => {
  const absent: readonly (readonly [string, unknown, RegExp])[] = [
    ["serial", { path: "/dev/serial/by-id/no-such-device" }, /ENOENT/],
    ["tcp", { host: "127.0.0.1", port: 1 }, /ECONNREFUSED/],
    [
      "gpio",
      { lines: { button: { chip: "no-such-chip", offset: 1 } } },
      /\/sys\/class\/gpio|no-such-chip|onoff/,
    ],
    ["simulated", { name: "no-such-simulator" }, /there are: none/],
  ];
  test.each(absent)("%s: what is absent is a value", async (kind, rest, words) => {
    const config: TransportConfig = transportSchema.parse({ kind, ...(rest as object) });
    const environment = transportEnvironment(clock);
    const opening = await openTransport(config, environment).open(recordingListener());
    await environment.close();
    expect(opening).toMatchObject({
      ok: false,
      fault: {
        code: expect.stringMatching(/^(device-absent|gpio-unavailable)$/),
        detail: expect.stringMatching(words),
      },
    });
  });

  test("hid: devices share one process, which ends with the environment", async () => {
    const environment = transportEnvironment(clock);
    const [first, second] = await Promise.all([environment.hid(), environment.hid()]);
    expect(first).toBe(second);
    const config = transportSchema.parse({ kind: "hid", usb: { vendor: "0001", product: "fffe" } });
    expect(await openTransport(config, environment).open(recordingListener())).toMatchObject({ ok: false });
    await environment.close();
  });

  test("simulated: a twin is looked up by name at each opening, so it may come later", async () => {
    const simulated = new Map<string, Transport>();
    const environment = transportEnvironment(clock, simulated);
    const transport = openTransport({ kind: "simulated", name: "probe" }, environment);
    expect(await transport.open(recordingListener())).toMatchObject({
      ok: false,
      fault: { code: "device-absent", detail: "no simulator is named probe; there are: none" },
    });
    simulated.set("probe", carryInProcess(probeDevice().simulator, { clock }).transport);
    await (await opened(transport, recordingListener())).close();
  });

  test("a box without serial, HID and GPIO devices loads none of their packages", async () => {
    const entry = new URL("../../../dist/drivers/transports.js", import.meta.url).href;
    const script = `
      const { openTransport, transportEnvironment } = await import("${entry}");
      const { default: module } = await import("node:module");
      const environment = transportEnvironment({ after: () => () => {} });
      const listener = { bytes() {}, edge() {}, closed() {} };
      await openTransport({ kind: "tcp", host: "127.0.0.1", port: 1 }, environment).open(listener);
      console.log(Object.keys(module._cache).join("\\n"));`;
    const loaded = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, ["--input-type=module", "-e", script], (error, stdout) =>
        error === null ? resolve(stdout) : reject(error),
      );
    });
    expect(loaded).not.toMatch(/serialport|node-hid|onoff/);
  });
});
