import type { TfminiFlaw, TfminiFrame } from "../../protocols/codecs/tfmini.ts";
import { tfmini as codec, tfminiFlaw } from "../../protocols/codecs/tfmini.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Fault } from "../../protocols/faults.ts";
import type { Driver, Session, SessionEffect, SessionInput, SessionStep } from "../driver.ts";
import { run } from "../driver.ts";
import { failed } from "./parts/answers.ts";
import type { EmptyView } from "./parts/empty-view.ts";
import { joinQuiet, learn, quietCm, unlearnt } from "./parts/empty-view.ts";
import type { Intake } from "./parts/frame-intake.ts";
import { idleTimer, takeBytes, takeSilence } from "./parts/frame-intake.ts";
import { chain, stay } from "./parts/steps.ts";
import type { Troubles } from "./parts/troubles.ts";
import { noTroubles, settle } from "./parts/troubles.ts";

type Settings = SettingsOf<"tfmini">;

/** A time-of-flight sensor that sends distances without end: somebody stands before it, or passes. */
export const tfmini: Driver<Settings> = {
  name: "tfmini",
  transports: ["serial", "tcp"],
  start: (settings) => run(new TfminiSession(settings)),
};

/*
 *   sensor |<--- nearCm or more nearer: there --->|<- hysteresis: as before ->|<- nobody ->| empty view
 *
 * A change of side counts once it has lasted for `minimumMs` and the next valid frame still says so: one frame
 * and then silence, or one frame and then sunlight, is nobody.
 */
const silenceTimer = "silence";
const minimumTimer = "minimum";
const blindTimer = "blind";
const learnTimer = "learn";
const unlearntTimer = "unlearnt";
const blockedTimer = "blocked";

/** Two hundred frames that did not come. */
const silenceMsMax = 2_000;
/** Nothing asks this sensor, and one frame with a sum of one byte may be chance. */
const unaskedProofs = 2;
/** Somebody in black or a low sun is over sooner; a dirty lens is not. */
const blindMsMax = 10_000;
/** Nobody who looks at goods stands still within `quietCm` for so long without the next one passing. */
const learnMs = 3_000;
/** A view that was never quiet for so long is no place for learning: `emptyCm` has to be configured. */
const unlearntMsMax = 60_000;
/** Longer than anybody stands in a door. */
const blockedMsMax = 60_000;

interface TfminiState {
  readonly rest: Uint8Array;
  readonly proofs: number;
  /** Noise has come since the last frame. */
  readonly noisy: boolean;
  readonly view: EmptyView;
  /** Whether the last valid frames say that somebody is there. */
  readonly near: boolean | undefined;
  /** They have said so for long enough. */
  readonly ripe: boolean;
  readonly told: boolean | undefined;
  /** Who is there was seen to come. */
  readonly came: boolean;
  /** Why the last frame had no distance. */
  readonly flaw: TfminiFlaw | undefined;
  readonly troubles: Troubles;
}
type Step = SessionStep<TfminiState>;

const flawDetails: Readonly<Record<TfminiFlaw, string>> = {
  weak: "too little light comes back",
  light: "too much light shines into it",
};
const wait = (name: string, delayMs: number): SessionEffect => ({ kind: "timer", name, delayMs });
const cancel = (name: string): SessionEffect => ({ kind: "cancel-timer", name });

