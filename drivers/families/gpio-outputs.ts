import type { DeviceCommand } from "../../protocols/commands.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Driver, Session, SessionEffect, SessionStep } from "../driver.ts";
import { run } from "../driver.ts";
import { failed } from "./parts/answers.ts";
import { stay } from "./parts/steps.ts";

type Settings = SettingsOf<"gpio-outputs">;

/** Lamps and relays on GPIO lines. The transport opens and leaves every output inactive. */
export const gpioOutputs: Driver<Settings> = {
  name: "gpio-outputs",
  transports: ["gpio"],
  start: (settings) => run(gpioOutputsSession(settings)),
};

/** The lines in a pulse, and what each goes back to; the timer wears the line's name. */
type OutputsState = ReadonlyMap<string, boolean>;

/** An output cannot be asked whether its lamp shines: driven is done. */
export function gpioOutputsSession({ outputs }: Settings): Session<OutputsState> {
  const drive = (state: OutputsState, command: DeviceCommand): SessionStep<OutputsState> => {
    const { task } = command;
    if (task.kind !== "output" || !outputs.includes(task.line))
      return { state, effects: [failed(command, "command-unsupported")] };
    const { line, active, pulseMs } = task;
    const pulses = new Map(state);
    pulses.delete(line);
    if (pulseMs !== undefined) pulses.set(line, !active);
    const timer: SessionEffect =
      pulseMs === undefined
        ? { kind: "cancel-timer", name: line }
        : { kind: "timer", name: line, delayMs: pulseMs };
    return { state: pulses, effects: [{ kind: "set-line", line, active, command: command.id }, timer] };
  };
  const endPulse = (state: OutputsState, line: string): SessionStep<OutputsState> => {
    const active = state.get(line);
    if (active === undefined) return stay(state);
    const pulses = new Map(state);
    pulses.delete(line);
    return { state: pulses, effects: [{ kind: "set-line", line, active }] };
  };
  return {
    initial: new Map(),
    step(state, input) {
      switch (input.kind) {
        case "opened":
          return { state: new Map(), effects: [{ kind: "ready" }] };
        case "command":
          return drive(state, input.command);
        case "timer":
          return endPulse(state, input.name);
        case "bytes":
        case "edge":
          return stay(state);
      }
    },
  };
}
