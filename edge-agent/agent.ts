import type { Logger } from "pino";
import type { RunningSession } from "../drivers/driver.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Cancel, Clock } from "../protocols/clock.ts";
import type { CommandTarget } from "../protocols/commands.ts";
import type { DeviceConfig, DriverName } from "../protocols/config/devices.ts";
import type { TransportConfig } from "../protocols/config/transport.ts";
import type { Pulse } from "../protocols/progress.ts";
import type { Random } from "../protocols/random.ts";
import type { Observation, Reading, ReadingSink } from "../protocols/readings.ts";
import type { Transport } from "../protocols/transport.ts";
import { whenSet } from "./clock-telling.ts";
import { Commands } from "./commands.ts";
import { Delivery } from "./delivery.ts";
import { type DeviceCondition, DeviceRunner } from "./device-runner.ts";
import { LoopKeeper, type StuckDevice } from "./loop-keeper.ts";
import type { FlightRecorder } from "./recorder/flight-recorder.ts";
import { type DevicePlace, type Stamping, stamping } from "./stamping.ts";

/** How long an orderly stop waits for the sink; what it has not taken by then is lost with the process. */
export const flushMsMax = 3_000;

export interface AgentOptions {
  readonly agent: string;
  readonly devices: readonly DeviceConfig[];
  readonly openTransport: (config: TransportConfig) => Transport;
  /** Called for each new connection of a device. */
  readonly startSession: (device: DeviceConfig) => RunningSession;
  readonly sink: ReadingSink;
  /** Where commands are written down before the device gets them; it stays the caller's to close. */
  readonly journal: Outbox;
  readonly clock: Clock;
  readonly random: Random;
  readonly boot: string;
  readonly log: Logger;
  /** A reading was made. */
  readonly onReading?: (reading: Reading) => void;
  /** The sink has these on disk. */
  readonly onCommitted?: (readings: readonly Reading[]) => void;
}

export interface DeviceStatus extends DeviceCondition {
  readonly device: string;
  readonly driver: DriverName;
  readonly readPoint: string;
  /** Readings since the agent started, health and answers among them. */
  readonly readings: number;
  /** The last one that is not about its own health. */
  readonly lastReading: Reading | undefined;
  /** How often its loop stood still and was begun anew. */
  readonly loopRestarts: number;
}

export interface Agent extends CommandTarget {
  devices(): readonly DeviceStatus[];
  /** Readings that the sink has not taken yet. */
  waiting(): number;
  /** What of the agent has to get on beside its devices, which it looks after by itself. */
  pulses(): readonly Pulse[];
  /** Devices that could not be helped by beginning their loops anew. */
  stuckDevices(): readonly StuckDevice[];
  /** Calls of transports have not come back for so long that they may hold threads for ever. */
  callsHang(): boolean;
  /** Told of each reading of this device as it is made, until it is cancelled; undefined for an unknown device. */
  listen(device: string, listener: (reading: Reading) => void): Cancel | undefined;
  /** The same of what its driver observes, before that is smoothed. */
  listenClosely(device: string, listener: (observation: Observation) => void): Cancel | undefined;
  /** What passed between this device and us lately; undefined for an unknown device. */
  recorded(device: string): RecordedDevice | undefined;
  /** Lets go of the devices, then waits a little for the sink. */
  close(): Promise<void>;
}

export interface RecordedDevice {
  readonly device: DeviceConfig;
  readonly recorder: FlightRecorder;
}

