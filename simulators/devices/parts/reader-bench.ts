import type { Decoded } from "../../../protocols/codec.ts";
import { join } from "../../../protocols/stream/bytes.ts";
import type { Probe } from "../../../protocols/stream/cut.ts";
import { cut } from "../../../protocols/stream/cut.ts";
import type { Simulator, SimulatorEffect, SimulatorInput, SimulatorStep } from "../../simulator.ts";

/** What the world can do to any reader. Antennas are 1-based, as printed on the case. */
export type ReaderStimulus<Flaw extends string = never> =
  | {
      readonly kind: "tag-near";
      readonly epcHex: string;
      readonly antenna: number;
      readonly rssiDbm?: number;
    }
  | { readonly kind: "tag-gone"; readonly epcHex: string }
  | { readonly kind: "antenna-lost"; readonly antenna: number }
  | { readonly kind: "antenna-back"; readonly antenna: number }
  /** The next inventory is refused with this code. */
  | { readonly kind: "fail-next"; readonly error: number }
  /** Power fails for a moment: everything that is not in flash is forgotten. */
  | { readonly kind: "restart" }
  /** The next so many occasions, it does what it should not. */
  | { readonly kind: "flaw"; readonly flaw: Flaw; readonly times: number };

export interface NearTag {
  readonly antenna: number;
  readonly rssiDbm: number;
}

/** What every simulated reader has. */
export interface BenchState {
  readonly rest: Uint8Array;
  readonly tags: ReadonlyMap<string, NearTag>;
  readonly lostAntennas: ReadonlySet<number>;
  readonly failNext: number | undefined;
  /** While it boots it hears nothing. */
  readonly booting: boolean;
  /** The tag that the last round ended with, so that the next one reads the others as well. */
  readonly lastRead: number;
  /** How often each flaw will still show. */
  readonly flaws: ReadonlyMap<string, number>;
}

export const emptyBench: BenchState = {
  rest: new Uint8Array(),
  tags: new Map(),
  lostAntennas: new Set(),
  failNext: undefined,
  booting: false,
  lastRead: 0,
  flaws: new Map(),
};

/** What makes one family's reader of the bench. */
export interface ReaderModel<State extends BenchState, Frame> {
  readonly name: string;
  readonly initial: State;
  /** How the host's bytes are cut and understood. */
  readonly codec: {
    readonly frameBytesMax: number;
    readonly probe: Probe;
    decode(bytes: Uint8Array): Decoded<Frame>;
  };
  obey(state: State, frame: Frame): SimulatorStep<State>;
  /** One of its own timers. */
  wake(state: State, timer: string): SimulatorStep<State>;
  /** What it is without what only its memory held. */
  forget(state: State): State;
  /** Its timers that a restart ends. */
  readonly timers: readonly string[];
  /** What it does when a host opens the line. */
  greet?(state: State): SimulatorStep<State>;
  /** What the world's change of an antenna makes it say by itself. */
  feelAntenna?(state: State, antenna: number, connected: boolean): SimulatorStep<State>;
}

const bootTimer = "boot";
const bootMs = 800;
const rssiDbmDefault = -58;
const wordTimer = "word";
/** A host that stops in the midst of a word has said none (Chafon's manual: 15 ms); longer, for a host on a busy box. */
const wordMs = 100;

/** A simulated reader: tags before antennas, a boot, and flaws; the family's words come from its model. */
export function readerOn<State extends BenchState, Frame, Flaw extends string>(
  model: ReaderModel<State, Frame>,
): Simulator<State, ReaderStimulus<Flaw>> {
  return {
    name: model.name,
    initial: model.initial,
    step: (state, input) => step(model, state, input),
  };
}

function step<State extends BenchState, Frame, Flaw extends string>(
  model: ReaderModel<State, Frame>,
  state: State,
  input: SimulatorInput<ReaderStimulus<Flaw>>,
): SimulatorStep<State> {
  switch (input.kind) {
    case "opened": {
      const opened = { ...state, rest: new Uint8Array() };
      return model.greet?.(opened) ?? { state: opened, effects: [] };
    }
    case "bytes":
      return state.booting ? quiet(state) : hear(model, state, input.bytes);
    case "timer":
      return wake(model, state, input.name);
    case "stimulus":
      return feel(model, state, input.stimulus);
    case "feature":
      return quiet(state);
  }
}

