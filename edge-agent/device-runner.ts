import type { Logger } from "pino";
import type { RunningSession } from "../drivers/driver.ts";
import type { Cancel, Clock } from "../protocols/clock.ts";
import type { CommandOutcome, DeviceCommand } from "../protocols/commands.ts";
import type { DeviceConfig } from "../protocols/config/devices.ts";
import type { TransportConfig } from "../protocols/config/transport.ts";
import type { Fault, FaultCode } from "../protocols/faults.ts";
import type { Random } from "../protocols/random.ts";
import type { DeviceState, Observation } from "../protocols/readings.ts";
import type { Opening, Transport } from "../protocols/transport.ts";
import { Alarm } from "./alarm.ts";
import { messageOf } from "./deadline.ts";
import { type ConnectionEvents, DeviceConnection } from "./device-connection.ts";
import { EffectQueue } from "./effect-queue.ts";
import { type Health, type HealthReports, healthReports } from "./health.ts";
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

/** A device is said to lose readings for so long after the last one that was lost. */
export const droppingMsMax = 60_000;

export interface DeviceRunnerOptions {
  readonly device: DeviceConfig;
  readonly openTransport: (config: TransportConfig) => Transport;
  readonly startSession: (device: DeviceConfig) => RunningSession;
  readonly emit: (observation: Observation) => void;
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
  readonly #options: DeviceRunnerOptions;
  readonly #smoother: Smoother;
  readonly #reports: HealthReports = healthReports();
  readonly #effects = new EffectQueue<SupervisionEffect>((effect) => this.#carryOut(effect));
  readonly #timers = new Map<SupervisionTimer, Cancel>();
  readonly #smoothingAlarm: Alarm;
  readonly #healthAlarm: Alarm;
  readonly #droppingAlarm: Alarm;
  #supervision: Supervision = initialSupervision;
  #transport: Transport | undefined;
  #connection: DeviceConnection | undefined;
  #noiseBytes = 0;
  #droppedReadings = 0;
  #droppingUntilMs: number | undefined;
  #connections = 0;
  #closed = false;
  #loggedCondition: string | undefined;
  #loggedError: string | undefined;

  constructor(options: DeviceRunnerOptions) {
    this.#options = options;
    this.#smoother = smoother(options.device.smoothing);
    this.#smoothingAlarm = new Alarm(options.clock, () => this.#smoothTime());
    this.#healthAlarm = new Alarm(options.clock, () => this.#reportDue());
    this.#droppingAlarm = new Alarm(options.clock, () => this.#noteHealth());
  }

  start(): void {
    this.#supervise({ kind: "backoff-elapsed" });
  }

  condition(): DeviceCondition {
    return {
      state: this.#supervision.state,
      fault: this.#supervision.fault,
      noiseBytes: this.#noiseBytes,
      droppedReadings: this.#droppedReadings,
      connections: this.#connections,
    };
  }

  take(command: DeviceCommand): void {
    if (command.task.kind === "restart") {
      this.#supervise({ kind: "restart" });
      this.#answer(command.id, "done", undefined);
    } else if (isWorking(this.#supervision.state) && this.#connection !== undefined) {
      this.#connection.take(command);
    } else {
      this.#answer(command.id, "failed", "device-not-ready");
    }
  }

  /** A reading of this device had to be given up. */
  dropped(observation: Observation): void {
    this.#droppedReadings += 1;
    // A health reading that says "dropped" and is dropped itself must not call for the next one.
    if (observation.kind === "health") return;
    this.#droppingUntilMs = this.#options.clock.monotonicMs() + droppingMsMax;
    this.#droppingAlarm.setFor(this.#droppingUntilMs);
    this.#noteHealth();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopTimers();
    for (const alarm of [this.#smoothingAlarm, this.#healthAlarm, this.#droppingAlarm]) alarm.stop();
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  #supervise(input: SupervisionInput): void {
    if (this.#closed) return;
    const { state, effects } = supervise(this.#supervision, input, this.#options.random);
    this.#supervision = state;
    this.#smoother.look(isWorking(state.state), this.#options.clock.monotonicMs());
    this.#smoothingAlarm.setFor(this.#smoother.dueMs());
    this.#effects.push(effects);
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
        return this.#noteHealth();
    }
  }

  async #open(): Promise<void> {
    let connection: DeviceConnection | undefined;
    try {
      const { device, openTransport, startSession, clock } = this.#options;
      this.#transport ??= openTransport(device.transport);
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
      observe: (observation) => this.#observe(observation),
      answer: (command, outcome, fault) => this.#answer(command, outcome, fault),
      noise: (byteCount) => {
        this.#noiseBytes += byteCount;
        this.#noteHealth();
      },
      broke: (error) => this.#logBroken(error),
    };
  }

  async #close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  #observe(observation: Observation): void {
    const smoothed = this.#smoother.observe(observation, this.#options.clock.monotonicMs());
    for (const each of smoothed) this.#options.emit(each);
    this.#smoothingAlarm.setFor(this.#smoother.dueMs());
  }

  #smoothTime(): void {
    for (const each of this.#smoother.tick(this.#options.clock.monotonicMs())) this.#options.emit(each);
    this.#smoothingAlarm.setFor(this.#smoother.dueMs());
  }

  #answer(command: string, outcome: CommandOutcome, fault: FaultCode | undefined): void {
    this.#options.emit({ kind: "answer", command, outcome, ...(fault === undefined ? {} : { fault }) });
  }

  #noteHealth(): void {
    const nowMs = this.#options.clock.monotonicMs();
    const isDropping = this.#droppingUntilMs !== undefined && nowMs < this.#droppingUntilMs;
    const { state, fault } = this.#supervision;
    this.#droppingAlarm.setFor(isDropping ? this.#droppingUntilMs : undefined);
    this.#reports.note(
      {
        state,
        fault: fault?.code ?? (isDropping ? "readings-dropped" : undefined),
        noiseBytes: this.#noiseBytes,
        droppedReadings: this.#droppedReadings,
      },
      nowMs,
    );
    this.#reportDue();
  }

  #reportDue(): void {
    const health = this.#reports.take(this.#options.clock.monotonicMs());
    this.#healthAlarm.setFor(this.#reports.dueMs());
    if (health === undefined) return;
    this.#logHealth(health);
    const { fault, ...rest } = health;
    this.#options.emit({ kind: "health", ...rest, ...(fault === undefined ? {} : { fault }) });
  }

  /** Growing counts are told to the store, but no news for the log. */
  #logHealth({ state, fault }: Health): void {
    const condition = `${state} ${fault}`;
    if (condition === this.#loggedCondition) return;
    this.#loggedCondition = condition;
    const level = fault === undefined ? "info" : "warn";
    this.#options.log[level]({
      event: "device-health",
      state,
      fault,
      detail: this.#supervision.fault?.detail,
    });
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
