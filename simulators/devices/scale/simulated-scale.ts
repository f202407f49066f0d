import type { StreamCodec } from "../../../protocols/codec.ts";
import { join } from "../../../protocols/stream/bytes.ts";
import { cut } from "../../../protocols/stream/cut.ts";
import type { Simulator, SimulatorEffect, SimulatorInput, SimulatorStep } from "../../simulator.ts";
import type { Platform, PlatformOptions, ScaleKey, Shown } from "./platform.ts";
import { atRest, emptyPlatform, loaded, poweredUp, pressed, show, swayed } from "./platform.ts";

export type ScaleStimulus =
  /** What lies on the pan from now on, in the scale's last digit (grams by default); 0 is an empty pan. */
  | { readonly kind: "load"; readonly digits: number }
  | { readonly kind: "print-key" }
  /** Power comes back: tare and zero are forgotten. */
  | { readonly kind: "power-up" }
  /** A clerk presses a key of the scale itself. */
  | { readonly kind: "key"; readonly key: ScaleKey | "unit" }
  /** The next weight has two neighbouring digits in each other's place; a XOR does not see it. */
  | { readonly kind: "swapped-digits" }
  /** From now on the scale finds an error in itself, or no longer. */
  | { readonly kind: "broken"; readonly broken: boolean };

/** What the host wants; `say` is answered with a frame that has nothing to do with the load. */
export type ScaleRequest<Frame> =
  | { readonly kind: "weight"; readonly tell?: (shown: Shown) => Frame }
  | { readonly kind: "key"; readonly key: ScaleKey }
  | { readonly kind: "say"; readonly frame: Frame };

/** A scale protocol from the scale's side. */
export interface ScalePage<Frame> {
  readonly name: string;
  readonly codec: StreamCodec<Frame>;
  readonly platform: PlatformOptions;
  /** How often it sends by itself; absent: only when asked. */
  readonly everyMs?: number;
  readonly tell: (shown: Shown) => Frame;
  readonly hear?: (frame: Frame) => ScaleRequest<Frame> | undefined;
  /** The answer to a command, carried out or not. */
  readonly confirm?: (shown: Shown) => Frame;
  /** The answer to what it cannot read. */
  readonly unread?: Frame;
  /** What a host hears first that opens it, as though it had been waiting in the device. */
  readonly stale?: Frame;
}

/** Options of a scale that sends by itself. */
export interface SendingOptions extends PlatformOptions {
  /** Seven to twenty times a second is usual. */
  readonly everyMs: number;
}

export const everyMsDefault = 100;

export interface SimulatedScaleState extends Platform {
  readonly rest: Uint8Array;
  readonly swapped: boolean;
  readonly last: Uint8Array | undefined;
}

const motionTimer = "motion";
const beatTimer = "beat";
const wordTimer = "word";
/** A host that stops in the midst of a word has said none: the beginning is forgotten. */
const wordMs = 250;

const initial: SimulatedScaleState = {
  ...emptyPlatform,
  rest: new Uint8Array(),
  swapped: false,
  last: undefined,
};

type Step = SimulatorStep<SimulatedScaleState>;

/** A scale that speaks as its page says. */
export class SimulatedScale<Frame> implements Simulator<SimulatedScaleState, ScaleStimulus> {
  readonly name: string;
  readonly initial = initial;
  readonly #page: ScalePage<Frame>;

  constructor(page: ScalePage<Frame>) {
    this.name = page.name;
    this.#page = page;
  }

  step(state: SimulatedScaleState, input: SimulatorInput<ScaleStimulus>): Step {
    switch (input.kind) {
      case "opened":
        return this.#open(state);
      case "bytes":
        return this.#listen(state, input.bytes);
      case "timer":
        return this.#wake(state, input.name);
      case "stimulus":
        return this.#feel(state, input.stimulus);
      case "feature":
        return { state, effects: [] };
    }
  }

