import type { Logger } from "pino";
import type { RunningSession } from "../drivers/driver.ts";
import type { Cancel, Clock } from "../protocols/clock.ts";
import type { CommandOutcome, DeviceCommand } from "../protocols/commands.ts";
import type { DeviceConfig } from "../protocols/config/devices.ts";
import type { TransportConfig } from "../protocols/config/transport.ts";
import type { Fault, FaultCode } from "../protocols/faults.ts";
import type { Pulse } from "../protocols/progress.ts";
import type { Random } from "../protocols/random.ts";
import type { DeviceState, Observation } from "../protocols/readings.ts";
import type { Opening, Transport } from "../protocols/transport.ts";
import { Alarm } from "./alarm.ts";
import { messageOf } from "./deadline.ts";
import { type ConnectionEvents, DeviceConnection } from "./device-connection.ts";
import { DeviceTransport } from "./device-transport.ts";
import { EffectQueue } from "./effect-queue.ts";
import { HealthTeller } from "./health-teller.ts";
import { loopStillMsMax } from "./loop-watch.ts";
import { FlightRecorder } from "./recorder/flight-recorder.ts";
import { type Smoother, smoother } from "./smoothing.ts";
import {
  initialSupervision,
  isWorking,
  type Supervision,
  type SupervisionEffect,
  type SupervisionInput,
  type SupervisionTimer,
  supervise,
} from "./supervision.ts";

export interface DeviceRunnerOptions {
  readonly device: DeviceConfig;
  readonly openTransport: (config: TransportConfig) => Transport;
  readonly startSession: (device: DeviceConfig) => RunningSession;
  /** `atMs`: when it was, on the monotonic clock; now where it is absent. */
  readonly emit: (observation: Observation, atMs?: number) => void;
  /** Each observation as the driver makes it, before it is smoothed. */
  readonly observed?: (observation: Observation) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export interface DeviceCondition {
  readonly state: DeviceState;
  readonly fault: Fault | undefined;
  readonly noiseBytes: number;
  readonly droppedReadings: number;
  /** How often its transport could be opened. */
  readonly connections: number;
}

/** The shell round one device: it alone knows its transport, its session and its timers, and it alone falls. */
export class DeviceRunner {
  /** What passed between the device and us lately. */
  readonly recorder: FlightRecorder;
  readonly #options: DeviceRunnerOptions;
  readonly #smoother: Smoother;
  readonly #health: HealthTeller;
  readonly #transport: DeviceTransport;
  readonly #timers = new Map<SupervisionTimer, Cancel>();
  readonly #smoothingAlarm: Alarm;
  #supervision: Supervision = initialSupervision;
  #effects = this.#newEffects();
  #connection: DeviceConnection | undefined;
  #connections = 0;
  #steps = 0;
  #worked = false;
  #closed = false;
  #loggedError: string | undefined;

  constructor(options: DeviceRunnerOptions) {
    this.#options = options;
    this.recorder = new FlightRecorder(options.clock);
    this.#transport = new DeviceTransport(() =>
      this.recorder.tap(options.openTransport(options.device.transport)),
    );
    this.#smoother = smoother(options.device.smoothing);
    this.#smoothingAlarm = new Alarm(options.clock, () => this.#smoothTime());
    const { emit, clock, log } = options;
    this.#health = new HealthTeller({ emit, clock, log, condition: () => this.#supervision });
  }

  start(): void {
    this.#supervise({ kind: "backoff-elapsed" });
  }

  condition(): DeviceCondition {
    return {
      state: this.#supervision.state,
      fault: this.#supervision.fault,
      noiseBytes: this.#health.noiseBytes,
      droppedReadings: this.#health.droppedReadings,
      connections: this.#connections,
    };
  }

  /** It was ready once since the process began. */
  get worked(): boolean {
    return this.#worked;
  }

  /** Calls of its transport that have not come back. */
  get callsOut(): number {
    return this.#transport.callsOut;
  }

  /** Some were left behind. */
  get callsHang(): boolean {
    return this.#transport.callsHang;
  }

