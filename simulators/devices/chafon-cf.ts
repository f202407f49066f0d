import { chafonCfCommand, chafonCfParameters } from "../../protocols/codecs/chafon/cf-tables.ts";
import type { ChafonCfContent, ChafonCfFrame } from "../../protocols/codecs/chafon-cf.ts";
import { chafonCf } from "../../protocols/codecs/chafon-cf.ts";
import { fromHex, toHex } from "../../protocols/stream/bytes.ts";
import type { Simulator, SimulatorEffect, SimulatorStep } from "../simulator.ts";
import type { BenchState, NearTag, ReaderModel, ReaderStimulus } from "./parts/reader-bench.ts";
import { emptyBench, readerOn, readRound, showFlaw } from "./parts/reader-bench.ts";

export interface ChafonCfOptions {
  readonly address: number;
  /** A bit for each antenna that is used. */
  readonly antennaMask: number;
  readonly powerDbm: number;
  readonly session: number;
  /** How often within a round it tells what it sees. */
  readonly roundMs: number;
  /** Whether a round's end has a frame. */
  readonly saysEnd: boolean;
}

export const chafonCfDefaults: ChafonCfOptions = {
  address: 0,
  antennaMask: 1,
  powerDbm: 30,
  session: 0,
  roundMs: 50,
  saysEnd: true,
};

export const chafonCfFlaws = [
  /** A reply to another command, with a good CRC, comes before the right one. */
  "foreign-reply",
  /** The CRC of a tag's frame is wrong. */
  "bad-crc",
  /** The CRC's bytes the other way round, as the older protocol has them. */
  "turned-crc",
] as const;
export type ChafonCfFlaw = (typeof chafonCfFlaws)[number];

export interface ChafonCfState extends BenchState {
  /** All parameters, hex. */
  readonly parameters: string;
  readonly writes: number;
  /** What is left of the round. */
  readonly leftMs: number;
}

const roundTimer = "round";
const tagsPerRoundMax = 10;
const finished = 0x12;
const parameterError = 0x01;

export const createChafonCf = (
  options: ChafonCfOptions,
): Simulator<ChafonCfState, ReaderStimulus<ChafonCfFlaw>> => readerOn(new ChafonCfModel(options));

class ChafonCfModel implements ReaderModel<ChafonCfState, ChafonCfFrame> {
  readonly name = "chafon-cf";
  readonly codec = chafonCf;
  readonly timers = [roundTimer];
  readonly initial: ChafonCfState;
  readonly #options: ChafonCfOptions;

  constructor(options: ChafonCfOptions) {
    this.#options = options;
    const parameters = new Uint8Array(chafonCfParameters.bytes);
    parameters[chafonCfParameters.antennas] = options.antennaMask;
    parameters[chafonCfParameters.power] = options.powerDbm;
    parameters[chafonCfParameters.session] = options.session;
    this.initial = { ...emptyBench, parameters: toHex(parameters), writes: 0, leftMs: 0 };
  }

  forget(state: ChafonCfState): ChafonCfState {
    return { ...state, leftMs: 0 };
  }

  obey(state: ChafonCfState, frame: ChafonCfFrame): SimulatorStep<ChafonCfState> {
    const { address, command } = frame;
    if (address !== this.#options.address && address !== 0xff) return { state, effects: [] };
    // The codec reads frames as a host hears them; a request's data are the same bytes.
    const data = toHex(chafonCf.encode(frame).subarray(5, -2));
    const { state: after, shows } = showFlaw(state, "foreign-reply");
    const foreign = shows ? [this.#reply(0x0070, 0)] : [];
    const obeyed = this.#carryOut(after, command, data);
    return { state: obeyed.state, effects: [...foreign, ...obeyed.effects] };
  }

  #carryOut(state: ChafonCfState, command: number, data: string): SimulatorStep<ChafonCfState> {
    switch (command) {
      case chafonCfCommand.getParameters:
        return { state, effects: [this.#reply(command, 0, state.parameters)] };
      case chafonCfCommand.setParameters: {
        const changed = { ...state, parameters: data, writes: state.writes + 1 };
        return { state: changed, effects: [this.#reply(command, 0)] };
      }
      case chafonCfCommand.stop:
        return {
          state: { ...state, leftMs: 0 },
          effects: [{ kind: "cancel-timer", name: roundTimer }, this.#reply(command, 0)],
        };
      case chafonCfCommand.inventory:
        return this.#begin(state, data);
      default:
        return { state, effects: [this.#reply(command, parameterError)] };
    }
  }

  /** Stop by time (0) | seconds (4) */
  #begin(state: ChafonCfState, data: string): SimulatorStep<ChafonCfState> {
    const { failNext } = state;
    const { inventory } = chafonCfCommand;
    if (failNext !== undefined)
      return { state: { ...state, failNext: undefined }, effects: [this.#reply(inventory, failNext)] };
    const leftMs = Number.parseInt(data.slice(2), 16) * 1_000;
    return { state: { ...state, leftMs }, effects: [this.#next()] };
  }

  wake(before: ChafonCfState): SimulatorStep<ChafonCfState> {
    const { roundMs, saysEnd } = this.#options;
    const leftMs = before.leftMs - roundMs;
    const antennas = antennasOf(fromHex(before.parameters)?.[chafonCfParameters.antennas] ?? 0);
    const { state, read } = readRound({ ...before, leftMs }, antennas, tagsPerRoundMax);
    const spoiled = read.length > 0 ? showFlaw(state, "bad-crc") : { state, shows: false };
    const turned = read.length > 0 ? showFlaw(spoiled.state, "turned-crc") : { ...spoiled, shows: false };
    const tags = read.map((tag) => this.#tag(tag));
    const wrong = turned.shows ? tags.map(turn) : tags;
    const end = saysEnd ? [this.#reply(chafonCfCommand.inventory, finished)] : [];
    return {
      state: turned.state,
      effects: [...(spoiled.shows ? tags.map(spoil) : wrong), ...(leftMs > 0 ? [this.#next()] : end)],
    };
  }

  #next(): SimulatorEffect {
    return { kind: "timer", name: roundTimer, delayMs: this.#options.roundMs };
  }

  #tag([epc, { antenna, rssiDbm }]: readonly [string, NearTag]): SimulatorEffect {
    return this.#say(chafonCfCommand.inventory, {
      kind: "tag",
      status: 0,
      rssiRaw: rssiDbm * 10,
      antenna,
      channel: 1,
      epc,
    });
  }

  #reply(command: number, status: number, data = ""): SimulatorEffect {
    return this.#say(command, { kind: "reply", status, data });
  }

  #say(command: number, content: ChafonCfContent): SimulatorEffect {
    const { address } = this.#options;
    return { kind: "send", bytes: chafonCf.encode({ address, command, content }) };
  }
}

const antennasOf = (mask: number): readonly number[] =>
  [1, 2, 3, 4, 5, 6, 7, 8].filter((antenna) => mask & (1 << (antenna - 1)));

const changed = (effect: SimulatorEffect, change: (bytes: Uint8Array) => Uint8Array): SimulatorEffect =>
  effect.kind === "send" ? { ...effect, bytes: change(effect.bytes) } : effect;

const spoil = (effect: SimulatorEffect): SimulatorEffect =>
  changed(effect, (bytes) => bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)));

const turn = (effect: SimulatorEffect): SimulatorEffect =>
  changed(effect, (bytes) => Uint8Array.from([...bytes.subarray(0, -2), ...bytes.subarray(-2).toReversed()]));
