import type { Cancel, Clock, ClockQuality } from "../protocols/clock.ts";
import type { SimulatedTime } from "./simulated-time.ts";

/** A box with its own idea of the time. Monotonic time begins anew with each boot. */
export class SimulatedMachine {
  readonly name: string;
  readonly time: SimulatedTime;
  boots = 1;
  /** What the box believes, beside the world's own time. */
  wallOffsetMs: number;
  clockQuality: ClockQuality = "synced";
  #bootedMs: number;
  readonly #processes = new Set<SimulatedProcess>();

  constructor(name: string, time: SimulatedTime, wallStartMs: number) {
    this.name = name;
    this.time = time;
    this.wallOffsetMs = wallStartMs - time.nowMs;
    this.#bootedMs = time.nowMs;
  }

  get boot(): string {
    return `${this.name}-boot-${this.boots}`;
  }

  wallMs(): number {
    return this.wallOffsetMs + this.time.nowMs;
  }

  monotonicMs(): number {
    return this.time.nowMs - this.#bootedMs;
  }

  start(name: string): SimulatedProcess {
    const process = new SimulatedProcess(name, this);
    this.#processes.add(process);
    process.onEnd(() => this.#processes.delete(process));
    return process;
  }

  /** Everything that ran is gone at this very moment; the box is up again, with the time as it was set then. */
  cutPower(): void {
    for (const process of this.#processes) process.end("power-cut");
    this.boots += 1;
    this.#bootedMs = this.time.nowMs;
  }
}

export type ProcessEnd = "killed" | "power-cut" | "closed";

/**
 * A process behind a fence: its code goes on in the host's memory after it was killed, but none of its timers,
 * writes and packets has an effect any more. Whoever carries out an effect for it asks `passes` first; a kill can
 * be armed for the n-th effect from now, which is as good as a kill at any await: between two effects nothing of a
 * process can be seen from outside.
 */
export class SimulatedProcess {
  readonly name: string;
  readonly machine: SimulatedMachine;
  readonly clock: Clock;
  ended: ProcessEnd | undefined;
  #effectsLeft = Number.POSITIVE_INFINITY;
  readonly #listeners = new Set<(end: ProcessEnd) => void>();

  constructor(name: string, machine: SimulatedMachine) {
    this.name = name;
    this.machine = machine;
    this.clock = {
      wallMs: () => machine.wallMs(),
      monotonicMs: () => machine.monotonicMs(),
      quality: () => machine.clockQuality,
      after: (delayMs, task) =>
        machine.time.after(delayMs, () => {
          if (this.passes()) task();
        }),
    };
  }

  /** Whether an effect of this process may happen; the armed one does not, and ends it. */
  passes(): boolean {
    if (this.ended !== undefined) return false;
    this.#effectsLeft -= 1;
    if (this.#effectsLeft >= 1) return true;
    this.end("killed");
    return false;
  }

  /** The process ends instead of its n-th effect from now. */
  killAtEffect(count: number): void {
    this.#effectsLeft = Math.max(1, count);
  }

  end(how: ProcessEnd): void {
    if (this.ended !== undefined) return;
    this.ended = how;
    for (const listener of this.#listeners) listener(how);
    this.#listeners.clear();
  }

  onEnd(listener: (end: ProcessEnd) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
