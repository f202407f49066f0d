import type { Random } from "../protocols/random.ts";
import { join } from "../protocols/stream/bytes.ts";
import type { Simulator, SimulatorEffect, SimulatorInput, SimulatorStep } from "./simulator.ts";

/**
 * What can happen to a chunk (the bytes of one `send`) on its way to the host. What happens to the cable
 * itself, unplugging and replugging, is the carrier's matter (`CarriedDevice`).
 */
export const lineFaultNames = [
  /** It arrives in pieces, cut anywhere, with pauses between them. */
  "split",
  /** Noise stands before it and behind it, made of the protocol's own bytes. */
  "garbage",
  /** Its beginning comes once for nothing, and then it comes whole. */
  "false-start",
  /** One of its bits is turned. */
  "flipped-bit",
  /** It never arrives; the line stays open. */
  "silence",
  /** It arrives so late that the host has given up, and what is sent meanwhile overtakes it. */
  "late-reply",
] as const;
export type LineFaultName = (typeof lineFaultNames)[number];

/** How long a fault lasts: for so many chunks, or for a time. */
export type Duration = { readonly chunks: number } | { readonly ms: number };

/** Switches a fault on; a scenario stimulates the device with it. The same fault anew replaces its duration. */
export interface LineFault {
  readonly lineFault: LineFaultName;
  readonly lasts: Duration;
}

export const lineFault = (name: LineFaultName, lasts: Duration): LineFault => ({ lineFault: name, lasts });

export interface LineFaultOptions {
  readonly random: Random;
  /** The protocol's own bytes (start bytes, lengths, digits), of which noise is made: others hide fewer traps. */
  readonly alphabet: Uint8Array;
  /** How late `late-reply` is; more than any session of ours waits for an answer. */
  readonly lateMs?: number;
}

const lateMsDefault = 2_500;
/** Between two pieces of a split chunk: enough for a pseudo-terminal or a socket not to join them again. */
const pieceGapMs = 5;
/** Pieces of one split chunk; a longer frame is cut at as many random places. */
const piecesMax = 8;
const garbageBytesMax = 16;

const drainTimer = "line-fault drain";
const endTimer = "line-fault end ";
const lateTimer = "line-fault late ";

/** A simulator's state, and what lies on its line. */
export interface FaultyState<State> {
  readonly inner: State;
  /** Faults that are on; chunks left, or until their timer. */
  readonly active: ReadonlyMap<LineFaultName, number>;
  /** Pieces that wait for their turn; whatever is sent meanwhile queues behind them. */
  readonly pieces: readonly Uint8Array[];
  readonly late: ReadonlyMap<string, Uint8Array>;
  readonly lateCount: number;
}

/**
 * The same device on a bad line: what it sends passes through the faults that are on. Chance comes seeded,
 * so a scenario runs the same each time; without a fault nothing is changed.
 */
export function withLineFaults<State, Stimulus>(
  simulator: Simulator<State, Stimulus>,
  options: LineFaultOptions,
): Simulator<FaultyState<State>, Stimulus | LineFault> {
  const line = new BadLine<State>(options);
  return {
    name: simulator.name,
    initial: {
      inner: simulator.initial,
      active: new Map(),
      pieces: [],
      late: new Map(),
      lateCount: 0,
    },
    step(state, input) {
      const own = line.own(state, input);
      if (own !== undefined) return own;
      // What is not the line's own is the device's.
      const step = simulator.step(state.inner, input as SimulatorInput<Stimulus>);
      return line.pass({ ...state, inner: step.state }, step.effects);
    },
  };
}

type Step<State> = SimulatorStep<FaultyState<State>>;

class BadLine<State> {
  readonly #options: LineFaultOptions;

  constructor(options: LineFaultOptions) {
    this.#options = options;
  }

  /** The step that an input of the line itself makes; undefined for what the device must hear. */
  own(state: FaultyState<State>, input: SimulatorInput<unknown>): Step<State> | undefined {
    if (input.kind === "stimulus") {
      return isLineFault(input.stimulus) ? switchOn(state, input.stimulus) : undefined;
    }
    if (input.kind !== "timer") return undefined;
    if (input.name === drainTimer) return drain(state);
    if (input.name.startsWith(endTimer)) return switchOff(state, input.name.slice(endTimer.length));
    return input.name.startsWith(lateTimer) ? deliverLate(state, input.name) : undefined;
  }

  /** Lets what the device does pass, chunk by chunk. */
  pass(begun: FaultyState<State>, effects: readonly SimulatorEffect[]): Step<State> {
    const passed: SimulatorEffect[] = [];
    let state = begun;
    for (const effect of effects) {
      if (effect.kind !== "send") {
        passed.push(effect);
        continue;
      }
      const sent = this.#send(state, effect.bytes);
      passed.push(...sent.effects);
      state = sent.state;
    }
    return { state, effects: passed };
  }

