import type { MtSicsFrame } from "../../protocols/codecs/mt-sics.ts";
import { mtSics } from "../../protocols/codecs/mt-sics.ts";
import type { DeviceCommand } from "../../protocols/commands.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Fault } from "../../protocols/faults.ts";
import { fromLatin1 } from "../../protocols/stream/bytes.ts";
import type { Driver, Session, SessionEffect, SessionInput, SessionStep } from "../driver.ts";
import { run } from "../driver.ts";
import { failed, inDoubt } from "./parts/answers.ts";
import { idleTimer, takeChunk, takeIdle } from "./parts/frame-intake.ts";
import { commandLines, isLoad, loadFault, noisyLine, observeLoad, outcomeOf } from "./parts/mt-sics-words.ts";
import { chain, stay } from "./parts/steps.ts";
import type { Troubles } from "./parts/troubles.ts";
import { noTroubles, settle } from "./parts/troubles.ts";

type Settings = SettingsOf<"mt-sics">;

/** Scales of Mettler-Toledo and whoever speaks MT-SICS. */
export const mtSicsScale: Driver<Settings> = {
  name: "mt-sics",
  transports: ["serial", "tcp"],
  start: (settings) => run(new MtSicsSession(settings)),
};

const answerTimer = "answer";
const pauseTimer = "pause";
/** SI is answered at once, also while the load moves. */
const answerMsMax = 1_000;
/** The scale answers T and Z only when the load is at rest. */
const commandMsMax = 10_000;
const repeatsMax = 2;
/** Opening a USB adapter sends a stray byte; the scale's ES to it must be over before the greeting. */
const settlingMs = 200;
/** So many answers of "not understood" in a row are the line's fault. */
const refusalsMax = 3;
const commandsWaitingMax = 8;

const sendLine = (command: string): SessionEffect => ({ kind: "send", bytes: fromLatin1(`${command}\r\n`) });
const wait = (name: string, delayMs: number): SessionEffect => ({ kind: "timer", name, delayMs });

type Question = "greeting" | "weight" | "command";

interface ScaleState {
  readonly rest: Uint8Array;
  readonly ready: boolean;
  readonly asked: Question | undefined;
  readonly repeats: number;
  /** Answers of "not understood" in a row. */
  readonly refusals: number;
  /** Commands, the first of them begun when `asked` says so. */
  readonly commands: readonly DeviceCommand[];
  readonly troubles: Troubles;
}

const initial: ScaleState = {
  rest: new Uint8Array(),
  ready: false,
  asked: undefined,
  repeats: 0,
  refusals: 0,
  commands: [],
  troubles: noTroubles,
};

export class MtSicsSession implements Session<ScaleState> {
  readonly initial = initial;
  readonly polls = true;
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  step(state: ScaleState, input: SessionInput): SessionStep<ScaleState> {
    switch (input.kind) {
      case "opened":
        return { state: initial, effects: [sendLine(""), wait(pauseTimer, settlingMs)] };
      case "bytes":
        return takeChunk(mtSics, state, input.bytes, this.#hear);
      case "timer":
        return this.#wake(state, input.name);
      case "command":
        return accept(state, input.command);
      case "edge":
        return stay(state);
    }
  }

  #wake(state: ScaleState, timer: string): SessionStep<ScaleState> {
    if (timer === idleTimer) return takeIdle(mtSics, state, this.#hear);
    if (timer === pauseTimer) return state.ready ? proceed(state) : greet(state);
    const [command] = state.commands;
    if (state.asked !== "command" || command === undefined) return repeat(state);
    // That it was not understood is certain; no word at all is not.
    return this.#conclude(
      state,
      state.refusals > 0 ? failed(command, "device-not-ready") : inDoubt(command, "silent"),
    );
  }