/** Starts every device by itself; none that is missing holds the others back. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const agent = new RunningAgent(options);
  await agent.start();
  return agent;
}

interface Post {
  readonly config: DeviceConfig;
  readonly place: DevicePlace;
  readonly runner: DeviceRunner;
  readings: number;
  lastReading: Reading | undefined;
  readonly listeners: Set<(reading: Reading) => void>;
  readonly closeListeners: Set<(observation: Observation) => void>;
}

class RunningAgent implements Agent {
  readonly #options: AgentOptions;
  readonly #stamp: Stamping;
  readonly #delivery: Delivery;
  readonly #commands: Commands;
  readonly #posts: ReadonlyMap<string, Post>;
  readonly #keeper: LoopKeeper;
  #stopLooking: Cancel = () => undefined;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#stamp = stamping(options);
    const { sink, clock, random, log, onCommitted } = options;
    this.#delivery = new Delivery({
      sink,
      clock,
      random,
      log,
      ...(onCommitted === undefined ? {} : { onCommitted }),
      onDropped: ({ device, observation }) => this.#posts.get(device)?.runner.dropped(observation),
    });
    this.#commands = new Commands({
      journal: options.journal,
      log,
      deviceOf: (device) => {
        const post = this.#posts.get(device);
        return post && { place: post.place, take: (command) => post.runner.take(command) };
      },
      emit: (place, answer) => this.#deliver(place, answer),
    });
    this.#posts = new Map(options.devices.map((config) => [config.id, this.#postOf(config)]));
    const runners = new Map([...this.#posts].map(([device, { runner }]) => [device, runner]));
    this.#keeper = new LoopKeeper(runners, clock, log);
  }

  async start(): Promise<void> {
    await this.#commands.recover();
    for (const { runner } of this.#posts.values()) runner.start();
    this.#keeper.start();
    this.#stopLooking = whenSet(this.#options.clock, () => this.#tellTime());
  }

  take: CommandTarget["take"] = (command) => this.#commands.take(command);

  devices(): readonly DeviceStatus[] {
    return [...this.#posts.values()].map(({ config, place, runner, readings, lastReading }) => ({
      ...place,
      ...runner.condition(),
      driver: config.driver,
      readings,
      lastReading,
      loopRestarts: this.#keeper.restarts(config.id),
    }));
  }

  waiting(): number {
    return this.#delivery.waiting;
  }

  pulses(): readonly Pulse[] {
    return [this.#delivery.pulse()];
  }

  stuckDevices(): readonly StuckDevice[] {
    return this.#keeper.stuck();
  }

  callsHang(): boolean {
    return [...this.#posts.values()].some(({ runner }) => runner.callsHang);
  }

  listen(device: string, listener: (reading: Reading) => void): Cancel | undefined {
    return listenIn(this.#posts.get(device)?.listeners, listener);
  }

  listenClosely(device: string, listener: (observation: Observation) => void): Cancel | undefined {
    return listenIn(this.#posts.get(device)?.closeListeners, listener);
  }

  recorded(device: string): RecordedDevice | undefined {
    const post = this.#posts.get(device);
    return post && { device: post.config, recorder: post.runner.recorder };
  }

  async close(): Promise<void> {
    this.#keeper.stop();
    this.#stopLooking();
    await Promise.all([...this.#posts.values()].map(({ runner }) => runner.close()));
    await this.#commands.close();
    await this.#delivery.close(flushMsMax);
  }

  /** A reading is what tells of our clock; one that says again what was said changes nothing else. */
  #tellTime(): void {
    for (const { runner } of this.#posts.values()) if (runner.tellHealthAgain()) return;
  }

  #postOf(config: DeviceConfig): Post {
    const { clock, random, openTransport, startSession, log } = this.#options;
    const place = { device: config.id, readPoint: config.readPoint };
    const closeListeners = new Set<(observation: Observation) => void>();
    const runner = new DeviceRunner({
      device: config,
      openTransport,
      startSession,
      clock,
      random,
      log: log.child({ device: config.id }),
      emit: (observation, atMs) => {
        if (observation.kind === "answer") this.#commands.answered(observation);
        else this.#deliver(place, observation, atMs);
      },
      observed(observation) {
        for (const listener of closeListeners) listener(observation);
      },
    });
    return {
      config,
      place,
      runner,
      readings: 0,
      lastReading: undefined,
      listeners: new Set(),
      closeListeners,
    };
  }

  #deliver(place: DevicePlace, observation: Observation, atMs?: number): void {
    const reading = this.#stamp(place, observation, atMs);
    const post = this.#posts.get(place.device);
    if (post !== undefined) {
      post.readings += 1;
      if (observation.kind !== "health") post.lastReading = reading;
      for (const listener of post.listeners) listener(reading);
    }
    this.#options.onReading?.(reading);
    this.#delivery.put(reading);
  }
}

function listenIn<Said>(listeners: Set<(said: Said) => void> | undefined, listener: (said: Said) => void) {
  listeners?.add(listener);
  return listeners && (() => void listeners.delete(listener));
}