  #wake(state: SimulatedScaleState, timer: string): Step {
    if (timer === beatTimer) return this.#beat(state);
    if (timer === wordTimer) return { state: { ...state, rest: new Uint8Array() }, effects: [] };
    return { state: { ...state, ...atRest(state) }, effects: [] };
  }

  #open(state: SimulatedScaleState): Step {
    const { stale, codec } = this.#page;
    const old = stale === undefined ? [] : [sending(state.last ?? codec.encode(stale))];
    return { state, effects: [...old, ...this.#nextBeat()] };
  }

  #beat(state: SimulatedScaleState): Step {
    const told = this.#tell(state);
    return { state: told.state, effects: [...told.effects, ...this.#nextBeat()] };
  }

  #nextBeat(): readonly SimulatorEffect[] {
    const { everyMs } = this.#page;
    return everyMs === undefined ? [] : [{ kind: "timer", name: beatTimer, delayMs: everyMs }];
  }

  #tell(before: SimulatedScaleState, tell: (shown: Shown) => Frame = this.#page.tell): Step {
    const state = { ...before, ...swayed(before), swapped: false };
    const shown = show(state, this.#page.platform);
    const bytes = this.#page.codec.encode(tell(before.swapped ? withSwappedDigits(shown) : shown));
    return { state: { ...state, last: bytes }, effects: [sending(bytes)] };
  }

  #listen(before: SimulatedScaleState, bytes: Uint8Array): Step {
    const { codec, unread } = this.#page;
    const { pieces, rest } = cut(join(before.rest, bytes), codec.probe, codec.frameBytesMax);
    let state: SimulatedScaleState = { ...before, rest: rest.slice() };
    const effects: SimulatorEffect[] =
      rest.length === 0 ? [] : [{ kind: "timer", name: wordTimer, delayMs: wordMs }];
    for (const piece of pieces) {
      const frame = codec.decode(piece.bytes);
      if (!frame.ok && unread !== undefined) effects.push(sending(codec.encode(unread)));
      const request = frame.ok ? this.#page.hear?.(frame.value) : undefined;
      if (request === undefined) continue;
      const step = this.#obey(state, request);
      state = step.state;
      effects.push(...step.effects);
    }
    return { state, effects };
  }

  #obey(state: SimulatedScaleState, request: ScaleRequest<Frame>): Step {
    switch (request.kind) {
      case "weight":
        return this.#tell(state, request.tell);
      case "say":
        return { state, effects: [sending(this.#page.codec.encode(request.frame))] };
      case "key": {
        const { confirm, codec, platform } = this.#page;
        const after = { ...state, ...pressed(state, request.key, platform) };
        if (confirm === undefined) return { state: after, effects: [] };
        return { state: after, effects: [sending(codec.encode(confirm(show(after, platform))))] };
      }
    }
  }

  #feel(state: SimulatedScaleState, stimulus: ScaleStimulus): Step {
    const { platform } = this.#page;
    switch (stimulus.kind) {
      case "load":
        return {
          state: { ...state, ...loaded(state, stimulus.digits) },
          effects: [{ kind: "timer", name: motionTimer, delayMs: platform.motionMs }],
        };
      case "print-key":
        return this.#tell(state, (shown) => this.#page.tell({ ...shown, printed: true }));
      case "power-up":
        return { state: { ...state, ...poweredUp(state, platform) }, effects: [] };
      case "key":
        return { state: { ...state, ...pressed(state, stimulus.key, platform) }, effects: [] };
      case "swapped-digits":
        return { state: { ...state, swapped: true }, effects: [] };
      case "broken":
        return { state: { ...state, broken: stimulus.broken }, effects: [] };
    }
  }
}

const sending = (bytes: Uint8Array): SimulatorEffect => ({ kind: "send", bytes });

/** The first two neighbours that differ; a weight of one digit over and over stays as it is. */
function withSwappedDigits(shown: Shown): Shown {
  const figures = Array.from(String(Math.abs(shown.digits)));
  const at = figures.findIndex((figure, index) => index > 0 && figure !== figures[index - 1]);
  if (at < 1) return shown;
  const [left = "", right = ""] = figures.slice(at - 1, at + 1);
  const swapped = Number([...figures.slice(0, at - 1), right, left, ...figures.slice(at + 1)].join(""));
  return { ...shown, digits: shown.digits < 0 ? -swapped : swapped };
}
