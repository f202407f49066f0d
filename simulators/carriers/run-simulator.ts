import type { Cancel, Clock } from "../../protocols/clock.ts";
import type { RunningSimulator, Simulator, SimulatorEffect, SimulatorInput } from "../simulator.ts";

/** A simulated device as the scenario sees it, whatever carries its bytes. */
export interface CarriedDevice<Stimulus> extends RunningSimulator<Stimulus> {
  /** The cable is pulled: the host's connection breaks, and the device cannot be opened any more. */
  unplug(): Promise<void>;
  /** The cable is put back; on a pseudo-terminal the device comes back under another path. */
  replug(): Promise<void>;
  /** Takes the device away for good and frees what carried it. */
  close(): Promise<void>;
}

/** Where a simulated device's bytes and edges go. */
export interface Wire {
  send(bytes: Uint8Array): void;
  edge(line: string, active: boolean): void;
}

export interface SimulatorRun<Stimulus> {
  input(input: SimulatorInput<Stimulus>): void;
  /** Cancels the device's timers. */
  stop(): void;
}

/** Steps a simulator and carries its effects out; its timers run on whether or not a host is there. */
export function runSimulator<State, Stimulus>(
  simulator: Simulator<State, Stimulus>,
  clock: Clock,
  wire: Wire,
): SimulatorRun<Stimulus> {
  let state = simulator.initial;
  const timers = new Map<string, Cancel>();

  function input(event: SimulatorInput<Stimulus>): void {
    const step = simulator.step(state, event);
    state = step.state;
    for (const effect of step.effects) carryOut(effect);
  }

  function carryOut(effect: SimulatorEffect): void {
    switch (effect.kind) {
      case "send":
        return wire.send(effect.bytes);
      case "edge":
        return wire.edge(effect.line, effect.active);
      case "timer":
        return arm(effect.name, effect.delayMs);
      case "cancel-timer":
        return disarm(effect.name);
    }
  }

  function arm(name: string, delayMs: number): void {
    disarm(name);
    const cancel = clock.after(delayMs, () => {
      timers.delete(name);
      input({ kind: "timer", name });
    });
    timers.set(name, cancel);
  }

  function disarm(name: string): void {
    timers.get(name)?.();
    timers.delete(name);
  }

  return {
    input,
    stop() {
      for (const name of timers.keys()) disarm(name);
    },
  };
}
