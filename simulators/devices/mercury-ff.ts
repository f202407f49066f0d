import { tagCrcOf } from "../../protocols/codecs/magicrf/content.ts";
import type { MercuryContent } from "../../protocols/codecs/mercury/content.ts";
import { mercuryOpcode } from "../../protocols/codecs/mercury/content.ts";
import { mercuryRegions, mercuryStatus } from "../../protocols/codecs/mercury/tables.ts";
import type { MercuryFrame } from "../../protocols/codecs/mercury-ff.ts";
import { mercuryFf } from "../../protocols/codecs/mercury-ff.ts";
import { fromHex, toHex } from "../../protocols/stream/bytes.ts";
import type { Simulator, SimulatorEffect, SimulatorStep } from "../simulator.ts";
import type { BenchState, NearTag, ReaderModel, ReaderStimulus } from "./parts/reader-bench.ts";
import { emptyBench, readerOn, readRound, showFlaw } from "./parts/reader-bench.ts";

export interface MercuryOptions {
  /** M5e and M6e stay in their boot loader until they are told to start. */
  readonly startsIn: "boot-loader" | "application";
  /** 0 is none: then it reads nothing. */
  readonly region: number;
  readonly powerDbm: number;
  readonly antennaCount: number;
  readonly roundMs: number;
}

export const mercuryDefaults: MercuryOptions = {
  startsIn: "boot-loader",
  region: mercuryRegions.prc,
  powerDbm: 27,
  antennaCount: 4,
  roundMs: 100,
};

export const mercuryFlaws = [
  /** A tag's own CRC is wrong in a frame whose CRC is right. */
  "bad-tag-crc",
  /** The next sign of life says that the module is too hot. */
  "too-hot",
  /** The next sign of life says that an antenna throws the power back. */
  "high-return-loss",
  "keepalive-missing",
  /** It tells its temperature. */
  "temperature",
  /** It stops to read without a word. */
  "stream-ends",
] as const;
export type MercuryFlaw = (typeof mercuryFlaws)[number];

export interface MercuryState extends BenchState {
  readonly runs: "boot-loader" | "application";
  readonly streaming: boolean;
  readonly antennas: readonly number[];
  /** By opcode and parameter that read them, hex. */
  readonly settings: ReadonlyMap<string, string>;
  /** How often a setting was written. */
  readonly writes: number;
  readonly sinceKeepAliveMs: number;
}

const roundTimer = "round";
const keepAliveTimer = "keep-alive";
const keepAliveMs = 1_000;
const tagsPerRoundMax = 20;
const firstKhz = 920_625;
const version = "1412080030000002202208040b012500000010".slice(0, 24) + "010b012500000010";
/** Flags of what follows: everything. */
const tagHead = "100" + "01b01ff0101";

/** The request that reads what another one writes, and how many digits of both are the parameter's number. */
const writesOf: Readonly<Record<number, { readonly reads: number; readonly numberDigits: number }>> = {
  [mercuryOpcode.setRegion]: { reads: mercuryOpcode.region, numberDigits: 0 },
  [mercuryOpcode.setProtocol]: { reads: mercuryOpcode.protocol, numberDigits: 0 },
  [mercuryOpcode.setOption]: { reads: mercuryOpcode.option, numberDigits: 4 },
  [mercuryOpcode.setProtocolParameter]: { reads: mercuryOpcode.protocolParameter, numberDigits: 4 },
  [mercuryOpcode.setPower]: { reads: mercuryOpcode.power, numberDigits: 0 },
};
const hexOf = (value: number, bytes: number): string => value.toString(16).padStart(bytes * 2, "0");
const keyOf = (opcode: number, number = ""): string => `${opcode} ${number}`;

export const createMercury = (
  options: MercuryOptions,
): Simulator<MercuryState, ReaderStimulus<MercuryFlaw>> => readerOn(new MercuryModel(options));

class MercuryModel implements ReaderModel<MercuryState, MercuryFrame> {
  readonly name = "mercury-ff";
  readonly codec = mercuryFf;
  readonly timers = [roundTimer, keepAliveTimer];
  readonly initial: MercuryState;
  readonly #options: MercuryOptions;

