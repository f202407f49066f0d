import type { Logger } from "pino";
import type { Clock } from "../protocols/clock.ts";
import type { Fault } from "../protocols/faults.ts";
import type { DeviceState, Observation } from "../protocols/readings.ts";
import { Alarm } from "./alarm.ts";
import { type Health, type HealthReports, healthReports } from "./health.ts";

/** A device is said to lose readings for so long after the last one that was lost. */
export const droppingMsMax = 60_000;

export interface HealthTellerOptions {
  readonly emit: (observation: Observation) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly condition: () => { readonly state: DeviceState; readonly fault: Fault | undefined };
}

/** Counts what goes wrong with one device and tells its health, to the store and to the log. */
export class HealthTeller {
  noiseBytes = 0;
  droppedReadings = 0;
  readonly #options: HealthTellerOptions;
  readonly #reports: HealthReports = healthReports();
  readonly #healthAlarm: Alarm;
  readonly #droppingAlarm: Alarm;
  #droppingUntilMs: number | undefined;
  #told: Observation | undefined;
  #loggedCondition: string | undefined;

  constructor(options: HealthTellerOptions) {
    this.#options = options;
    this.#healthAlarm = new Alarm(options.clock, () => this.#reportDue());
    this.#droppingAlarm = new Alarm(options.clock, () => this.note());
  }

  noise(byteCount: number): void {
    this.noiseBytes += byteCount;
    this.note();
  }

  /** A reading of this device had to be given up. */
  dropped(observation: Observation): void {
    this.droppedReadings += 1;
    // A health reading that says "dropped" and is dropped itself must not call for the next one.
    if (observation.kind === "health") return;
    this.#droppingUntilMs = this.#options.clock.monotonicMs() + droppingMsMax;
    this.#droppingAlarm.setFor(this.#droppingUntilMs);
    this.note();
  }

  /** Something has changed. */
  note(): void {
    const nowMs = this.#options.clock.monotonicMs();
    const isDropping = this.#droppingUntilMs !== undefined && nowMs < this.#droppingUntilMs;
    const { state, fault } = this.#options.condition();
    this.#droppingAlarm.setFor(isDropping ? this.#droppingUntilMs : undefined);
    this.#reports.note(
      {
        state,
        fault: fault?.code ?? (isDropping ? "readings-dropped" : undefined),
        noiseBytes: this.noiseBytes,
        droppedReadings: this.droppedReadings,
      },
      nowMs,
    );
    this.#reportDue();
  }

  /** False where nothing has been told yet; that will be told anyway. */
  tellAgain(): boolean {
    if (this.#told === undefined) return false;
    this.#options.emit(this.#told);
    return true;
  }

  stop(): void {
    this.#healthAlarm.stop();
    this.#droppingAlarm.stop();
  }

  #reportDue(): void {
    const health = this.#reports.take(this.#options.clock.monotonicMs());
    this.#healthAlarm.setFor(this.#reports.dueMs());
    if (health === undefined) return;
    this.#log(health);
    const { fault, ...rest } = health;
    this.#told = { kind: "health", ...rest, ...(fault === undefined ? {} : { fault }) };
    this.#options.emit(this.#told);
  }

  /** Growing counts are told to the store, but no news for the log. */
  #log({ state, fault }: Health): void {
    const condition = `${state} ${fault}`;
    if (condition === this.#loggedCondition) return;
    this.#loggedCondition = condition;
    const level = fault === undefined ? "info" : "warn";
    const { detail } = this.#options.condition().fault ?? {};
    this.#options.log[level]({ event: "device-health", state, fault, detail });
  }
}