  /** The print key's lines, and a scale that tells its name at power-up, answer nothing, so they change nothing. */
  readonly #hear = (state: ScaleState, frame: MtSicsFrame): SessionStep<ScaleState> => {
    const [command] = state.commands;
    if (state.asked === "greeting") return hearGreeting(state, frame);
    if (state.asked === "weight") return this.#hearWeight(state, frame);
    if (state.asked !== "command" || command === undefined) return stay(state);
    if (frame.kind === "error")
      // It may be the answer to noise before the command, so the real one is still waited for a little.
      return { state: { ...state, refusals: state.refusals + 1 }, effects: [wait(answerTimer, answerMsMax)] };
    const answer = outcomeOf(command, frame);
    return answer === undefined ? stay(state) : this.#conclude(state, answer);
  };

  #hearWeight(state: ScaleState, frame: MtSicsFrame): SessionStep<ScaleState> {
    if (frame.kind === "error") {
      const refusals = state.refusals + 1;
      const told = refusals < refusalsMax ? stay(state) : settle(state, "line", noisyLine);
      return chain(told, (settled) => this.#rest({ ...settled, refusals }));
    }
    if (!isLoad(frame)) return stay(state);
    return chain(
      settle({ ...state, refusals: 0 }, "line", undefined),
      (settled) => settle(settled, "load", frame.kind === "obstacle" ? loadFault(frame.obstacle) : undefined),
      (settled) => ({ state: settled, effects: observeLoad(frame) }),
      (settled) => this.#rest(settled),
    );
  }

  #conclude(state: ScaleState, answer: SessionEffect): SessionStep<ScaleState> {
    const rested = this.#rest({ ...state, commands: state.commands.slice(1), refusals: 0 });
    return { state: rested.state, effects: [answer, ...rested.effects] };
  }

  /** The exchange is over; the next one begins after the pause. */
  #rest(state: ScaleState): SessionStep<ScaleState> {
    const effects: readonly SessionEffect[] = [
      { kind: "cancel-timer", name: answerTimer },
      wait(pauseTimer, state.commands.length > 0 ? 0 : this.#settings.pollMs),
    ];
    return { state: { ...state, asked: undefined, repeats: 0 }, effects };
  }
}

function hearGreeting(state: ScaleState, frame: MtSicsFrame): SessionStep<ScaleState> {
  if (frame.kind === "error") return repeat(state);
  if (frame.kind !== "identity" || frame.item !== "I4") return stay(state);
  const step: SessionStep<ScaleState> = {
    state: { ...state, ready: true, repeats: 0 },
    effects: [{ kind: "ready" }],
  };
  return chain(step, proceed);
}

/** I4 asks for the serial number; `@` at last also stops a scale that sends without being asked. */
function greet(state: ScaleState): SessionStep<ScaleState> {
  const greeting = sendLine(state.repeats < repeatsMax ? "I4" : "@");
  return { state: { ...state, asked: "greeting" }, effects: [greeting, wait(answerTimer, answerMsMax)] };
}

/** Begins the first waiting command, or else asks for the weight. */
function proceed(state: ScaleState): SessionStep<ScaleState> {
  const [command] = state.commands;
  const line = command === undefined ? undefined : commandLines[command.task.kind];
  if (line === undefined) return askWeight(state);
  const effects = [sendLine(line), wait(answerTimer, commandMsMax)];
  return { state: { ...state, asked: "command", refusals: 0 }, effects };
}

function askWeight(state: ScaleState): SessionStep<ScaleState> {
  return { state: { ...state, asked: "weight" }, effects: [sendLine("SI"), wait(answerTimer, answerMsMax)] };
}

function repeat(before: ScaleState): SessionStep<ScaleState> {
  const state = { ...before, repeats: before.repeats + 1 };
  if (state.repeats <= repeatsMax) return state.ready ? askWeight(state) : greet(state);
  const fault: Fault = state.ready
    ? { code: "silent", detail: "no answer to SI" }
    : { code: "handshake-timeout", detail: "no answer to I4 and @" };
  const unbegun = state.commands.map((command) => failed(command, "device-not-ready"));
  return {
    state: { ...state, asked: undefined, commands: [] },
    effects: [...unbegun, { kind: "give-up", fault }],
  };
}

function accept(state: ScaleState, command: DeviceCommand): SessionStep<ScaleState> {
  if (commandLines[command.task.kind] === undefined)
    return { state, effects: [failed(command, "command-unsupported")] };
  if (!state.ready || state.commands.length >= commandsWaitingMax)
    return { state, effects: [failed(command, "device-not-ready")] };
  const waiting = { ...state, commands: [...state.commands, command] };
  return { state: waiting, effects: state.asked === undefined ? [wait(pauseTimer, 0)] : [] };
}