function wake<State extends BenchState, Frame>(
  model: ReaderModel<State, Frame>,
  state: State,
  timer: string,
): SimulatorStep<State> {
  if (timer === wordTimer) return quiet({ ...state, rest: new Uint8Array() });
  return timer === bootTimer ? quiet({ ...state, booting: false }) : model.wake(state, timer);
}

const quiet = <State>(state: State): SimulatorStep<State> => ({ state, effects: [] });

function hear<State extends BenchState, Frame>(
  model: ReaderModel<State, Frame>,
  before: State,
  bytes: Uint8Array,
): SimulatorStep<State> {
  const { codec } = model;
  const { pieces, rest } = cut(join(before.rest, bytes), codec.probe, codec.frameBytesMax);
  let state: State = { ...before, rest: rest.slice() };
  const unfinished = { kind: "timer", name: wordTimer, delayMs: wordMs } as const;
  const effects: SimulatorEffect[] = rest.length === 0 ? [] : [unfinished];
  for (const piece of pieces) {
    const frame = piece.kind === "frame" ? codec.decode(piece.bytes) : undefined;
    if (frame?.ok !== true) continue;
    const obeyed = model.obey(state, frame.value);
    state = obeyed.state;
    effects.push(...obeyed.effects);
  }
  return { state, effects };
}

function feel<State extends BenchState, Frame, Flaw extends string>(
  model: ReaderModel<State, Frame>,
  state: State,
  stimulus: ReaderStimulus<Flaw>,
): SimulatorStep<State> {
  const tags = new Map(state.tags);
  switch (stimulus.kind) {
    case "tag-near": {
      const { epcHex, antenna, rssiDbm = rssiDbmDefault } = stimulus;
      return quiet({ ...state, tags: tags.set(epcHex, { antenna, rssiDbm }) });
    }
    case "tag-gone":
      tags.delete(stimulus.epcHex);
      return quiet({ ...state, tags });
    case "antenna-lost":
    case "antenna-back":
      return feelAntenna(model, state, stimulus.antenna, stimulus.kind === "antenna-back");
    case "fail-next":
      return quiet({ ...state, failNext: stimulus.error });
    case "flaw":
      return quiet({ ...state, flaws: new Map(state.flaws).set(stimulus.flaw, stimulus.times) });
    case "restart":
      return restart(model, state);
  }
}

function feelAntenna<State extends BenchState, Frame>(
  model: ReaderModel<State, Frame>,
  state: State,
  antenna: number,
  connected: boolean,
): SimulatorStep<State> {
  const lostAntennas = new Set(state.lostAntennas);
  if (connected) lostAntennas.delete(antenna);
  else lostAntennas.add(antenna);
  const changed = { ...state, lostAntennas };
  return model.feelAntenna?.(changed, antenna, connected) ?? quiet(changed);
}

export function restart<State extends BenchState, Frame>(
  model: Pick<ReaderModel<State, Frame>, "forget" | "timers">,
  state: State,
): SimulatorStep<State> {
  return {
    state: { ...model.forget(state), rest: new Uint8Array(), failNext: undefined, booting: true },
    effects: [
      ...model.timers.map((name): SimulatorEffect => ({ kind: "cancel-timer", name })),
      { kind: "timer", name: bootTimer, delayMs: bootMs },
    ],
  };
}

/** Whether the flaw shows this time, and the state in which it has shown once more. */
export function showFlaw<State extends BenchState>(
  state: State,
  flaw: string,
): { readonly state: State; readonly shows: boolean } {
  const left = state.flaws.get(flaw) ?? 0;
  if (left === 0) return { state, shows: false };
  return { state: { ...state, flaws: new Map(state.flaws).set(flaw, left - 1) }, shows: true };
}

/** The tags of one round before these antennas: at most so many, the others come in the next. */
export function readRound<State extends BenchState>(
  state: State,
  antennas: readonly number[],
  tagsMost: number,
): { readonly state: State; readonly read: readonly (readonly [string, NearTag])[] } {
  const seen = antennas.filter((antenna) => !state.lostAntennas.has(antenna));
  const near = [...state.tags].filter(([, { antenna }]) => seen.includes(antenna));
  const first = near.length > tagsMost ? state.lastRead % near.length : 0;
  const read = [...near.slice(first), ...near.slice(0, first)].slice(0, tagsMost);
  return { state: { ...state, lastRead: first + read.length }, read };
}
