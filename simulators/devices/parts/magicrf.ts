import { m100Bb } from "../../../protocols/codecs/m100-bb.ts";
import type { MagicrfContent, MagicrfType } from "../../../protocols/codecs/magicrf/content.ts";
import { magicrfCommand, tagCrcOf } from "../../../protocols/codecs/magicrf/content.ts";
import type { MagicrfFrame } from "../../../protocols/codecs/magicrf/frame.ts";
import { r200Aa } from "../../../protocols/codecs/r200-aa.ts";
import { fromHex, toHex } from "../../../protocols/stream/bytes.ts";
import type { Simulator, SimulatorEffect, SimulatorStep } from "../../simulator.ts";
import type { BenchState, ReaderModel, ReaderStimulus } from "./reader-bench.ts";
import { emptyBench, readerOn, readRound, showFlaw } from "./reader-bench.ts";

export interface MagicrfOptions {
  /** Which marks its frames have: the boards look alike, whatever firmware is on them. */
  readonly firmware: "bb" | "aa";
  /** What it says when asked for its hardware. */
  readonly name: string;
  readonly powerDbm: number;
  readonly region: number;
  /** How long a round takes; about 36 empty ones a second were measured. */
  readonly roundMs: number;
}

export const magicrfDefaults = {
  name: "M100 26dBm V1.0",
  powerDbm: 26,
  region: 1,
  roundMs: 28,
} as const;

export const magicrfFlaws = [
  /** A tag's own CRC is wrong in a frame whose sum is right. */
  "bad-tag-crc",
  /** The multi-poll ends before its count. */
  "poll-ends",
  /** It reads nothing and does not even say so. */
  "round-silent",
] as const;
type Flaw = (typeof magicrfFlaws)[number];

export interface MagicrfState extends BenchState {
  /** Of the multi-poll, or the one of a single poll. */
  readonly roundsLeft: number;
  /** Settings by the command that reads them, as hex. */
  readonly settings: ReadonlyMap<number, string>;
  /** How often a setting was written. */
  readonly writes: number;
}

const codecs = { bb: m100Bb, aa: r200Aa } as const;
const roundTimer = "round";
/** What fits between two rounds at 115,200 baud. */
const tagsPerRoundMax = 12;
const noTag = 0x15;
const invalidCommand = 0x17;
const queryByDefault = "1020";
const { setRegion, getRegion, setQuery, getQuery, setPower, getPower } = magicrfCommand;
/** The command that reads what another one writes. */
const readsWhat: Readonly<Record<number, number>> = {
  [setRegion]: getRegion,
  [setQuery]: getQuery,
  [setPower]: getPower,
};
/** Region 1 is one byte in the setting and in the answer alike. */
const hexOf = (value: number, bytes: number): string => value.toString(16).padStart(bytes * 2, "0");

/** A module with M100 or R200 firmware and one antenna. */
export function createMagicrf(
  name: "m100-bb" | "r200-aa",
  options: MagicrfOptions,
): Simulator<MagicrfState, ReaderStimulus<Flaw>> {
  return readerOn(new MagicrfModel(name, options));
}

class MagicrfModel implements ReaderModel<MagicrfState, MagicrfFrame> {
  readonly name: string;
  readonly initial: MagicrfState;
  readonly codec: (typeof codecs)[keyof typeof codecs];
  readonly timers = [roundTimer];
  readonly #options: MagicrfOptions;

  constructor(name: string, options: MagicrfOptions) {
    this.name = name;
    this.codec = codecs[options.firmware];
    this.#options = options;
    const settings = new Map([
      [getPower, hexOf(options.powerDbm * 100, 2)],
      [getRegion, hexOf(options.region, 1)],
      [getQuery, queryByDefault],
    ]);
    this.initial = { ...emptyBench, roundsLeft: 0, settings, writes: 0 };
  }

  forget(state: MagicrfState): MagicrfState {
    return { ...state, roundsLeft: 0 };
  }

