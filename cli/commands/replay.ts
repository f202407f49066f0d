import { readFileSync, statSync } from "node:fs";
import { families, startDriver } from "../../drivers/catalog.ts";
import { replay } from "../../edge-agent/recorder/replay.ts";
import type { Clock } from "../../protocols/clock.ts";
import { type Recording, readRecording, recordingBytesMax } from "../../protocols/recording.ts";
import { carryOnPty } from "../../simulators/carriers/on-pty.ts";
import { carryOnTcp } from "../../simulators/carriers/on-tcp.ts";
import type { CarriedDevice } from "../../simulators/carriers/run-simulator.ts";
import { type PlayListener, recordedDevice } from "../../simulators/recorded-device.ts";
import { exitCodes } from "../exit-codes.ts";
import { firstSignal } from "../signals.ts";
import { systemClock } from "../system.ts";
import { UnavailableError } from "../unavailable-error.ts";
import { UsageError } from "../usage-error.ts";

export type Carrier = "pty" | "tcp";

export interface ReplayOptions {
  /** Be the device instead of the driver, on this carrier. */
  readonly asDevice?: Carrier;
  /** A pseudo-terminal's stable name. */
  readonly link?: string;
  readonly port?: number;
  /** Given to a host before a device on a pseudo-terminal speaks by itself. */
  readonly startAfter: number;
}

/** `storewire replay FILE`: what today's driver makes of a recording, or the recorded device itself. */
export async function replayFile(file: string, options: ReplayOptions): Promise<number> {
  const recording = recordingOrComplain(file);
  if (recording === undefined) return exitCodes.failed;
  process.stdout.on("error", () => process.exit(exitCodes.done));
  if (options.asDevice !== undefined) {
    const { driver } = recording.header.device;
    if (!families[driver].driver.transports.some((kind) => kind === "serial" || kind === "tcp"))
      throw new UsageError(`${driver} speaks on no line that a ${options.asDevice} could stand in for`);
    return await beDevice(recording, options.asDevice, options);
  }
  for (const line of replay(recording, startDriver)) console.log(JSON.stringify(line));
  return exitCodes.done;
}

function recordingOrComplain(file: string): Recording | undefined {
  const read = readRecording(textOf(file));
  if (read.ok) return read.recording;
  console.error(`${file}:${read.line}: not a recording: ${read.reason}`);
  return undefined;
}

function textOf(file: string): string {
  try {
    if (statSync(file).size > recordingBytesMax)
      throw new Error(`it has more than ${recordingBytesMax} bytes, as no recording has`);
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UnavailableError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

interface Place {
  readonly device: CarriedDevice<never>;
  /** How a configuration reaches it. */
  readonly transport: object;
}

async function beDevice(recording: Recording, carrier: Carrier, options: ReplayOptions): Promise<number> {
  const clock = systemClock();
  const stopped = firstSignal();
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const listener: PlayListener = {
    plugged: (plugged) => void (plugged ? place.device.replug() : place.device.unplug()),
    ended: () => end(),
  };
  const place = await carry(recording, carrier, { clock, options, listener });
  console.log(JSON.stringify({ driver: recording.header.device.driver, transport: place.transport }));
  console.error("the device is there; it speaks once a host does, or as it did then; Ctrl-C takes it away");
  await Promise.race([stopped, ended]);
  await place.device.close();
  return exitCodes.done;
}

async function carry(
  { header, entries }: Recording,
  carrier: Carrier,
  around: { readonly clock: Clock; readonly options: ReplayOptions; readonly listener: PlayListener },
): Promise<Place> {
  const { clock, options, listener } = around;
  const name = header.device.driver;
  if (carrier === "tcp") {
    const simulator = recordedDevice({ name, entries, seesHosts: true, startAfterMs: 0 }, listener);
    const { port } = options;
    const device = await carryOnTcp(simulator, { clock, ...(port === undefined ? {} : { port }) });
    return { device, transport: { kind: "tcp", host: device.host, port: device.port } };
  }
  const startAfterMs = options.startAfter * 1_000;
  const simulator = recordedDevice({ name, entries, seesHosts: false, startAfterMs }, listener);
  const { link } = options;
  const device = carryOnPty(simulator, { clock, ...(link === undefined ? {} : { link }) });
  return { device, transport: { kind: "serial", path: device.path } };
}