  constructor(options: MercuryOptions) {
    this.#options = options;
    this.initial = {
      ...emptyBench,
      runs: options.startsIn,
      streaming: false,
      antennas: [],
      settings: this.#settings(),
      writes: 0,
      sinceKeepAliveMs: 0,
    };
  }

  #settings(): ReadonlyMap<string, string> {
    const { region, powerDbm } = this.#options;
    return new Map([
      [keyOf(mercuryOpcode.region), hexOf(region, 1)],
      [keyOf(mercuryOpcode.protocol), "0000"],
      [keyOf(mercuryOpcode.option, "010c"), "01"],
      [keyOf(mercuryOpcode.protocolParameter, "0500"), "00"],
      [keyOf(mercuryOpcode.protocolParameter, "0501"), "0100"],
      [keyOf(mercuryOpcode.power), hexOf(powerDbm * 100, 2)],
    ]);
  }

  /** Nothing but the region is in flash. */
  forget(state: MercuryState): MercuryState {
    const { tags, lostAntennas, flaws, writes } = state;
    return { ...this.initial, tags, lostAntennas, flaws, writes };
  }

  obey(state: MercuryState, frame: MercuryFrame): SimulatorStep<MercuryState> {
    if (frame.from === "module") return { state, effects: [] };
    const { opcode } = frame;
    const data = toHex(mercuryFf.encode(frame).subarray(3, -2));
    if (opcode === mercuryOpcode.version) return this.#answer(state, opcode, version);
    if (opcode === mercuryOpcode.boot) return this.#boot(state);
    if (state.runs === "boot-loader") return this.#refuse(state, opcode, mercuryStatus.bootLoader);
    if (opcode === mercuryOpcode.continuous) return this.#readOrHalt(state, data);
    if (opcode === mercuryOpcode.setAntennas) return this.#setAntennas(state, data);
    const writes = writesOf[opcode];
    return writes === undefined ? this.#read(state, opcode, data) : this.#write(state, opcode, data, writes);
  }

  #boot(state: MercuryState): SimulatorStep<MercuryState> {
    const { boot } = mercuryOpcode;
    if (state.runs === "application") return this.#refuse(state, boot, mercuryStatus.bootLoader);
    return this.#answer({ ...state, runs: "application" }, boot, "");
  }

  #read(state: MercuryState, opcode: number, data: string): SimulatorStep<MercuryState> {
    const power = opcode === mercuryOpcode.power;
    const value = state.settings.get(keyOf(opcode, power ? "" : data));
    if (value === undefined) return this.#refuse(state, opcode, mercuryStatus.bootLoader);
    return this.#answer(state, opcode, power ? `01${value}0c4e0000` : data + value);
  }

  #write(
    state: MercuryState,
    opcode: number,
    data: string,
    { reads, numberDigits }: { readonly reads: number; readonly numberDigits: number },
  ): SimulatorStep<MercuryState> {
    const key = keyOf(reads, data.slice(0, numberDigits));
    const settings = new Map(state.settings).set(key, data.slice(numberDigits));
    return this.#answer({ ...state, settings, writes: state.writes + 1 }, opcode, "");
  }

  #setAntennas(state: MercuryState, data: string): SimulatorStep<MercuryState> {
    const { setAntennas } = mercuryOpcode;
    const antennas = [...(fromHex(data.slice(2)) ?? [])].filter((_, at) => at % 2 === 0);
    const beyond = antennas.some((antenna) => antenna > this.#options.antennaCount);
    return beyond
      ? this.#refuse(state, setAntennas, mercuryStatus.invalidParameter)
      : this.#answer({ ...state, antennas }, setAntennas, "");
  }

  #readOrHalt(state: MercuryState, data: string): SimulatorStep<MercuryState> {
    const { continuous, region } = mercuryOpcode;
    if (data.slice(4, 6) === "02") {
      const { effects } = this.#answer(state, continuous, "02");
      const ended = [roundTimer, keepAliveTimer].map((name) => ({ kind: "cancel-timer" as const, name }));
      return { state: { ...state, streaming: false }, effects: [...ended, ...effects] };
    }
    const noRegion = state.settings.get(keyOf(region)) === "00";
    const error = state.failNext ?? (noRegion ? mercuryStatus.invalidParameter : undefined);
    const ready = { ...state, failNext: undefined };
    if (error !== undefined) return this.#refuse(ready, continuous, error);
    const { effects } = this.#answer(state, continuous, "01220000");
    return {
      state: { ...ready, streaming: true, sinceKeepAliveMs: 0 },
      effects: [...effects, this.#nextRound(), nextKeepAlive],
    };
  }

  wake(state: MercuryState, timer: string): SimulatorStep<MercuryState> {
    if (!state.streaming) return { state, effects: [] };
    return timer === keepAliveTimer ? this.#keepAlive(state) : this.#endRound(state);
  }

  #endRound(before: MercuryState): SimulatorStep<MercuryState> {
    const ending = showFlaw(before, "stream-ends");
    if (ending.shows) return { state: { ...ending.state, streaming: false }, effects: [] };
    const sinceKeepAliveMs = before.sinceKeepAliveMs + this.#options.roundMs;
    const { state, read } = readRound({ ...before, sinceKeepAliveMs }, before.antennas, tagsPerRoundMax);
    const spoiled = read.length > 0 ? showFlaw(state, "bad-tag-crc") : { state, shows: false };
    const tags = read.map((tag) => this.#tag(tag, sinceKeepAliveMs, spoiled.shows));
    return { state: spoiled.state, effects: [...tags, this.#nextRound()] };
  }

  #keepAlive(before: MercuryState): SimulatorStep<MercuryState> {
    const missing = showFlaw(before, "keepalive-missing");
    const hot = showFlaw(missing.state, "too-hot");
    const loss = showFlaw(hot.state, "high-return-loss");
    const warm = showFlaw(loss.state, "temperature");
    const complaint = loss.shows ? mercuryStatus.highReturnLoss : undefined;
    const status = hot.shows ? mercuryStatus.tooHot : (complaint ?? mercuryStatus.keepAlive);
    const said = missing.shows ? [] : [this.#stream(status, { kind: "data", data: "" })];
    const temperature: MercuryContent = { kind: "data", data: "820200081b0000012a2b" };
    const told = warm.shows ? [this.#stream(mercuryStatus.done, temperature)] : [];
    return { state: { ...warm.state, sinceKeepAliveMs: 0 }, effects: [...said, ...told, nextKeepAlive] };
  }

  #nextRound(): SimulatorEffect {
    return { kind: "timer", name: roundTimer, delayMs: this.#options.roundMs };
  }

  #tag(
    [epc, { antenna, rssiDbm }]: readonly [string, NearTag],
    msSinceKeepAlive: number,
    spoiled: boolean,
  ): SimulatorEffect {
    const pc = hexOf((epc.length / 4) << 11, 2);
    const crc = tagCrcOf(fromHex(pc + epc) ?? new Uint8Array()) ^ (spoiled ? 1 : 0);
    return this.#stream(mercuryStatus.done, {
      kind: "tag",
      head: tagHead,
      rssiDbm,
      antennaTx: antenna,
      antennaRx: antenna,
      frequencyKhz: firstKhz,
      msSinceKeepAlive,
      phaseDegrees: 90,
      protocol: 5,
      memoryBits: 0,
      memory: "",
      reserved: 0x0f,
      pc,
      epc,
      tagCrc: hexOf(crc, 2),
    });
  }

  #stream(status: number, content: MercuryContent): SimulatorEffect {
    return say(mercuryOpcode.readMany, status, content);
  }

  #answer(state: MercuryState, opcode: number, data: string): SimulatorStep<MercuryState> {
    return { state, effects: [say(opcode, mercuryStatus.done, { kind: "data", data })] };
  }

  #refuse(state: MercuryState, opcode: number, status: number): SimulatorStep<MercuryState> {
    return { state, effects: [say(opcode, status, { kind: "data", data: "" })] };
  }
}

const nextKeepAlive: SimulatorEffect = { kind: "timer", name: keepAliveTimer, delayMs: keepAliveMs };

const say = (opcode: number, status: number, content: MercuryContent): SimulatorEffect => ({
  kind: "send",
  bytes: mercuryFf.encode({ from: "module", opcode, status, content }),
});
