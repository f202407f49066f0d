import type { ChafonContent, ChafonTag } from "../../protocols/codecs/chafon/content.ts";
import { chafonCommand } from "../../protocols/codecs/chafon/content.ts";
import { chafonReaders, chafonStatus } from "../../protocols/codecs/chafon/tables.ts";
import type { ChafonFrame } from "../../protocols/codecs/chafon-crc16.ts";
import { chafonCrc16 } from "../../protocols/codecs/chafon-crc16.ts";
import type { Simulator, SimulatorEffect, SimulatorStep } from "../simulator.ts";
import type { BenchState, NearTag, ReaderModel, ReaderStimulus } from "./parts/reader-bench.ts";
import { emptyBench, readerOn, readRound, showFlaw } from "./parts/reader-bench.ts";

export interface ChafonOptions {
  readonly address: number;
  /** As the reader tells it (command 21): 9 is a UHFReader18 with one antenna, 12 a 288M with four. */
  readonly readerType: number;
  readonly antennaCount: number;
  readonly powerDbm: number;
  /** Highest and lowest channel with the bits of their band; 4E and 00 are Europe. */
  readonly highest: number;
  readonly lowest: number;
  /** How long an inventory takes; meanwhile it hears nothing. */
  readonly scanMs: number;
}

export const chafonDefaults: ChafonOptions = {
  address: 0,
  readerType: 0x0c,
  antennaCount: 4,
  powerDbm: 30,
  highest: 0x4e,
  lowest: 0x00,
  scanMs: 300,
};

export const chafonFlaws = [
  /** A reply to another command, with a good CRC, comes before the right one. */
  "foreign-reply",
  /** The CRC of a list of tags is wrong. */
  "bad-crc",
  /** All tags of a round in one frame, instead of one in each. */
  "one-frame",
  /** The frame that ends a round is lost. */
  "end-missing",
  /** Statistics behind the end. */
  "statistics",
] as const;
export type ChafonFlaw = (typeof chafonFlaws)[number];

export interface ChafonState extends BenchState {
  readonly powerDbm: number;
  readonly highest: number;
  readonly lowest: number;
  /** How often power or band was written. */
  readonly writes: number;
  /** The antenna of the inventory that is going on, 0 of a reader without choice. */
  readonly scanning: number | undefined;
}

const roundTimer = "round";
/** What fits into the pause between two scans at 57,600 baud. */
const tagsPerRoundMax = 20;
const firstAntenna = 0x80;
const antennaAt = 7;
const parameterError = 0xff;
const illegalCommand = 0xfe;
/** Strength of the signal by the module's own table, of which only the order is known. */
const rssiRawOf = (rssiDbm: number): number => Math.max(1, Math.min(0x7f, 0x7f + rssiDbm));

export const createChafon = (options: ChafonOptions): Simulator<ChafonState, ReaderStimulus<ChafonFlaw>> =>
  readerOn(new ChafonModel(options));

class ChafonModel implements ReaderModel<ChafonState, ChafonFrame> {
  readonly name = "chafon-crc16";
  readonly codec = chafonCrc16;
  readonly timers = [roundTimer];
  readonly initial: ChafonState;
  readonly #options: ChafonOptions;
  readonly #ports: boolean;

  constructor(options: ChafonOptions) {
    this.#options = options;
    this.#ports = chafonReaders[options.readerType]?.ports ?? false;
    const { powerDbm, highest, lowest } = options;
    this.initial = { ...emptyBench, powerDbm, highest, lowest, writes: 0, scanning: undefined };
  }

  forget(state: ChafonState): ChafonState {
    return { ...state, scanning: undefined };
  }

