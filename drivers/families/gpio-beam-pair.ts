import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Driver, Session, SessionEffect, SessionInput, SessionStep } from "../driver.ts";
import { run } from "../driver.ts";
import { failed } from "./parts/answers.ts";
import { chain, stay } from "./parts/steps.ts";
import type { Troubles } from "./parts/troubles.ts";
import { noTroubles, settle } from "./parts/troubles.ts";

type Settings = SettingsOf<"gpio-beam-pair">;

/** Two light beams one behind the other: which one is broken first tells the direction. */
export const gpioBeamPair: Driver<Settings> = {
  name: "gpio-beam-pair",
  transports: ["gpio"],
  start: (settings) => run(new BeamPairSession(settings)),
};

/*
 * From the first break until both beams are clear again is one crossing:
 *
 *   outer  __|~~~~~~|_______          outer  __|~~~~~~~~~~|___          outer  __|~~~~~~
 *   inner  ______|~~~~~~|___          inner  _____|~~~~|______          inner  _________ (window over)
 *          begins ^ ends at the other        begins and ends at outer         never reached the other beam
 *          beam: passed, in                  turned back: nothing             a hand: nothing
 *
 * Beams far apart are clear between the two breaks; within the window it is still one crossing.
 */
type Beam = "outer" | "inner";

const windowTimer = "window";
const togetherTimer = "together";
/** Nobody is that fast: both at once are two people who meet, or a light switched off. */
const togetherMs = 10;
/** Longer than anybody stands in a door. */
const blockedMsMax = 60_000;

interface Crossing {
  readonly first: Beam;
  readonly reached: boolean;
  /** What it cannot become any more: a passage. */
  readonly void: boolean;
  readonly young: boolean;
}

interface BeamPairState {
  readonly broken: ReadonlySet<Beam>;
  readonly crossing: Crossing | undefined;
  readonly troubles: Troubles;
}
const initial: BeamPairState = { broken: new Set(), crossing: undefined, troubles: noTroubles };

const directionFrom = { outer: "in", inner: "out" } as const;

export class BeamPairSession implements Session<BeamPairState> {
  readonly initial = initial;
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  step(state: BeamPairState, input: SessionInput): SessionStep<BeamPairState> {
    switch (input.kind) {
      case "opened":
        return { state: initial, effects: [{ kind: "ready" }] };
      case "edge":
        return this.#move(state, input.line, input.active);
      case "timer":
        return wake(state, input.name);
      case "command":
        return { state, effects: [failed(input.command, "command-unsupported")] };
      case "bytes":
        return stay(state);
    }
  }

  #move(state: BeamPairState, line: string, active: boolean): SessionStep<BeamPairState> {
    const beam = this.#beamOf(line);
    if (beam === undefined || state.broken.has(beam) === active) return stay(state);
    const broken = new Set(state.broken);
    if (active) broken.add(beam);
    else broken.delete(beam);
    const moved = { ...state, broken };
    return active ? this.#break(moved, beam) : clear(moved, beam);
  }

  #break(state: BeamPairState, beam: Beam): SessionStep<BeamPairState> {
    const effects: SessionEffect[] = [{ kind: "timer", name: beam, delayMs: blockedMsMax }];
    const { crossing } = state;
    if (crossing === undefined) {
      const begun = { first: beam, reached: false, void: false, young: true };
      effects.push({ kind: "timer", name: windowTimer, delayMs: this.#settings.windowMs });
      effects.push({ kind: "timer", name: togetherTimer, delayMs: togetherMs });
      return { state: { ...state, crossing: begun }, effects };
    }
    if (crossing.first === beam || crossing.reached) return { state, effects };
    effects.push({ kind: "cancel-timer", name: windowTimer });
    const reached = { ...crossing, reached: true, void: crossing.void || crossing.young };
    return { state: { ...state, crossing: reached }, effects };
  }

  #beamOf(line: string): Beam | undefined {
    if (line === this.#settings.outer) return "outer";
    return line === this.#settings.inner ? "inner" : undefined;
  }
}

/** Both beams clear is the end of a crossing that has reached the second one; before that the window decides. */
function clear(before: BeamPairState, beam: Beam): SessionStep<BeamPairState> {
  const known = settle(before, beam, undefined);
  const state = { ...known.state };
  const effects: readonly SessionEffect[] = [{ kind: "cancel-timer", name: beam }, ...known.effects];
  const { crossing, broken } = state;
  if (broken.size > 0 || crossing === undefined || !(crossing.reached || crossing.void))
    return { state, effects };
  const over = { ...state, crossing: undefined };
  if (crossing.void || crossing.first === beam) return { state: over, effects };
  const passage = { kind: "passage", direction: directionFrom[crossing.first] } as const;
  return { state: over, effects: [...effects, { kind: "observe", observation: passage }] };
}

function wake(state: BeamPairState, timer: string): SessionStep<BeamPairState> {
  const { crossing, broken } = state;
  if (timer === windowTimer) {
    if (crossing === undefined || crossing.reached) return stay(state);
    return stay({ ...state, crossing: broken.size === 0 ? undefined : { ...crossing, void: true } });
  }
  if (timer === togetherTimer)
    return stay({ ...state, crossing: crossing === undefined ? undefined : { ...crossing, young: false } });
  return block(state, timer);
}

/** A beam that stays broken tells of nobody. */
function block(state: BeamPairState, beam: string): SessionStep<BeamPairState> {
  const fault = {
    code: "beam-blocked",
    detail: `the ${beam} beam is broken for ${blockedMsMax / 1000} s`,
  } as const;
  const voided = state.crossing === undefined ? undefined : { ...state.crossing, void: true };
  return chain({ state: { ...state, crossing: voided }, effects: [] }, (next) => settle(next, beam, fault));
}
