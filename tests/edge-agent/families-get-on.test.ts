import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { startDriver } from "../../drivers/catalog.ts";
import { DeviceRunner } from "../../edge-agent/device-runner.ts";
import { LoopKeeper } from "../../edge-agent/loop-keeper.ts";
import { type DeviceConfig, type DriverName, deviceSchema } from "../../protocols/config/devices.ts";
import { seededRandom } from "../../protocols/random.ts";
import { carryInProcess } from "../../simulators/carriers/in-process.ts";
import { createSimulator } from "../../simulators/catalog.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import type { Simulator } from "../../simulators/simulator.ts";
import type { OptionsOf } from "../../simulators/stimuli.ts";
import { worldOf } from "../../simulators/stimuli.ts";

const minuteMs = 60_000;

const driverNames = deviceSchema.options.map((option) => option.shape.driver.value).sort();

/** Settings without which there is no such device. */
const needed: Readonly<Record<string, object>> = {
  "gpio-buttons": { buttons: { a: { kind: "call-next" } } },
  "gpio-beam-pair": { outer: "a", inner: "b" },
  "gpio-outputs": { outputs: ["a"] },
  "hid-keypad": { buttons: { enter: { kind: "call-next" } } },
  "serial-pager": { buttons: { next: { kind: "call-next" } }, frames: { next: "aa01fe" } },
};

const deviceOf = (driver: string): DeviceConfig =>
  deviceSchema.parse({
    id: driver,
    readPoint: "desk",
    driver,
    transport: { kind: "simulated", name: driver },
    ...(needed[driver] === undefined ? {} : { settings: needed[driver] }),
  });

/** A button or a scanner says something when somebody uses it, and nothing else. */
const listening = [
  "gpio-beam-pair",
  "gpio-buttons",
  "gpio-outputs",
  "hid-keyboard",
  "hid-keypad",
  "hid-scanner",
  "serial-pager",
  "serial-scanner",
];
const polled = driverNames.filter((name) => !listening.includes(name));

const simulate = <Name extends DriverName>(name: Name): Simulator<unknown, never> =>
  createSimulator(name, worldOf[name].options.parse({}) as OptionsOf<Name>, seededRandom(1));

describe("a family's loop", () => {
  it("is one that asks its device without end, or one that only listens", () => {
    const polling = driverNames.filter((name) => startDriver(deviceOf(name)).polls === true);
    expect(polling).toEqual(polled);
  });

  it.each(polled)("of %s always has a timer, so that it is never begun anew in vain", async (driver) => {
    const clock = new ManualClock();
    const device = carryInProcess(simulate(driver), { clock });
    const words: unknown[] = [];
    const runner = new DeviceRunner({
      device: deviceOf(driver),
      openTransport: () => device.transport,
      startSession: startDriver,
      emit: () => undefined,
      clock,
      random: seededRandom(1),
      log: pino({ level: "silent" }),
    });
    const log = pino({ level: "info" }, { write: (line: string) => words.push(JSON.parse(line)) });
    const keeper = new LoopKeeper(new Map([[driver, runner]]), clock, log);
    runner.start();
    keeper.start();
    for (let minute = 0; minute < 4; minute += 1) {
      await clock.turn(minuteMs / 2);
      expect(runner.condition().state).toBe("ready");
      const rests = runner.pulses().map(({ part, rests: resting }) => `${part} ${resting}`);
      expect(rests).toContain("loop true");
      await device.unplug();
      await clock.turn(minuteMs / 2);
      await device.replug();
    }
    expect(words).toEqual([]);
  });
});
