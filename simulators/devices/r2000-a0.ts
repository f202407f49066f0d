import type { R2000Packet } from "../../protocols/codecs/r2000-a0/packet.ts";
import { openPacket, packetBytesMax, probePacket } from "../../protocols/codecs/r2000-a0/packet.ts";
import { r2000Broadcast, r2000Command, r2000Success } from "../../protocols/codecs/r2000-a0/tables.ts";
import type { R2000Content } from "../../protocols/codecs/r2000-a0.ts";
import { r2000A0 } from "../../protocols/codecs/r2000-a0.ts";
import type { Random } from "../../protocols/random.ts";
import { fromHex, toHex } from "../../protocols/stream/bytes.ts";
import type { Simulator, SimulatorEffect, SimulatorInput, SimulatorStep } from "../simulator.ts";
import type { BenchState, NearTag, ReaderModel, ReaderStimulus } from "./parts/reader-bench.ts";
import { emptyBench, readerOn, readRound, restart } from "./parts/reader-bench.ts";

export interface ReaderOptions {
  readonly address: number;
  readonly antennaCount: number;
  readonly powerDbm: number;
  /** How long a round takes; real readers need 30 to 50 ms for the shortest. */
  readonly roundMs: number;
  /** Older firmware ends a round without the read rate. */
  readonly endPacket: "with-rate" | "short";
  /** Whether tag frames carry the phase. */
  readonly phase: boolean;
}

export const readerDefaults: ReaderOptions = {
  address: 1,
  antennaCount: 4,
  powerDbm: 30,
  roundMs: 40,
  endPacket: "with-rate",
  phase: false,
};

export type { ReaderStimulus };

export interface ReaderState extends BenchState {
  readonly powerDbm: number;
  /** How often the power was written to flash. */
  readonly powerWrites: number;
  /** 0-based. */
  readonly workAntenna: number;
}

const roundTimer = "round";
/** What fits into 40 ms at 115,200 baud; further tags come in the next round. */
const tagsPerRoundMax = 20;
/** Frequency index of 920.5 MHz, the first of China's band. */
const firstFrequency = 43;
const frequencies = 10;
const antennaMissing = 0x22;
const antennaOutOfRange = 0x47;
const parameterWrong = 0x41;

export class R2000Simulator implements Simulator<ReaderState, ReaderStimulus> {
  readonly name = "r2000-a0";
  readonly initial: ReaderState;
  readonly #options: ReaderOptions;
  readonly #random: Random;
  readonly #model: ReaderModel<ReaderState, R2000Packet>;

  constructor(options: ReaderOptions, random: Random) {
    this.#options = options;
    this.#random = random;
    this.initial = { ...emptyBench, powerDbm: options.powerDbm, powerWrites: 0, workAntenna: 0 };
    this.#model = {
      name: this.name,
      initial: this.initial,
      codec: { frameBytesMax: packetBytesMax, probe: probePacket, decode: openPacket },
      obey: (state, packet) => (this.#isMeant(packet) ? this.#obey(state, packet) : { state, effects: [] }),
      wake: (state) => this.#endRound(state),
      forget: (state) => ({ ...state, workAntenna: 0 }),
      timers: [roundTimer],
    };
  }

  step(state: ReaderState, input: SimulatorInput<ReaderStimulus>): SimulatorStep<ReaderState> {
    return readerOn(this.#model).step(state, input);
  }

  #isMeant({ address }: R2000Packet): boolean {
    return address === this.#options.address || address === r2000Broadcast;
  }

  #obey(state: ReaderState, { command, payload }: R2000Packet): SimulatorStep<ReaderState> {
    const value = payload[0] ?? 0;
    switch (command) {
      case r2000Command.getFirmware:
        return { state, effects: [this.#say(command, { kind: "firmware", major: 1, minor: 9 })] };
      case r2000Command.getPower:
      case r2000Command.getPowerOfEight:
        return this.#answer(state, command, state.powerDbm);
      case r2000Command.setPower: {
        const changed = { ...state, powerDbm: value, powerWrites: state.powerWrites + 1 };
        return this.#answer(changed, command, r2000Success);
      }
      case r2000Command.setWorkAntenna:
        return value < this.#options.antennaCount
          ? this.#answer({ ...state, workAntenna: value }, command, r2000Success)
          : this.#answer(state, command, antennaOutOfRange);
      case r2000Command.realTimeInventory:
        return this.#beginRound(state);
      case r2000Command.reset:
        return restart(this.#model, state);
      default:
        return this.#answer(state, command, parameterWrong);
    }
  }

  #beginRound(state: ReaderState): SimulatorStep<ReaderState> {
    const missing = state.lostAntennas.has(state.workAntenna + 1) ? antennaMissing : undefined;
    const error = state.failNext ?? missing;
    if (error === undefined) {
      const { roundMs } = this.#options;
      return { state, effects: [{ kind: "timer", name: roundTimer, delayMs: roundMs }] };
    }
    const effect = this.#say(r2000Command.realTimeInventory, { kind: "failure", error });
    return { state: { ...state, failNext: undefined }, effects: [effect] };
  }

  /** The round's tags and its end packet come as one burst, as a fast line delivers them. */
  #endRound(before: ReaderState): SimulatorStep<ReaderState> {
    const { state, read } = readRound(before, [before.workAntenna + 1], tagsPerRoundMax);
    const command = r2000Command.realTimeInventory;
    const tags = read.map(([epcHex, tag]) => this.#say(command, this.#tagContent(epcHex, tag)));
    const rate = Math.round((read.length * 1_000) / Math.max(1, this.#options.roundMs));
    const end = this.#say(command, {
      kind: "inventory-end",
      antenna: state.workAntenna,
      totalReads: read.length,
      ...(this.#options.endPacket === "with-rate" ? { readRatePerSec: rate } : {}),
    });
    return { state, effects: [...tags, end] };
  }

  #tagContent(epcHex: string, { antenna, rssiDbm }: NearTag): R2000Content {
    const words = (fromHex(epcHex)?.length ?? 0) / 2;
    // Three decibels of flutter, and the frequency hops within China's band.
    const flutter = Math.floor(this.#random.fraction() * 3);
    const beyondFour = antenna > 4 ? 0x80 : 0;
    return {
      kind: "tag",
      frequencyIndex: firstFrequency + Math.floor(this.#random.fraction() * frequencies),
      antenna: antenna - 1,
      pc: toHex(Uint8Array.of(words << 3, 0)),
      epc: epcHex,
      rssiRaw: rssiByte(rssiDbm - flutter) | beyondFour,
      ...(this.#options.phase ? { phaseRaw: Math.floor(this.#random.fraction() * 0x1_0000) } : {}),
    };
  }

  #answer(state: ReaderState, command: number, value: number): SimulatorStep<ReaderState> {
    return { state, effects: [this.#say(command, { kind: "byte", value })] };
  }

  #say(command: number, content: R2000Content): SimulatorEffect {
    return {
      kind: "send",
      bytes: r2000A0.encode({ address: this.#options.address, command, content }),
    };
  }
}

/** The inverse of the vendor's table, which has a step at -40 dBm. */
const rssiByte = (rssiDbm: number): number => {
  const raw = rssiDbm >= -39 ? rssiDbm + 129 : rssiDbm + 130;
  return Math.min(127, Math.max(0, raw));
};
