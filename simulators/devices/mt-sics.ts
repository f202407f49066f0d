import type { MtSicsFrame } from "../../protocols/codecs/mt-sics.ts";
import { mtSics } from "../../protocols/codecs/mt-sics.ts";
import { join } from "../../protocols/stream/bytes.ts";
import { cut } from "../../protocols/stream/cut.ts";
import type { Simulator, SimulatorEffect, SimulatorInput, SimulatorStep } from "../simulator.ts";

export interface ScaleOptions {
  readonly serial: string;
  readonly unit: "g" | "kg";
  /** Digits after the point; loads are given in the last digit. */
  readonly decimals: number;
  /** The most that it weighs, in the last digit. */
  readonly capacity: number;
  /** How long a new load sways before the weight is stable. */
  readonly motionMs: number;
  /** Some firmware answers SI with `SI` instead of `S`. */
  readonly echo: "S" | "SI";
}

/** 30.000 kg in steps of a gram, as counter scales have it. */
export const scaleDefaults: ScaleOptions = {
  serial: "B021002593",
  unit: "kg",
  decimals: 3,
  capacity: 30_000,
  motionMs: 600,
  echo: "S",
};

export type ScaleStimulus =
  /** What lies on the pan from now on, in the scale's last digit (grams by default); 0 is an empty pan. */
  | { readonly kind: "load"; readonly digits: number }
  | { readonly kind: "print-key" }
  /** Power comes back: tare and zero are forgotten, the scale tells its name unasked. */
  | { readonly kind: "power-up" };

export interface ScaleState {
  readonly rest: Uint8Array;
  readonly load: number;
  /** What the load was before it was changed; the weight sways between the two. */
  readonly before: number;
  readonly moving: boolean;
  readonly zero: number;
  readonly tare: number;
  /** T or Z, which wait for rest. */
  readonly waiting: "T" | "Z" | undefined;
  readonly printed: number;
  /** Rises with every weight asked for while the load moves, so that no two are alike. */
  readonly sway: number;
}

const motionTimer = "motion";
/** Zero can be set within 2 % of the capacity (OIML R 76). */
const zeroRange = 0.02;
/** Underload begins below 20 last digits under zero. */
const underloadDigits = -20;

const initial: ScaleState = {
  rest: new Uint8Array(),
  load: 0,
  before: 0,
  moving: false,
  zero: 0,
  tare: 0,
  waiting: undefined,
  printed: 0,
  sway: 0,
};

export class MtSicsSimulator implements Simulator<ScaleState, ScaleStimulus> {
  readonly name = "mt-sics";
  readonly initial = initial;
  readonly #options: ScaleOptions;

  constructor(options: ScaleOptions = scaleDefaults) {
    this.#options = options;
  }

  step(state: ScaleState, input: SimulatorInput<ScaleStimulus>): SimulatorStep<ScaleState> {
    switch (input.kind) {
      case "bytes":
        return this.#hear(state, input.bytes);
      case "timer":
        return this.#comeToRest(state);
      case "stimulus":
        return this.#feel(state, input.stimulus);
      case "opened":
      case "feature":
        return { state, effects: [] };
    }
  }

  #hear(before: ScaleState, bytes: Uint8Array): SimulatorStep<ScaleState> {
    const { pieces, rest } = cut(join(before.rest, bytes), mtSics.probe, mtSics.frameBytesMax);
    let state: ScaleState = { ...before, rest: rest.slice() };
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