  #send(before: FaultyState<State>, chunk: Uint8Array): Step<State> {
    const isOn = (name: LineFaultName): boolean => before.active.has(name);
    const state = { ...before, active: countDown(before.active) };
    if (isOn("silence")) return { state, effects: [] };
    const bytes = this.#spoil(chunk, isOn);
    if (isOn("late-reply")) return this.#delay(state, bytes);
    if (isOn("split")) return queue(state, this.#cut(bytes));
    return state.pieces.length > 0 ? queue(state, [bytes]) : { state, effects: [{ kind: "send", bytes }] };
  }

  #spoil(chunk: Uint8Array, isOn: (name: LineFaultName) => boolean): Uint8Array {
    let bytes = chunk;
    if (isOn("flipped-bit")) bytes = this.#flip(bytes);
    if (isOn("false-start")) bytes = join(chunk.subarray(0, this.#between(1, chunk.length - 1)), bytes);
    if (isOn("garbage")) bytes = join(this.#noise(), bytes, this.#noise());
    return bytes;
  }

  #delay(state: FaultyState<State>, bytes: Uint8Array): Step<State> {
    const name = `${lateTimer}${state.lateCount}`;
    const late = new Map(state.late).set(name, bytes);
    const delayMs = this.#options.lateMs ?? lateMsDefault;
    return {
      state: { ...state, late, lateCount: state.lateCount + 1 },
      effects: [{ kind: "timer", name, delayMs }],
    };
  }

  /** At least two pieces where there are two bytes, none of them empty. */
  #cut(bytes: Uint8Array): readonly Uint8Array[] {
    if (bytes.length < 2) return [bytes];
    const cuts = new Set<number>();
    const cutCount = this.#between(1, Math.min(piecesMax, bytes.length) - 1);
    while (cuts.size < cutCount) cuts.add(this.#between(1, bytes.length - 1));
    const ends = [...cuts, bytes.length].toSorted((left, right) => left - right);
    return ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end));
  }

  #flip(bytes: Uint8Array): Uint8Array {
    const place = this.#between(0, bytes.length - 1);
    const bit = 1 << this.#between(0, 7);
    return bytes.map((byte, index) => (index === place ? byte ^ bit : byte));
  }

  #noise(): Uint8Array {
    const { alphabet } = this.#options;
    const length = this.#between(1, garbageBytesMax);
    return Uint8Array.from({ length }, () => alphabet[this.#between(0, alphabet.length - 1)] ?? 0);
  }

  #between(least: number, most: number): number {
    return least + Math.floor(this.#options.random.fraction() * Math.max(1, most - least + 1));
  }
}

function isLineFault(stimulus: unknown): stimulus is LineFault {
  return typeof stimulus === "object" && stimulus !== null && "lineFault" in stimulus;
}

function switchOn<State>(state: FaultyState<State>, { lineFault: name, lasts }: LineFault): Step<State> {
  const timer = `${endTimer}${name}`;
  const isCounted = "chunks" in lasts;
  const active = new Map(state.active).set(name, isCounted ? lasts.chunks : Number.POSITIVE_INFINITY);
  return {
    state: { ...state, active },
    effects: [
      isCounted ? { kind: "cancel-timer", name: timer } : { kind: "timer", name: timer, delayMs: lasts.ms },
    ],
  };
}

function switchOff<State>(state: FaultyState<State>, name: string): Step<State> {
  const active = new Map([...state.active].filter(([activeName]) => activeName !== name));
  return { state: { ...state, active }, effects: [] };
}

function countDown(active: ReadonlyMap<LineFaultName, number>): ReadonlyMap<LineFaultName, number> {
  if (active.size === 0) return active;
  return new Map([...active].map(([name, left]) => [name, left - 1] as const).filter(([, left]) => left > 0));
}

function queue<State>(state: FaultyState<State>, pieces: readonly Uint8Array[]): Step<State> {
  const queued = { ...state, pieces: [...state.pieces, ...pieces] };
  // While pieces wait, the timer runs already.
  return state.pieces.length > 0 ? { state: queued, effects: [] } : drain(queued);
}

function drain<State>(state: FaultyState<State>): Step<State> {
  const [first, ...pieces] = state.pieces;
  if (first === undefined) return { state, effects: [] };
  return {
    state: { ...state, pieces },
    effects: [
      { kind: "send", bytes: first },
      { kind: "timer", name: drainTimer, delayMs: pieceGapMs },
    ],
  };
}

function deliverLate<State>(state: FaultyState<State>, name: string): Step<State> {
  const bytes = state.late.get(name);
  if (bytes === undefined) return { state, effects: [] };
  const late = new Map([...state.late].filter(([lateName]) => lateName !== name));
  return { state: { ...state, late }, effects: [{ kind: "send", bytes }] };
}
