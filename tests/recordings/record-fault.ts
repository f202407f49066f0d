import { pino } from "pino";
import { startDriver } from "../../drivers/catalog.ts";
import { DeviceRunner } from "../../edge-agent/device-runner.ts";
import { saveRecording } from "../../edge-agent/recorder/save-recording.ts";
import type { CommandTask } from "../../protocols/commands.ts";
import { type DeviceConfig, type DriverName, deviceSchema } from "../../protocols/config/devices.ts";
import { seededRandom } from "../../protocols/random.ts";
import type { Observation } from "../../protocols/readings.ts";
import { carryInProcess } from "../../simulators/carriers/in-process.ts";
import type { CarriedDevice } from "../../simulators/carriers/run-simulator.ts";
import { createSimulator, simulatedFamilies } from "../../simulators/catalog.ts";
import type { LineFault } from "../../simulators/line-faults.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { type StimulusOf, worldOf } from "../../simulators/stimuli.ts";

/** A device while it is recorded: what the world and the store do to it, and time. */
export interface Stage<Name extends DriverName> extends CarriedDevice<StimulusOf<Name> | LineFault> {
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  command(task: CommandTask): void;
}

/** A fault of one family: how the device is set up, and what goes wrong. */
export interface FaultPlan<Name extends DriverName> {
  /** What goes wrong, as the file's name says it behind the driver. */
  readonly fault: string;
  readonly settings?: object;
  readonly options?: object;
  readonly play: (stage: Stage<Name>) => Promise<void>;
}

export interface RecordedFault {
  readonly lines: readonly string[];
  /** What the running device said meanwhile, its health aside. */
  readonly readings: readonly Observation[];
}

/** A manual clock begins here, and a recording made on it says so. */
const boot = "simulated";

/** Plays a fault on a family's simulator under the real runner, and saves what the flight recorder heard. */
export async function recordFault<Name extends DriverName>(
  driver: Name,
  plan: FaultPlan<Name>,
): Promise<RecordedFault> {
  const clock = new ManualClock();
  const device = deviceOf(driver, plan.settings);
  const options = worldOf[driver].options.parse(plan.options ?? {});
  const simulator = createSimulator(driver, options as never, seededRandom(1));
  const kind = simulatedFamilies[driver].transports[0];
  const carried = carryInProcess(simulator, { clock, ...(kind === undefined ? {} : { kind }) });
  const readings: Observation[] = [];
  const runner = new DeviceRunner({
    device,
    openTransport: () => carried.transport,
    startSession: startDriver,
    emit: (observation) => void (observation.kind !== "health" && readings.push(observation)),
    clock,
    random: seededRandom(1),
    log: pino({ level: "silent" }),
  });
  runner.start();
  let commands = 0;
  await plan.play({
    ...carried,
    stimulate: (stimulus) => carried.stimulate(stimulus),
    pass: (ms) => clock.turn(ms),
    command(task) {
      commands += 1;
      runner.take({ id: `command-${commands}`, device: device.id, task });
    },
  });
  const lines: string[] = [];
  const source = { device, recorder: runner.recorder, clock, boot, version: "0.1.0" };
  const say = (line: object): void => void lines.push(JSON.stringify(line));
  saveRecording(source, { past: true, lastsMs: 0, say, ended: () => undefined });
  await runner.close();
  await carried.close();
  return { lines, readings };
}

function deviceOf(driver: DriverName, settings: object | undefined): DeviceConfig {
  return deviceSchema.parse({
    id: driver,
    readPoint: "desk",
    driver,
    transport: { kind: "simulated", name: driver },
    ...(settings === undefined ? {} : { settings }),
  });
}