  obey(state: MagicrfState, { type, command, content }: MagicrfFrame): SimulatorStep<MagicrfState> {
    if (type !== "command") return { state, effects: [] };
    const parameter = parameterOf(content);
    const reads = readsWhat[command];
    if (reads !== undefined) return this.#write(state, command, reads, parameter);
    const setting = state.settings.get(command);
    if (setting !== undefined) return this.#answer(state, command, setting);
    switch (command) {
      case magicrfCommand.information:
        return this.#answer(state, command, toHex(Uint8Array.from([0, ...textBytes(this.#options.name)])));
      case magicrfCommand.stop:
        return this.#stop(state);
      case magicrfCommand.inventory:
        return this.#begin(state, 1);
      case magicrfCommand.inventoryMany:
        return this.#begin(state, Number.parseInt(parameter.slice(2), 16));
      default:
        return { state, effects: [this.#fail(invalidCommand)] };
    }
  }

  #write(
    state: MagicrfState,
    command: number,
    reads: number,
    parameter: string,
  ): SimulatorStep<MagicrfState> {
    const settings = new Map(state.settings).set(reads, parameter);
    return this.#answer({ ...state, settings, writes: state.writes + 1 }, command, "00");
  }

  #stop(state: MagicrfState): SimulatorStep<MagicrfState> {
    const { effects } = this.#answer(state, magicrfCommand.stop, "00");
    return {
      state: { ...state, roundsLeft: 0 },
      effects: [{ kind: "cancel-timer", name: roundTimer }, ...effects],
    };
  }

  #begin(state: MagicrfState, roundsLeft: number): SimulatorStep<MagicrfState> {
    if (state.failNext !== undefined)
      return { state: { ...state, failNext: undefined }, effects: [this.#fail(state.failNext)] };
    return { state: { ...state, roundsLeft }, effects: [this.#nextRound()] };
  }

  wake(before: MagicrfState): SimulatorStep<MagicrfState> {
    const silent = showFlaw(before, "round-silent");
    const ending = showFlaw(silent.state, "poll-ends");
    const roundsLeft = ending.shows ? 0 : before.roundsLeft - 1;
    const { state, read } = readRound({ ...ending.state, roundsLeft }, [1], tagsPerRoundMax);
    const spoiled = read.length > 0 ? showFlaw(state, "bad-tag-crc") : { state, shows: false };
    const seen = read.map(([epcHex, { rssiDbm }]) => this.#tag(epcHex, rssiDbm, spoiled.shows));
    const said = seen.length > 0 ? seen : [this.#fail(noTag)];
    return {
      state: spoiled.state,
      effects: [...(silent.shows ? [] : said), ...(roundsLeft > 0 ? [this.#nextRound()] : [])],
    };
  }

  #nextRound(): SimulatorEffect {
    return { kind: "timer", name: roundTimer, delayMs: this.#options.roundMs };
  }

  #tag(epc: string, rssiDbm: number, spoiled: boolean): SimulatorEffect {
    const words = epc.length / 4;
    const pc = hexOf(words << 11, 2);
    const crc = tagCrcOf(fromHex(pc + epc) ?? new Uint8Array()) ^ (spoiled ? 1 : 0);
    return this.#say("notification", magicrfCommand.inventory, {
      kind: "tag",
      rssiDbm,
      pc,
      epc,
      tagCrc: hexOf(crc, 2),
    });
  }

  #answer(state: MagicrfState, command: number, parameter: string): SimulatorStep<MagicrfState> {
    return { state, effects: [this.#say("response", command, { kind: "data", parameter })] };
  }

  #fail(error: number): SimulatorEffect {
    return this.#say("response", magicrfCommand.failure, { kind: "failure", error });
  }

  #say(type: MagicrfType, command: number, content: MagicrfContent): SimulatorEffect {
    return { kind: "send", bytes: this.codec.encode({ type, command, content }) };
  }
}

const textBytes = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));

const parameterOf = (content: MagicrfContent): string => {
  if (content.kind === "power") return hexOf(content.centiDbm, 2);
  return content.kind === "data" ? content.parameter : "";
};
