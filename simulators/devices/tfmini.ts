import type { TfminiFrame } from "../../protocols/codecs/tfmini.ts";
import { tfmini } from "../../protocols/codecs/tfmini.ts";
import type { Random } from "../../protocols/random.ts";
import type { Simulator, SimulatorEffect, SimulatorStep } from "../simulator.ts";

export interface TfminiOptions {
  /** Between two frames; 10 ms as it leaves the factory. */
  readonly everyMs: number;
  /** How far away what stands behind everybody is. */
  readonly emptyCm: number;
}
export const tfminiDefaults: TfminiOptions = { everyMs: 10, emptyCm: 200 };

type Light = "good" | "weak" | "sunlight";

export type TfminiStimulus =
  /** Somebody comes to so many centimetres before the sensor, and stays. */
  | { readonly kind: "come"; readonly distanceCm: number }
  | { readonly kind: "go" }
  /** Somebody walks through the beam. */
  | { readonly kind: "pass"; readonly distanceCm: number; readonly bodyMs: number }
  /** From now on: as it should be; black cloth or a dirty lens; the sun shines into it. */
  | { readonly kind: "light"; readonly light: Light }
  /** Distances vary by so much to both sides. */
  | { readonly kind: "jitter"; readonly cm: number }
  /** So many frames have a wrong sum. */
  | { readonly kind: "bad-sums"; readonly frames: number };

export interface TfminiDevice {
  /** Undefined while nobody is there. */
  readonly distanceCm: number | undefined;
  readonly light: Light;
  readonly jitterCm: number;
  readonly badSums: number;
}
type Step = SimulatorStep<TfminiDevice>;

const beatTimer = "beat";
const passTimer = "pass";
/** What the light makes of a frame; the distance is then whatever the sensor has. */
const strengths: Readonly<Record<Light, number>> = { good: 1_250, weak: 99, sunlight: 0xffff };
/** 25 degrees. */
const temperature = 8 * (256 + 25);

/** A sensor that measures and sends, and hears nothing. */
export function createTfmini(
  options: TfminiOptions,
  random: Random,
): Simulator<TfminiDevice, TfminiStimulus> {
  const nextBeat: SimulatorEffect = { kind: "timer", name: beatTimer, delayMs: options.everyMs };
  return {
    name: "tfmini",
    initial: { distanceCm: undefined, light: "good", jitterCm: 0, badSums: 0 },
    step(state, input) {
      if (input.kind === "opened") return { state, effects: [nextBeat] };
      if (input.kind === "stimulus") return feel(state, input.stimulus);
      if (input.kind !== "timer") return { state, effects: [] };
      if (input.name === passTimer) return { state: { ...state, distanceCm: undefined }, effects: [] };
      const effects: SimulatorEffect[] = [{ kind: "send", bytes: measure(state, options, random) }, nextBeat];
      return { state: { ...state, badSums: Math.max(0, state.badSums - 1) }, effects };
    },
  };
}

function measure(state: TfminiDevice, { emptyCm }: TfminiOptions, random: Random): Uint8Array {
  const { distanceCm = emptyCm, jitterCm, light, badSums } = state;
  const off = jitterCm === 0 ? 0 : Math.floor(random.fraction() * (2 * jitterCm + 1)) - jitterCm;
  const seenCm = light === "good" ? Math.max(0, distanceCm + off) : 0;
  const frame: TfminiFrame = { distanceCm: seenCm, strength: strengths[light], temperature };
  const bytes = tfmini.encode(frame);
  return badSums > 0 ? bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 0x01 : byte)) : bytes;
}

function feel(state: TfminiDevice, stimulus: TfminiStimulus): Step {
  switch (stimulus.kind) {
    case "come":
      return { state: { ...state, distanceCm: stimulus.distanceCm }, effects: [] };
    case "go":
      return { state: { ...state, distanceCm: undefined }, effects: [] };
    case "pass":
      return {
        state: { ...state, distanceCm: stimulus.distanceCm },
        effects: [{ kind: "timer", name: passTimer, delayMs: stimulus.bodyMs }],
      };
    case "light":
      return { state: { ...state, light: stimulus.light }, effects: [] };
    case "jitter":
      return { state: { ...state, jitterCm: stimulus.cm }, effects: [] };
    case "bad-sums":
      return { state: { ...state, badSums: stimulus.frames }, effects: [] };
  }
}
