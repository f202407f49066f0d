import type { Session, SessionEffect, SessionInput } from "../../../drivers/driver.ts";
import type { Cancel } from "../../../protocols/clock.ts";
import type { DeviceCommand } from "../../../protocols/commands.ts";
import type { Fault } from "../../../protocols/faults.ts";
import type { Observation } from "../../../protocols/readings.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import type { Simulator, SimulatorEffect, SimulatorInput } from "../../../simulators/simulator.ts";

/** How bytes travel on the way up: into the chunks that arrive, at once or later. */
export type Line = (
  bytes: Uint8Array,
) => readonly { readonly bytes: Uint8Array; readonly afterMs?: number }[];

const straight: Line = (bytes) => [{ bytes }];

/** A session and a simulator joined in memory on a clock that the test turns. */
export class Pump<DriverState, DeviceState, Stimulus> {
  readonly clock = new ManualClock();
  readonly observations: Observation[] = [];
  /** The device's own time of each observation, where it gave one. */
  readonly observedMs: (number | undefined)[] = [];
  /** The device's own time as it told it by itself. */
  readonly deviceTimes: number[] = [];
  readonly answers: Extract<SessionEffect, { kind: "answer" }>[] = [];
  readonly degraded: Fault[] = [];
  readonly givenUp: Fault[] = [];
  readonly sent: Uint8Array[] = [];
  readonly lines = new Map<string, boolean>();
  ready = false;
  healthyCount = 0;
  noiseBytes = 0;
  /** Replace it to tear, delay or spoil what the device sends. */
  line: Line = straight;
  /** False while what the host sends gets lost. */
  hostHeard = true;
  state: DriverState;
  device: DeviceState;
  readonly #session: Session<DriverState>;
  readonly #simulator: Simulator<DeviceState, Stimulus>;
  readonly #hostTimers = new Map<string, Cancel>();
  readonly #deviceTimers = new Map<string, Cancel>();

  constructor(session: Session<DriverState>, simulator: Simulator<DeviceState, Stimulus>) {
    this.#session = session;
    this.#simulator = simulator;
    this.state = session.initial;
    this.device = simulator.initial;
  }

  async open(turnMs = 0): Promise<this> {
    this.toDevice({ kind: "opened" });
    this.toHost({ kind: "opened" });
    await this.clock.turn(turnMs);
    return this;
  }

  stimulate(stimulus: Stimulus): void {
    this.toDevice({ kind: "stimulus", stimulus });
  }

  command(command: DeviceCommand): void {
    this.toHost({ kind: "command", command });
  }

  /** Bytes that reach the host whoever sent them. */
  arrive(bytes: Uint8Array): void {
    this.toHost({ kind: "bytes", bytes });
  }

  toHost(input: SessionInput): void {
    if (this.givenUp.length > 0) return;
    const { state, effects } = this.#session.step(this.state, input);
    this.state = state;
    for (const effect of effects) this.#carryOut(effect);
  }

  toDevice(input: SimulatorInput<Stimulus>): void {
    const { state, effects } = this.#simulator.step(this.device, input);
    this.device = state;
    for (const effect of effects) this.#act(effect);
  }

  #carryOut(effect: SessionEffect): void {
    if (effect.kind === "send") {
      this.sent.push(effect.bytes);
      this.clock.after(0, () => {
        if (this.hostHeard) this.toDevice({ kind: "bytes", bytes: effect.bytes });
      });
    } else if (effect.kind === "send-feature") {
      this.clock.after(0, () => this.toDevice({ kind: "feature", bytes: effect.bytes }));
    } else if (effect.kind === "timer") {
      const { name, delayMs } = effect;
      arm(this.#hostTimers, name, () =>
        this.clock.after(delayMs, () => this.toHost({ kind: "timer", name })),
      );
    } else if (effect.kind === "cancel-timer") arm(this.#hostTimers, effect.name, undefined);
    else this.#note(effect);
  }

  #note(effect: SessionEffect): void {
    if (effect.kind === "observe") {
      this.observations.push(effect.observation);
      this.observedMs.push(effect.readerMs);
    }
    if (effect.kind === "reader-time") this.deviceTimes.push(effect.readerMs);
    if (effect.kind === "set-line") this.#setLine(effect);
    if (effect.kind === "answer") this.answers.push(effect);
    if (effect.kind === "degraded") this.degraded.push(effect.fault);
    if (effect.kind === "give-up") this.givenUp.push(effect.fault);
    if (effect.kind === "noise") this.noiseBytes += effect.byteCount;
    if (effect.kind === "ready") this.ready = true;
    if (effect.kind === "healthy") this.healthyCount += 1;
  }

  #setLine({ line, active, command }: Extract<SessionEffect, { kind: "set-line" }>): void {
    this.lines.set(line, active);
    if (command !== undefined) this.answers.push({ kind: "answer", command, outcome: "done" });
  }

  #act(effect: SimulatorEffect): void {
    switch (effect.kind) {
      case "send":
        for (const { bytes, afterMs } of this.line(effect.bytes))
          this.clock.after(afterMs ?? 0, () => this.arrive(bytes));
        break;
      case "edge":
        this.toHost({ kind: "edge", line: effect.line, active: effect.active });
        break;
      case "timer":
        arm(this.#deviceTimers, effect.name, () =>
          this.clock.after(effect.delayMs, () => this.toDevice({ kind: "timer", name: effect.name })),
        );
        break;
      case "cancel-timer":
        arm(this.#deviceTimers, effect.name, undefined);
        break;
    }
  }
}

function arm(timers: Map<string, Cancel>, name: string, start: (() => Cancel) | undefined): void {
  timers.get(name)?.();
  timers.delete(name);
  if (start !== undefined) timers.set(name, start());
}

/** A line that cuts every sending at one position. */
export const splitAt =
  (position: number): Line =>
  (bytes) => [{ bytes: bytes.subarray(0, position) }, { bytes: bytes.subarray(position) }];