export class TfminiSession implements Session<TfminiState> {
  readonly initial: TfminiState;
  /** It asks nothing, but the timer of its silence runs always. */
  readonly polls = true;
  readonly #settings: Settings;
  readonly #intake: Intake<TfminiState, TfminiFrame>;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.initial = {
      rest: new Uint8Array(),
      proofs: 0,
      noisy: false,
      view: { ...unlearnt, emptyCm: settings.emptyCm },
      near: undefined,
      ripe: false,
      told: undefined,
      came: false,
      flaw: undefined,
      troubles: noTroubles,
    };
    const noise = (state: TfminiState): Step => stay({ ...state, noisy: true });
    this.#intake = { codec, hear: (state, frame) => this.#hear(state, frame), noise };
  }

  step(state: TfminiState, input: SessionInput): Step {
    switch (input.kind) {
      case "opened":
        return { state: this.initial, effects: [wait(silenceTimer, silenceMsMax)] };
      case "bytes":
        return takeBytes(this.#intake, state, input.bytes);
      case "timer":
        return this.#wake(state, input.name);
      case "command":
        return { state, effects: [failed(input.command, "command-unsupported")] };
      case "edge":
        return stay(state);
    }
  }

  #wake(state: TfminiState, timer: string): Step {
    switch (timer) {
      case idleTimer:
        return takeSilence(this.#intake, state);
      case silenceTimer:
        return { state, effects: [{ kind: "give-up", fault: endOf(state) }] };
      case minimumTimer:
        return stay({ ...state, ripe: true });
      case learnTimer:
        return this.#learnt({ ...state, view: learn(state.view) });
      case blindTimer:
        return settle(state, "sight", blindFault(flawDetails[state.flaw ?? "weak"]));
      case unlearntTimer:
        return settle(state, "empty", blindFault("its view is never empty; configure emptyCm"));
      case blockedTimer:
        return settle({ ...state, came: false }, "doorway", blockedFault);
      default:
        return stay(state);
    }
  }

  #hear(before: TfminiState, frame: TfminiFrame): Step {
    const proofs = Math.min(before.proofs + 1, unaskedProofs);
    const effects: SessionEffect[] = [wait(silenceTimer, silenceMsMax)];
    if (proofs > before.proofs && proofs === unaskedProofs) {
      effects.push({ kind: "ready" });
      if (before.view.emptyCm === undefined) effects.push(wait(unlearntTimer, unlearntMsMax));
    }
    const heard: Step = { state: { ...before, proofs, noisy: false }, effects };
    if (proofs < unaskedProofs) return heard;
    const flaw = tfminiFlaw(frame);
    if (flaw !== undefined) return chain(heard, (state) => miss(state, flaw));
    return chain(
      heard,
      seeAgain,
      (state) => this.#look(state, frame.distanceCm),
      (state) => this.#judge(state, frame.distanceCm),
    );
  }

  /** Learns where nothing is known, or where what was taken for the empty view has gone away. */
  #look(state: TfminiState, cm: number): Step {
    const { emptyCm, seen } = state.view;
    if (this.#settings.emptyCm !== undefined) return stay(state);
    if (emptyCm !== undefined && cm <= emptyCm + quietCm) {
      if (seen.size === 0) return stay(state);
      return { state: { ...state, view: { ...unlearnt, emptyCm } }, effects: [cancel(learnTimer)] };
    }
    const { view, anew } = joinQuiet(state.view, cm);
    return { state: { ...state, view }, effects: anew ? [wait(learnTimer, learnMs)] : [] };
  }

  #learnt(state: TfminiState): Step {
    if (state.view.emptyCm === undefined) return stay(state);
    return chain({ state, effects: [cancel(unlearntTimer)] }, (each) => settle(each, "empty", undefined));
  }

  #judge(before: TfminiState, cm: number): Step {
    const { emptyCm } = before.view;
    if (emptyCm === undefined) return stay(before);
    const near = this.#isNear(emptyCm - cm, before.near === true);
    if (near === before.near)
      return before.ripe && near !== before.told ? this.#tell(before, near) : stay(before);
    const state = { ...before, near, ripe: false };
    const timer = near === before.told ? cancel(minimumTimer) : wait(minimumTimer, this.#settings.minimumMs);
    return { state, effects: [timer] };
  }

  #isNear(nearerByCm: number, wasNear: boolean): boolean {
    const { nearCm, hysteresisCm } = this.#settings;
    return nearerByCm >= (wasNear ? nearCm - hysteresisCm : nearCm);
  }

  #tell(before: TfminiState, present: boolean): Step {
    const state = { ...before, told: present, ripe: false, came: present && before.told === false };
    const effects: SessionEffect[] = [{ kind: "observe", observation: { kind: "presence", present } }];
    const { counts } = this.#settings;
    if (counts === undefined) return { state, effects };
    if (present) return { state, effects: [...effects, wait(blockedTimer, blockedMsMax)] };
    effects.push(cancel(blockedTimer));
    if (before.came) effects.push({ kind: "observe", observation: { kind: "passage", direction: counts } });
    return chain({ state, effects }, (each) => settle(each, "doorway", undefined));
  }
}

/** A frame without a distance says nothing of who is there: whoever was there still is. */
function miss(state: TfminiState, flaw: TfminiFlaw): Step {
  const begins = state.flaw === undefined;
  return { state: { ...state, flaw }, effects: begins ? [wait(blindTimer, blindMsMax)] : [] };
}

function seeAgain(state: TfminiState): Step {
  if (state.flaw === undefined) return stay(state);
  const seeing = { ...state, flaw: undefined };
  return chain({ state: seeing, effects: [cancel(blindTimer)] }, (each) => settle(each, "sight", undefined));
}

const blindFault = (detail: string): Fault => ({ code: "sensor-blind", detail });
const blockedFault: Fault = {
  code: "beam-blocked",
  detail: `something stands before the sensor for ${blockedMsMax / 1000} s`,
};

function endOf({ noisy, proofs }: TfminiState): Fault {
  if (noisy) return { code: "noisy", detail: "nothing that comes is a frame of this sensor" };
  return proofs >= unaskedProofs
    ? { code: "silent", detail: "no distance comes from the sensor" }
    : { code: "handshake-timeout", detail: "no distance comes from the sensor" };
}
