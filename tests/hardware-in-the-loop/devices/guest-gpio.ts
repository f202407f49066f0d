import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../../cli/system.ts";
import { startDriver } from "../../../drivers/catalog.ts";
import type { SessionEffect } from "../../../drivers/driver.ts";
import { gpioTransport } from "../../../drivers/transports/gpio.ts";
import { deviceSchema } from "../../../protocols/config/devices.ts";
import type { GpioLine } from "../../../protocols/config/transport.ts";
import { lineContract, opened } from "../../drivers/transports/contract.ts";
import { recordingListener } from "../../drivers/transports/recording-listener.ts";
import { waitUntil } from "../../wait-until.ts";

const settings = "/sys/kernel/config/gpio-sim/storewire";
const common = { chip: "bench", activeLow: true, debounceMs: 20 } as const;
const lines: Record<string, GpioLine> = {
  button: { ...common, offset: 1, direction: "in" },
  lamp: { ...common, offset: 2, direction: "out" },
};
const read = (path: string): string => readFileSync(path, "utf8").trim();

/** A chip of eight lines from the kernel's own simulator; the fourth has a name. */
function simulatedChip() {
  if (!existsSync(settings)) {
    mkdirSync(join(settings, "bank0/line4"), { recursive: true });
    writeFileSync(join(settings, "bank0/num_lines"), "8");
    writeFileSync(join(settings, "bank0/label"), "bench");
    writeFileSync(join(settings, "bank0/line4/name"), "GPIO4");
  }
  const live = (is: boolean): void => {
    if ((read(join(settings, "live")) === "1") !== is) writeFileSync(join(settings, "live"), is ? "1" : "0");
  };
  const pin = (offset: number): string => {
    const chip = read(join(settings, "bank0/chip_name"));
    return `/sys/devices/platform/${read(join(settings, "dev_name"))}/${chip}/sim_gpio${offset}`;
  };
  live(true);
  for (const offset of [1, 4]) writeFileSync(`${pin(offset)}/pull`, "pull-up");
  return {
    live,
    pull: (offset: number, high: boolean) =>
      writeFileSync(`${pin(offset)}/pull`, high ? "pull-up" : "pull-down"),
    level: (offset: number) => read(`${pin(offset)}/value`) === "1",
  };
}

const named: GpioLine = { name: "GPIO4", activeLow: true, debounceMs: 20, direction: "in" };
/** /sys/class/gpio knows names of the device tree only, which a simulated chip has not. */
const backends: readonly (readonly [string, object, GpioLine])[] = [
  ["by /sys/class/gpio and onoff", {}, { ...common, offset: 4, direction: "in" }],
  ["by /dev/gpiochip and gpiod's tools", { root: "/no/such/folder" }, named],
];

for (const [name, place, inner] of backends) {
  const transportOf = (wanted: Record<string, GpioLine>) =>
    gpioTransport({ kind: "gpio", lines: wanted }, { clock: systemClock(), ...place });

  lineContract(`gpio ${name}`, () => {
    const chip = simulatedChip();
    return Promise.resolve({
      transport: transportOf(lines),
      press: (active: boolean) => chip.pull(1, !active),
      lamp: () => !chip.level(2),
      unplug: () => Promise.resolve(chip.live(false)),
      replug: () => Promise.resolve(chip.live(true)),
      close: () => Promise.resolve(chip.live(false)),
    });
  });

  test(`a line that is open ${name} is in use for everybody else`, async () => {
    const chip = simulatedChip();
    const connection = await opened(transportOf(lines), recordingListener());
    const second = await transportOf(lines).open(recordingListener());
    // A second export of one's own process is the same line to /sys/class/gpio; the chip's users are told apart.
    const other = gpioTransport({ kind: "gpio", lines }, { clock: systemClock(), root: "/no/such/folder" });
    expect(await other.open(recordingListener())).toMatchObject({
      ok: false,
      fault: { code: "port-in-use" },
    });
    if (second.ok) await second.connection.close();
    await connection.close();
    chip.live(false);
  });

  test(`a pair of beams tells directions ${name}`, async () => {
    const chip = simulatedChip();
    const device = deviceSchema.parse({
      id: "door",
      readPoint: "entrance",
      driver: "gpio-beam-pair",
      transport: { kind: "simulated", name: "door" },
      settings: { outer: "outer", inner: "inner", windowMs: 10_000 },
    });
    const session = startDriver(device);
    const effects: SessionEffect[] = [...session.step({ kind: "opened" })];
    const heard = recordingListener();
    const beams = { outer: { ...common, offset: 1, direction: "in" }, inner } as const;
    const connection = await opened(transportOf(beams), {
      ...heard,
      edge(line, active) {
        heard.edge(line, active);
        effects.push(...session.step({ kind: "edge", line, active }));
      },
    });
    const pause = (edges: number) => waitUntil(`${edges} edges`, () => heard.edges.length >= edges, 20_000);
    let edges = 0;
    for (const [offset, high] of [
      [1, false],
      [4, false],
      [1, true],
      [4, true],
    ] as const) {
      // The session's own timer, as the agent would ring it.
      if (edges === 1) effects.push(...session.step({ kind: "timer", name: "together" }));
      chip.pull(offset, high);
      edges += 1;
      await pause(edges);
    }
    expect(effects).toContainEqual({
      kind: "observe",
      observation: { kind: "passage", direction: "in" },
    });
    await connection.close();
    chip.live(false);
  });
}