  /** Its loop, and the calls that the loop makes: an absent device waits for a timer, and gets on. */
  pulses(): readonly Pulse[] {
    const { calls } = this.#transport;
    const wakes = isWorking(this.#supervision.state)
      ? this.#connection?.wakes === true
      : this.#timers.size > 0;
    const steps = this.#steps + (this.#connection?.steps ?? 0);
    return [
      { part: "loop", steps, rests: wakes || this.#effects.busy, stillMsMax: loopStillMsMax },
      { part: "transport", steps: calls.settled, rests: calls.open === 0, stillMsMax: loopStillMsMax },
    ];
  }

  /** Its loop stands still: whatever it may hang on is left behind, and it begins anew. */
  renew(): void {
    this.#transport.leave();
    const left = this.#connection;
    this.#connection = undefined;
    void left?.close();
    this.#effects = this.#newEffects();
    this.#supervise({ kind: "restart" });
  }

  /** Nothing more is tried before somebody asks for it. */
  setAside(detail: string): void {
    this.#supervise({ kind: "set-aside", fault: { code: "device-stuck", detail } });
  }

  take(command: DeviceCommand): void {
    if (command.task.kind === "restart") {
      if (this.#supervision.fault?.code === "device-stuck") this.renew();
      else this.#supervise({ kind: "restart" });
      this.#answer(command.id, "done", undefined);
    } else if (isWorking(this.#supervision.state) && this.#connection !== undefined) {
      this.recorder.command(command);
      this.#connection.take(command);
    } else {
      this.#answer(command.id, "failed", "device-not-ready");
    }
  }

  /** A reading of this device had to be given up. */
  dropped(observation: Observation): void {
    this.#health.dropped(observation);
  }

  /** Says the health once more; false where nothing was said yet, for that is said anyway. */
  tellHealthAgain(): boolean {
    return this.#health.tellAgain();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopTimers();
    this.#smoothingAlarm.stop();
    this.#health.stop();
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  #supervise(input: SupervisionInput): void {
    if (this.#closed) return;
    const { state, effects } = supervise(this.#supervision, input, this.#options.random);
    this.#supervision = state;
    this.#steps += 1;
    this.#worked ||= isWorking(state.state);
    this.#smoother.look(isWorking(state.state), this.#options.clock.monotonicMs());
    this.#smoothingAlarm.setFor(this.#smoother.dueMs());
    this.#effects.push(effects);
  }

  #newEffects(): EffectQueue<SupervisionEffect> {
    return new EffectQueue((effect) => this.#carryOut(effect));
  }

  #carryOut(effect: SupervisionEffect): void | Promise<void> {
    if (this.#closed) return;
    switch (effect.kind) {
      case "open":
        // Not awaited: the deadline that follows is for this very opening.
        void this.#open();
        return;
      case "close":
        return this.#close();
      case "start-timer":
        return this.#startTimer(effect.timer, effect.delayMs);
      case "stop-timers":
        return this.#stopTimers();
      case "report-health":
        return this.#health.note();
    }
  }

  async #open(): Promise<void> {
    let connection: DeviceConnection | undefined;
    try {
      const { device, startSession, clock } = this.#options;
      connection = new DeviceConnection(startSession(device), this.#events(), clock);
      this.#connection = connection;
      const opening = await this.#transport.open(connection.listener);
      await this.#begin(connection, opening);
    } catch (error) {
      this.#logBroken(error);
      if (connection === this.#connection)
        this.#supervise({ kind: "open-failed", fault: { code: "driver-broken", detail: messageOf(error) } });
    }
  }

  async #begin(connection: DeviceConnection, opening: Opening): Promise<void> {
    if (connection !== this.#connection) {
      if (opening.ok) await opening.connection.close();
      return;
    }
    if (!opening.ok) return this.#supervise({ kind: "open-failed", fault: opening.fault });
    this.#connections += 1;
    this.#supervise({ kind: "opened" });
    connection.begin(opening.connection);
  }

  /** A connection that was closed has been told to be silent, so it speaks for the device as long as it speaks. */
  #events(): ConnectionEvents {
    return {
      ready: () => this.#supervise({ kind: "handshake-ready" }),
      degraded: (fault) => this.#supervise({ kind: "degraded", fault }),
      healthy: () => this.#supervise({ kind: "healthy" }),
      over: (kind, fault) => this.#supervise({ kind, fault }),
      observe: (observation, atMs) => this.#observe(observation, atMs),
      answer: (command, outcome, fault) => this.#answer(command, outcome, fault),
      noise: (byteCount) => this.#health.noise(byteCount),
      broke: (error) => this.#logBroken(error),
    };
  }

  async #close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  #observe(observation: Observation, atMs: number | undefined): void {
    this.#options.observed?.(observation);
    const smoothed = this.#smoother.observe(observation, this.#options.clock.monotonicMs());
    for (const each of smoothed) this.#options.emit(each, atMs);
    this.#smoothingAlarm.setFor(this.#smoother.dueMs());
  }

  #smoothTime(): void {
    for (const each of this.#smoother.tick(this.#options.clock.monotonicMs())) this.#options.emit(each);
    this.#smoothingAlarm.setFor(this.#smoother.dueMs());
  }

  #answer(command: string, outcome: CommandOutcome, fault: FaultCode | undefined): void {
    this.#options.emit({ kind: "answer", command, outcome, ...(fault === undefined ? {} : { fault }) });
  }

  /** A driver that breaks in the same way at each retry is logged once. */
  #logBroken(error: unknown): void {
    const message = messageOf(error);
    if (message === this.#loggedError) return;
    this.#loggedError = message;
    this.#options.log.error({ event: "driver-broken", err: error });
  }

  #startTimer(timer: SupervisionTimer, delayMs: number): void {
    const elapsed = {
      backoff: { kind: "backoff-elapsed" },
      handshake: { kind: "handshake-timeout" },
      stable: { kind: "stable-for-long" },
    } as const satisfies Record<SupervisionTimer, SupervisionInput>;
    this.#timers.get(timer)?.();
    this.#timers.set(
      timer,
      this.#options.clock.after(delayMs, () => this.#supervise(elapsed[timer])),
    );
  }

  #stopTimers(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }
}
