import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gpioTransport } from "../../../drivers/transports/gpio.ts";
import { lineCheckMs } from "../../../drivers/transports/gpio-onoff.ts";
import type { GpioLine } from "../../../protocols/config/transport.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import { opened } from "./contract.ts";
import type { FakeOnoff } from "./fake-onoff.ts";
import { fakeOnoff } from "./fake-onoff.ts";
import { recordingListener } from "./recording-listener.ts";

const common = { chip: "bench", activeLow: true, debounceMs: 20 } as const;
const button: GpioLine = { ...common, offset: 1, direction: "in" };
const lamp: GpioLine = { ...common, offset: 2, direction: "out" };

describe("gpio", () => {
  let clock: ManualClock;
  let fake: FakeOnoff;
  beforeEach(() => {
    clock = new ManualClock();
    fake = fakeOnoff();
  });
  afterEach(() => fake.remove());

  const transport = (lines: Record<string, GpioLine> = { button, lamp }) =>
    gpioTransport(
      { kind: "gpio", lines },
      { clock, root: fake.root, loadOnoff: () => Promise.resolve(fake.module) },
    );

  test("lines are opened by the chip's base and the offset, outputs inactive", async () => {
    await opened(
      transport({ button, lamp, bell: { ...lamp, offset: 3, activeLow: false } }),
      recordingListener(),
    );
    expect([...fake.lines]).toEqual([
      [521, { direction: "in", activeLow: true, active: false, exported: true }],
      [522, { direction: "high", activeLow: true, active: false, exported: true }],
      [523, { direction: "low", activeLow: false, active: false, exported: true }],
    ]);
  });

  test("an edge comes after the debounce time, and a line that is active at the start is none", async () => {
    const heard = recordingListener();
    await (await opened(transport(), recordingListener())).close();
    fake.move(521, true);
    await opened(transport(), heard);
    await clock.turn(500);
    expect(heard.edges).toEqual([]);
    fake.move(521, false);
    await clock.turn(19);
    expect(heard.edges).toEqual([]);
    await clock.turn(1);
    expect(heard.edges).toEqual([["button", false]]);
  });

  test("an edge whose interrupt was lost is found by the regular check", async () => {
    const heard = recordingListener();
    await opened(transport(), heard);
    fake.move(521, true, "unheard");
    await clock.turn(lineCheckMs + 20);
    expect(heard.edges).toEqual([["button", true]]);
  });

  test("a chip that is gone, of which onoff says nothing, ends the connection", async () => {
    const heard = recordingListener();
    const connection = await opened(transport(), heard);
    fake.present = false;
    await clock.turn(lineCheckMs);
    expect(heard.faults).toEqual([
      {
        code: "connection-lost",
        detail: "line button: the GPIO chip bench cannot be read: ENODEV: no such device, read",
      },
    ]);
    await expect(connection.setLine("lamp", true)).rejects.toThrow("the connection has ended");
    expect([...fake.lines.values()].map(({ exported }) => exported)).toEqual([false, false]);
  });

  test("a lamp that was on is off after the close, and all lines are given back", async () => {
    const connection = await opened(transport(), recordingListener());
    await connection.setLine("lamp", true);
    expect(fake.lines.get(522)?.active).toBe(true);
    await connection.close();
    expect(fake.lines.get(522)).toMatchObject({ active: false, exported: false });
    expect(fake.lines.get(521)?.exported).toBe(false);
  });

  test("an input cannot be driven, nor a line that is not there", async () => {
    const connection = await opened(transport(), recordingListener());
    await expect(connection.setLine("button", true)).rejects.toThrow("no output line is named button");
    await expect(connection.setLine("siren", true)).rejects.toThrow("no output line is named siren");
  });

  test("when one line cannot be opened, those before it are given back", async () => {
    const other: GpioLine = { ...button, chip: "elsewhere" };
    const opening = await transport({ button, other }).open(recordingListener());
    expect(opening).toEqual({
      ok: false,
      fault: {
        code: "device-absent",
        detail: "line other: no GPIO chip is labelled elsewhere; there are: bench",
      },
    });
    expect(fake.lines.get(521)?.exported).toBe(false);
  });

  test.each([
    ["EBUSY", "port-in-use"],
    ["EACCES", "permission-denied"],
    ["EINVAL", "device-absent"],
  ] as const)("the kernel's %s is the fault %s", async (code, fault) => {
    fake.refusal = Object.assign(new Error(`${code}: export`), { code });
    const opening = await transport({ button }).open(recordingListener());
    expect(opening).toEqual({
      ok: false,
      fault: { code: fault, detail: `line button (number 521): ${code}: export` },
    });
  });

  test("without the optional package, the fault says how to install it", async () => {
    const missing = Object.assign(new Error("Cannot find package 'onoff'"), { code: "ERR_MODULE_NOT_FOUND" });
    const without = gpioTransport(
      { kind: "gpio", lines: { button } },
      { clock, root: fake.root, loadOnoff: () => Promise.reject(missing) },
    );
    expect(await without.open(recordingListener())).toMatchObject({
      ok: false,
      fault: { code: "gpio-unavailable", detail: expect.stringContaining("npm install onoff") },
    });
  });
});
