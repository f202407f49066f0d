import type { MtSicsFrame } from "../../protocols/codecs/mt-sics.ts";
import { mtSics } from "../../protocols/codecs/mt-sics.ts";
import { join } from "../../protocols/stream/bytes.ts";
import { cut } from "../../protocols/stream/cut.ts";
import type { Simulator, SimulatorEffect, SimulatorInput, SimulatorStep } from "../simulator.ts";
import type { Platform, PlatformOptions } from "./scale/platform.ts";
import {
  atRest,
  emptyPlatform,
  formatDigits,
  grossOf,
  loaded,
  platformDefaults,
  poweredUp,
  pressed,
  show,
  swayed,
  tared,
  zeroed,
} from "./scale/platform.ts";
import type { ScaleStimulus } from "./scale/simulated-scale.ts";

export interface MtSicsOptions extends PlatformOptions {
  readonly serial: string;
  /** Some firmware answers SI with `SI` instead of `S`. */
  readonly echo: "S" | "SI";
}

export const scaleDefaults: MtSicsOptions = { ...platformDefaults, serial: "B021002593", echo: "S" };

/** At power-up it tells its name unasked. */
export type MtSicsStimulus = Extract<ScaleStimulus, { kind: "load" | "print-key" | "power-up" | "key" }>;

export interface MtSicsState extends Platform {
  readonly rest: Uint8Array;
  /** T or Z, which wait for rest. */
  readonly waiting: "T" | "Z" | undefined;
  readonly printed: number;
}

const motionTimer = "motion";
const initial: MtSicsState = { ...emptyPlatform, rest: new Uint8Array(), waiting: undefined, printed: 0 };

type Step = SimulatorStep<MtSicsState>;

export class MtSicsSimulator implements Simulator<MtSicsState, MtSicsStimulus> {
  readonly name = "mt-sics";
  readonly initial = initial;
  readonly #options: MtSicsOptions;

  constructor(options: MtSicsOptions = scaleDefaults) {
    this.#options = options;
  }

  step(state: MtSicsState, input: SimulatorInput<MtSicsStimulus>): Step {
    switch (input.kind) {
      case "bytes":
        return this.#hear(state, input.bytes);
      case "timer":
        return this.#carryOut({ ...state, ...atRest(state) });
      case "stimulus":
        return this.#feel(state, input.stimulus);
      case "opened":
      case "feature":
        return { state, effects: [] };
    }
  }

  #hear(before: MtSicsState, bytes: Uint8Array): Step {
    const { pieces, rest } = cut(join(before.rest, bytes), mtSics.probe, mtSics.frameBytesMax);
    let state: MtSicsState = { ...before, rest: rest.slice() };
    const effects: SimulatorEffect[] = [];
    for (const piece of pieces) {
      const frame = mtSics.decode(piece.bytes);
      const step =
        frame.ok && frame.value.kind === "command"
          ? this.#obey(state, frame.value.command)
          : { state, effects: isBlank(piece.bytes) ? [] : [say({ kind: "error", error: "ES" })] };
      state = step.state;
      effects.push(...step.effects);
    }
    return { state, effects };
  }

  #obey(state: MtSicsState, command: string): Step {
    switch (command) {
      case "I4":
        return { state, effects: [this.#sayName()] };
      case "@":
        return { state: { ...state, tare: 0, waiting: undefined }, effects: [this.#sayName()] };
      case "SI":
        return this.#weigh({ ...state, ...swayed(state) });
      case "TAC":
        return { state: { ...state, tare: 0 }, effects: [say({ kind: "done", echo: "TAC", stable: true })] };
      case "T":
      case "Z": {
        const waiting: MtSicsState = { ...state, waiting: command };
        return state.moving ? { state: waiting, effects: [] } : this.#carryOut(waiting);
      }
      default:
        return { state, effects: [say({ kind: "error", error: "EL" })] };
    }
  }

  #weigh(state: MtSicsState): Step {
    const { echo } = this.#options;
    const obstacle = this.#obstacle(state);
    if (obstacle !== undefined) return { state, effects: [say({ kind: "obstacle", echo, obstacle })] };
    const { digits, decimals, unit, stable } = show(state, this.#options);
    const value = formatDigits(digits, decimals);
    return { state, effects: [say({ kind: "weight", echo, value, unit, stable })] };
  }

  /** Carries T or Z out, now that the load is at rest. */
  #carryOut(before: MtSicsState): Step {
    const { waiting: echo } = before;
    const state: MtSicsState = { ...before, waiting: undefined };
    if (echo === undefined) return { state, effects: [] };
    return echo === "Z" ? this.#zero(state) : this.#tare(state);
  }

  #zero(state: MtSicsState): Step {
    const zero = zeroed(state, this.#options);
    if (zero !== undefined)
      return {
        state: { ...state, ...zero },
        effects: [say({ kind: "done", echo: "Z", stable: true })],
      };
    const obstacle = grossOf(state) > 0 ? "overload" : "underload";
    return { state, effects: [say({ kind: "obstacle", echo: "Z", obstacle })] };
  }

  #tare(state: MtSicsState): Step {
    const obstacle = this.#obstacle(state);
    if (obstacle !== undefined) return { state, effects: [say({ kind: "obstacle", echo: "T", obstacle })] };
    const { decimals, unit } = show(state, this.#options);
    const value = formatDigits(grossOf(state), decimals);
    return {
      state: { ...state, ...tared(state, this.#options) },
      effects: [say({ kind: "tare", echo: "T", value, unit, stable: true })],
    };
  }

  #feel(state: MtSicsState, stimulus: MtSicsStimulus): Step {
    switch (stimulus.kind) {
      case "load":
        return {
          state: { ...state, ...loaded(state, stimulus.digits) },
          effects: [{ kind: "timer", name: motionTimer, delayMs: this.#options.motionMs }],
        };
      case "print-key": {
        const printed = state.printed + 1;
        const { digits, decimals, unit, net } = show(state, this.#options);
        const value = formatDigits(digits, decimals);
        const line = say({ kind: "print", line: String(printed), value, unit, net });
        return { state: { ...state, printed }, effects: [line] };
      }
      case "power-up":
        return {
          state: {
            ...initial,
            printed: state.printed,
            ...poweredUp(state, this.#options),
            zeroMissing: false,
          },
          effects: [this.#sayName()],
        };
      case "key":
        return { state: { ...state, ...pressed(state, stimulus.key, this.#options) }, effects: [] };
    }
  }

  #obstacle(state: MtSicsState): "overload" | "underload" | undefined {
    const { obstacle } = show(state, this.#options);
    return obstacle === "overload" || obstacle === "underload" ? obstacle : undefined;
  }

  #sayName(): SimulatorEffect {
    return say({ kind: "identity", item: "I4", more: false, content: `"${this.#options.serial}"` });
  }
}

const say = (frame: MtSicsFrame): SimulatorEffect => ({ kind: "send", bytes: mtSics.encode(frame) });
/** An empty line is no command, so it is not answered. */
const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0x0d || byte === 0x0a);