  #obey(state: ScaleState, command: string): SimulatorStep<ScaleState> {
    switch (command) {
      case "I4":
        return { state, effects: [this.#sayName()] };
      case "@":
        return { state: { ...state, tare: 0, waiting: undefined }, effects: [this.#sayName()] };
      case "SI":
        return this.#weigh({ ...state, sway: state.sway + 1 });
      case "T":
      case "Z": {
        const waiting: ScaleState = { ...state, waiting: command };
        return state.moving ? { state: waiting, effects: [] } : this.#carryOut(waiting);
      }
      default:
        return { state, effects: [say({ kind: "error", error: "EL" })] };
    }
  }

  #weigh(state: ScaleState): SimulatorStep<ScaleState> {
    const { echo, unit } = this.#options;
    const obstacle = this.#obstacle(state);
    if (obstacle !== undefined) return { state, effects: [say({ kind: "obstacle", echo, obstacle })] };
    const digits = shown(state) - state.zero - state.tare;
    const value = this.#format(digits);
    return { state, effects: [say({ kind: "weight", echo, value, unit, stable: !state.moving })] };
  }

  /** Carries T or Z out, now that the load is at rest. */
  #carryOut(before: ScaleState): SimulatorStep<ScaleState> {
    const { waiting: echo } = before;
    const state: ScaleState = { ...before, waiting: undefined };
    if (echo === undefined) return { state, effects: [] };
    const gross = state.load - state.zero;
    const outside = Math.abs(state.load) > this.#options.capacity * zeroRange;
    const refusal = echo === "Z" && outside ? (gross > 0 ? "overload" : "underload") : this.#obstacle(state);
    if (refusal !== undefined)
      return { state, effects: [say({ kind: "obstacle", echo, obstacle: refusal })] };
    if (echo === "Z")
      return {
        state: { ...state, zero: state.load, tare: 0 },
        effects: [say({ kind: "done", echo, stable: true })],
      };
    const { unit } = this.#options;
    const answer = say({ kind: "tare", echo, value: this.#format(gross), unit, stable: true });
    return { state: { ...state, tare: gross }, effects: [answer] };
  }

  #comeToRest(state: ScaleState): SimulatorStep<ScaleState> {
    return this.#carryOut({ ...state, moving: false, before: state.load });
  }

  #feel(state: ScaleState, stimulus: ScaleStimulus): SimulatorStep<ScaleState> {
    switch (stimulus.kind) {
      case "load":
        return {
          state: { ...state, before: shown(state), load: stimulus.digits, moving: true },
          effects: [{ kind: "timer", name: motionTimer, delayMs: this.#options.motionMs }],
        };
      case "print-key": {
        const printed = state.printed + 1;
        const value = this.#format(shown(state) - state.zero - state.tare);
        const { unit } = this.#options;
        const net = state.tare !== 0;
        return {
          state: { ...state, printed },
          effects: [say({ kind: "print", line: String(printed), value, unit, net })],
        };
      }
      case "power-up":
        return {
          state: { ...initial, load: state.load, before: state.load, printed: state.printed },
          effects: [this.#sayName()],
        };
    }
  }

  #obstacle(state: ScaleState): "overload" | "underload" | undefined {
    const gross = shown(state) - state.zero;
    if (gross > this.#options.capacity) return "overload";
    return gross < underloadDigits ? "underload" : undefined;
  }

  #sayName(): SimulatorEffect {
    return say({ kind: "identity", item: "I4", more: false, content: `"${this.#options.serial}"` });
  }

  /** Digits as the decimal that the scale shows, by whole numbers only. */
  #format(digits: number): string {
    const { decimals } = this.#options;
    const sign = digits < 0 ? "-" : "";
    const figures = String(Math.abs(digits)).padStart(decimals + 1, "0");
    const whole = figures.slice(0, figures.length - decimals);
    return decimals === 0 ? `${sign}${whole}` : `${sign}${whole}.${figures.slice(-decimals)}`;
  }
}

/** A moving load is seen on its way from the old weight to the new one, a little further each time. */
function shown({ moving, before, load, sway }: ScaleState): number {
  if (!moving) return load;
  const tenths = 3 + (sway % 7);
  return before + Math.trunc(((load - before) * tenths) / 10);
}

const say = (frame: MtSicsFrame): SimulatorEffect => ({ kind: "send", bytes: mtSics.encode(frame) });
/** An empty line is no command, so it is not answered. */
const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0x0d || byte === 0x0a);
