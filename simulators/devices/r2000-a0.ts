import type { R2000Packet } from "../../protocols/codecs/r2000-a0/packet.ts";
import { openPacket, packetBytesMax, probePacket } from "../../protocols/codecs/r2000-a0/packet.ts";
import { r2000Broadcast, r2000Command, r2000Success } from "../../protocols/codecs/r2000-a0/tables.ts";
import type { R2000Content } from "../../protocols/codecs/r2000-a0.ts";
import { r2000A0 } from "../../protocols/codecs/r2000-a0.ts";
import type { Random } from "../../protocols/random.ts";
import { fromHex, join, toHex } from "../../protocols/stream/bytes.ts";
import { cut } from "../../protocols/stream/cut.ts";
import type { Simulator, SimulatorEffect, SimulatorInput, SimulatorStep } from "../simulator.ts";

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

/** Antennas are 1-based, as printed on the case. */
export type ReaderStimulus =
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
  | { readonly kind: "restart" };

interface NearTag {
  readonly antenna: number;
  readonly rssiDbm: number;
}

export interface ReaderState {
  readonly rest: Uint8Array;
  readonly powerDbm: number;
  /** How often the power was written to flash. */
  readonly powerWrites: number;
  /** 0-based. */
  readonly workAntenna: number;
  readonly tags: ReadonlyMap<string, NearTag>;
  readonly lostAntennas: ReadonlySet<number>;
  readonly failNext: number | undefined;
  /** While it boots it hears nothing. */
  readonly booting: boolean;
  /** The tag that the last round ended with, so that the next one reads the others as well. */
  readonly lastRead: number;
}

const roundTimer = "round";
const bootTimer = "boot";
const bootMs = 800;
/** What fits into 40 ms at 115,200 baud; further tags come in the next round. */
const tagsPerRoundMax = 20;
const rssiDbmDefault = -58;
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

  constructor(options: ReaderOptions, random: Random) {
    this.#options = options;
    this.#random = random;
    this.initial = {
      rest: new Uint8Array(),
      powerDbm: options.powerDbm,
      powerWrites: 0,
      workAntenna: 0,
      tags: new Map(),
      lostAntennas: new Set(),
      failNext: undefined,
      booting: false,
      lastRead: 0,
    };
  }

  step(state: ReaderState, input: SimulatorInput<ReaderStimulus>): SimulatorStep<ReaderState> {
    switch (input.kind) {
      case "opened":
        return { state: { ...state, rest: new Uint8Array() }, effects: [] };
      case "bytes":
        return state.booting ? { state, effects: [] } : this.#hear(state, input.bytes);
      case "timer":
        return input.name === bootTimer
          ? { state: { ...state, booting: false }, effects: [] }
          : this.#endRound(state);
      case "stimulus":
        return this.#feel(state, input.stimulus);
      case "feature":
        return { state, effects: [] };
    }
  }

  #hear(before: ReaderState, bytes: Uint8Array): SimulatorStep<ReaderState> {
    const { pieces, rest } = cut(join(before.rest, bytes), probePacket, packetBytesMax);
    let state: ReaderState = { ...before, rest: rest.slice() };
    const effects: SimulatorEffect[] = [];
    for (const piece of pieces) {
      const packet = openPacket(piece.bytes);
      if (!packet.ok || !this.#isMeant(packet.value)) continue;
      const step = this.#obey(state, packet.value);
      state = step.state;
      effects.push(...step.effects);
    }
    return { state, effects };
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
        return this.#restart(state);
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
  #endRound(state: ReaderState): SimulatorStep<ReaderState> {
    const near = [...state.tags].filter(([, tag]) => tag.antenna === state.workAntenna + 1);
    const first = near.length > tagsPerRoundMax ? state.lastRead % near.length : 0;
    const read = [...near.slice(first), ...near.slice(0, first)].slice(0, tagsPerRoundMax);
    const command = r2000Command.realTimeInventory;
    const tags = read.map(([epcHex, tag]) => this.#say(command, this.#tagContent(epcHex, tag)));
    const rate = Math.round((read.length * 1_000) / Math.max(1, this.#options.roundMs));
    const end = this.#say(command, {
      kind: "inventory-end",
      antenna: state.workAntenna,
      totalReads: read.length,
      ...(this.#options.endPacket === "with-rate" ? { readRatePerSec: rate } : {}),
    });
    return { state: { ...state, lastRead: first + read.length }, effects: [...tags, end] };
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

  #feel(state: ReaderState, stimulus: ReaderStimulus): SimulatorStep<ReaderState> {
    const tags = new Map(state.tags);
    const lostAntennas = new Set(state.lostAntennas);
    switch (stimulus.kind) {
      case "tag-near": {
        const { epcHex, antenna, rssiDbm = rssiDbmDefault } = stimulus;
        return { state: { ...state, tags: tags.set(epcHex, { antenna, rssiDbm }) }, effects: [] };
      }
      case "tag-gone":
        tags.delete(stimulus.epcHex);
        return { state: { ...state, tags }, effects: [] };
      case "antenna-lost":
        return { state: { ...state, lostAntennas: lostAntennas.add(stimulus.antenna) }, effects: [] };
      case "antenna-back":
        lostAntennas.delete(stimulus.antenna);
        return { state: { ...state, lostAntennas }, effects: [] };
      case "fail-next":
        return { state: { ...state, failNext: stimulus.error }, effects: [] };
      case "restart":
        return this.#restart(state);
    }
  }

  #restart(state: ReaderState): SimulatorStep<ReaderState> {
    return {
      state: { ...state, rest: new Uint8Array(), workAntenna: 0, failNext: undefined, booting: true },
      effects: [
        { kind: "cancel-timer", name: roundTimer },
        { kind: "timer", name: bootTimer, delayMs: bootMs },
      ],
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
