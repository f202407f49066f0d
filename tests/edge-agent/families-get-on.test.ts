import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { families, startDriver } from "../../drivers/catalog.ts";
import { DeviceRunner } from "../../edge-agent/device-runner.ts";
import { LoopKeeper } from "../../edge-agent/loop-keeper.ts";
import { type DeviceConfig, type DriverName, deviceSchema } from "../../protocols/config/devices.ts";
import { seededRandom } from "../../protocols/random.ts";
import { carryInProcess } from "../../simulators/carriers/in-process.ts";
import { EscposSimulator, printerDefaults } from "../../simulators/devices/escpos-printer.ts";
import { createLlrp } from "../../simulators/devices/llrp.ts";
import { createM100, m100Defaults } from "../../simulators/devices/m100-bb.ts";
import { MtSicsSimulator, scaleDefaults } from "../../simulators/devices/mt-sics.ts";
import { llrpDefaults } from "../../simulators/devices/parts/llrp-state.ts";
import { createR200, r200Defaults } from "../../simulators/devices/r200-aa.ts";
import { R2000Simulator, readerDefaults } from "../../simulators/devices/r2000-a0.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import type { Simulator } from "../../simulators/simulator.ts";

const minuteMs = 60_000;

const polled: Readonly<Partial<Record<DriverName, () => Simulator<unknown, never>>>> = {
  "escpos-printer": () => new EscposSimulator(printerDefaults),
  "mt-sics": () => new MtSicsSimulator(scaleDefaults),
  llrp: () => createLlrp(llrpDefaults),
  "m100-bb": () => createM100(m100Defaults),
  "r200-aa": () => createR200(r200Defaults),
  "r2000-a0": () => new R2000Simulator(readerDefaults, seededRandom(1)),
};

/** Settings without which there is no such device. */
const needed: Readonly<Record<string, object>> = {
  "gpio-buttons": { buttons: { a: { kind: "call-next" } } },
  "gpio-beam-pair": { outer: "a", inner: "b" },
  "gpio-outputs": { outputs: ["a"] },
  "hid-keypad": { buttons: { enter: { kind: "call-next" } } },
};

const deviceOf = (driver: string): DeviceConfig =>
  deviceSchema.parse({
    id: driver,
    readPoint: "desk",
    driver,
    transport: { kind: "simulated", name: driver },
    ...(needed[driver] === undefined ? {} : { settings: needed[driver] }),
  });

describe("a family's loop", () => {
  it("is one that asks its device without end, or one that only listens", () => {
    const polling = Object.keys(families).filter((name) => startDriver(deviceOf(name)).polls === true);
    expect(polling.sort()).toEqual(Object.keys(polled).sort());
  });

  it.each(Object.entries(polled))(
    "of %s always has a timer, so that it is never begun anew in vain",
    async (driver, create) => {
      const clock = new ManualClock();
      const device = carryInProcess(create(), { clock });
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
    },
  );
});
