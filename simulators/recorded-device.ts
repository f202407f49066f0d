import { bytesOf, type RecordingEntry } from "../protocols/recording.ts";
import type { Simulator, SimulatorEffect, SimulatorInput, SimulatorStep } from "./simulator.ts";

/** How long behind its recorded time the host's word is waited for; a host that says something else must not stop the play. */
const patienceMs = 1_000;

const nextTimer = "next";

export interface RecordedDeviceState {
  /** The entry that happens next. */
  readonly place: number;
  /** When the last one happened, in the recording's time. */
  readonly lastT: number;
  /** Bytes of the host's that belong to no recorded sending yet. */
  readonly heardBytes: number;
  /** Waiting for a host, for its word, or for time. */
  readonly waits: "host" | "word" | "time" | "nothing";
  readonly unplugged: boolean;
}

export interface PlayOptions {
  readonly name: string;
  readonly entries: readonly RecordingEntry[];
  /** False on a serial line, where a device does not notice that a host opens or closes its port. */
  readonly seesHosts: boolean;
  /** Added before what a device says first by itself: time for a host to find it where it does not see hosts. */
  readonly startAfterMs: number;
}

/** What the carrier is told, for a device cannot pull its own cable. */
export interface PlayListener {
  plugged(plugged: boolean): void;
  ended(): void;
}

/**
 * A device that says what a recording's device said: each thing as long after what came before it as then, and
 * nothing before the host has said its part. The content of the host's words is not looked at.
 */
export function recordedDevice(
  options: PlayOptions,
  listener: PlayListener,
): Simulator<RecordedDeviceState, never> {
  const play = new Play(options, listener);
  return {
    name: options.name,
    initial: { place: 0, lastT: 0, heardBytes: 0, waits: "host", unplugged: false },
    step: (state, input) => play.step(state, input),
  };
}

type Step = SimulatorStep<RecordedDeviceState>;

class Play {
  readonly #entries: readonly RecordingEntry[];
  readonly #options: PlayOptions;
  readonly #listener: PlayListener;

  constructor(options: PlayOptions, listener: PlayListener) {
    this.#entries = options.entries;
    this.#options = options;
    this.#listener = listener;
  }

  step(state: RecordedDeviceState, input: SimulatorInput<never>): Step {
    switch (input.kind) {
      case "opened":
        return this.#opened(state);
      case "bytes":
      case "feature":
        return this.#heard({ ...state, heardBytes: state.heardBytes + input.bytes.length });
      case "timer":
        return this.#due(state);
      case "stimulus":
        return { state, effects: [] };
    }
  }

  /** A host that comes in the midst begins with the next connection of the recording, or the last one anew. */
  #opened(state: RecordedDeviceState): Step {
    if (state.waits === "nothing") return { state, effects: [] };
    const isOpening = ({ kind }: RecordingEntry): boolean => kind === "opened";
    const next = this.#entries.findIndex((entry, index) => index >= state.place && isOpening(entry));
    const place = next >= 0 ? next : this.#entries.findLastIndex(isOpening);
    const lastT = (this.#entries[place]?.t ?? 0) - this.#options.startAfterMs;
    return this.#goOn({ ...state, place: place + 1, lastT, heardBytes: 0, unplugged: false }, []);
  }

  #heard(state: RecordedDeviceState): Step {
    const entry = this.#entries[state.place];
    if (state.waits !== "word" || entry === undefined || !isWord(entry)) return { state, effects: [] };
    const length = bytesOf(entry.hex).length;
    if (state.heardBytes < length) return { state, effects: [] };
    const rest = { ...state, heardBytes: state.heardBytes - length };
    return this.#goOn(this.#past(rest, entry), []);
  }

  /** Its time has come, or the host's patience is over. */
  #due(state: RecordedDeviceState): Step {
    const entry = this.#entries[state.place];
    if (entry === undefined) return { state, effects: [] };
    const effects: SimulatorEffect[] = [];
    if (entry.kind === "bytes" && entry.direction === "in")
      effects.push({ kind: "send", bytes: bytesOf(entry.hex) });
    if (entry.kind === "edge") effects.push({ kind: "edge", line: entry.line, active: entry.active });
    if (entry.kind === "opened" && (state.unplugged || this.#options.seesHosts)) {
      // The host finds the device again and opens it; that is when the next connection begins.
      if (state.unplugged) this.#listener.plugged(true);
      return { state: { ...state, waits: "host" }, effects };
    }
    if (entry.kind === "closed") this.#listener.plugged(false);
    return this.#goOn({ ...this.#past(state, entry), unplugged: entry.kind === "closed" }, effects);
  }

  #past(state: RecordedDeviceState, entry: RecordingEntry): RecordedDeviceState {
    return { ...state, place: state.place + 1, lastT: entry.t };
  }

  /** Waits for what happens next. */
  #goOn(state: RecordedDeviceState, before: readonly SimulatorEffect[]): Step {
    const place = this.#nextOfOurs(state.place);
    const entry = this.#entries[place];
    if (entry === undefined) {
      this.#listener.ended();
      return { state: { ...state, place, waits: "nothing" }, effects: before };
    }
    const gone = this.#entries.slice(state.place, place).findLast(({ kind }) => kind === "gap");
    const delayMs = Math.max(0, entry.t - (gone?.t ?? state.lastT));
    const next = { ...state, place };
    if (!isWord(entry)) {
      const timer: SimulatorEffect = { kind: "timer", name: nextTimer, delayMs };
      return { state: { ...next, waits: "time" }, effects: [...before, timer] };
    }
    const waiting: RecordedDeviceState = { ...next, waits: "word" };
    const already = bytesOf(entry.hex).length;
    if (next.heardBytes >= already) {
      const rest = { ...waiting, heardBytes: next.heardBytes - already };
      return this.#goOn(this.#past(rest, entry), before);
    }
    const timer: SimulatorEffect = { kind: "timer", name: nextTimer, delayMs: delayMs + patienceMs };
    return { state: waiting, effects: [...before, timer] };
  }

  /** Passes over what neither the device nor the host does on the wire. */
  #nextOfOurs(from: number): number {
    const found = this.#entries.findIndex(
      (entry, index) => index >= from && (isWord(entry) || isDeed(entry) || entry.kind === "opened"),
    );
    return found < 0 ? this.#entries.length : found;
  }
}

type Word = Extract<RecordingEntry, { kind: "bytes" | "feature" }>;

/** What the host said. */
const isWord = (entry: RecordingEntry): entry is Word =>
  (entry.kind === "bytes" || entry.kind === "feature") && entry.direction === "out";

/** What the device did. */
const isDeed = (entry: RecordingEntry): boolean =>
  entry.direction === "in" && (entry.kind === "bytes" || entry.kind === "edge" || entry.kind === "closed");