  obey(state: ChafonState, frame: ChafonFrame): SimulatorStep<ChafonState> {
    const { address } = frame;
    const meant = address === this.#options.address || address === 0xff;
    // Half duplex: what is said while it is at work is not heard.
    if (!meant || state.scanning !== undefined) return { state, effects: [] };
    // The codec reads frames as a host hears them; a request's payload is the same bytes.
    const payload = chafonCrc16.encode(frame).subarray(3, -2);
    const { state: after, shows } = showFlaw(state, "foreign-reply");
    const foreign = shows ? [this.#say(0x25, { kind: "reply", status: chafonStatus.done, data: "" })] : [];
    const obeyed = this.#carryOut(after, frame.command, payload);
    return { state: obeyed.state, effects: [...foreign, ...obeyed.effects] };
  }

  #carryOut(state: ChafonState, command: number, payload: Uint8Array): SimulatorStep<ChafonState> {
    const [first = 0, second = 0] = payload;
    switch (command) {
      case chafonCommand.information:
        return { state, effects: [this.#say(command, this.#information(state))] };
      case chafonCommand.setPower:
        return this.#done({ ...state, powerDbm: first, writes: state.writes + 1 }, command);
      case chafonCommand.setBand:
        return this.#done({ ...state, highest: first, lowest: second, writes: state.writes + 1 }, command);
      case chafonCommand.inventory:
        return this.#begin(state, payload);
      default:
        return this.#refuse(state, command, illegalCommand);
    }
  }

  #information({ powerDbm, highest, lowest }: ChafonState): ChafonContent {
    const tenths = Math.ceil(this.#options.scanMs / 100);
    return {
      kind: "information",
      status: chafonStatus.done,
      major: 3,
      minor: 1,
      readerType: this.#options.readerType,
      protocols: 3,
      highest,
      lowest,
      powerDbm,
      rest: tenths.toString(16).padStart(2, "0"),
    };
  }

  #begin(state: ChafonState, payload: Uint8Array): SimulatorStep<ChafonState> {
    const { inventory } = chafonCommand;
    const antenna = this.#ports ? (payload[antennaAt] ?? 0) - firstAntenna + 1 : 0;
    const known = this.#ports ? antenna >= 1 && antenna <= this.#options.antennaCount : payload.length === 0;
    if (!known) return this.#refuse(state, inventory, parameterError);
    if (state.failNext !== undefined)
      return this.#refuse({ ...state, failNext: undefined }, inventory, state.failNext);
    if (state.lostAntennas.has(antenna)) return this.#refuse(state, inventory, chafonStatus.antennaMissing);
    const { scanMs } = this.#options;
    return {
      state: { ...state, scanning: antenna },
      effects: [{ kind: "timer", name: roundTimer, delayMs: scanMs }],
    };
  }

  wake(before: ChafonState): SimulatorStep<ChafonState> {
    const antenna = before.scanning ?? 0;
    const { state, read } = readRound(
      { ...before, scanning: undefined },
      [this.#ports ? antenna : 1],
      tagsPerRoundMax,
    );
    const together = showFlaw(state, "one-frame");
    const spoiled = showFlaw(together.state, "bad-crc");
    const endless = showFlaw(spoiled.state, "end-missing");
    const counted = showFlaw(endless.state, "statistics");
    const tags = read.map((each) => this.#tag(each));
    const lists = together.shows ? [tags] : tags.map((tag) => [tag]);
    const frames = lists
      .filter((list) => list.length > 0)
      .map((list) => this.#list(chafonStatus.moreFollows, antenna, list));
    const end = endless.shows ? [] : [this.#list(chafonStatus.finished, antenna, [])];
    const statistics: ChafonContent = {
      kind: "reply",
      status: chafonStatus.statistics,
      data: "0100640000000a",
    };
    const more = counted.shows ? [this.#say(chafonCommand.inventory, statistics)] : [];
    return {
      state: counted.state,
      effects: [...(spoiled.shows ? frames.map(spoil) : frames), ...end, ...more],
    };
  }

  #tag([epc, { rssiDbm }]: readonly [string, NearTag]): ChafonTag {
    return this.#ports ? { epc, rssiRaw: rssiRawOf(rssiDbm) } : { epc };
  }

  #list(status: number, antenna: number, tags: readonly ChafonTag[]): SimulatorEffect {
    const { inventory } = chafonCommand;
    if (this.#ports)
      return this.#say(inventory, { kind: "tags", status, antennaMask: 1 << (antenna - 1), tags });
    // A UHFReader18 says nothing behind the status when there is nothing.
    if (tags.length === 0) return this.#say(inventory, { kind: "reply", status, data: "" });
    return this.#say(inventory, { kind: "tags", status, tags });
  }

  #done(state: ChafonState, command: number): SimulatorStep<ChafonState> {
    return this.#refuse(state, command, chafonStatus.done);
  }

  #refuse(state: ChafonState, command: number, status: number): SimulatorStep<ChafonState> {
    return { state, effects: [this.#say(command, { kind: "reply", status, data: "" })] };
  }

  #say(command: number, content: ChafonContent): SimulatorEffect {
    return {
      kind: "send",
      bytes: chafonCrc16.encode({ address: this.#options.address, command, content }),
    };
  }
}

function spoil(effect: SimulatorEffect): SimulatorEffect {
  if (effect.kind !== "send") return effect;
  const last = effect.bytes.length - 1;
  return { ...effect, bytes: effect.bytes.map((byte, at) => (at === last ? byte ^ 1 : byte)) };
}
