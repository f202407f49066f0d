import type { DeviceCommand } from "../../../protocols/commands.ts";
import type { Fault } from "../../../protocols/faults.ts";
import type { Session, SessionEffect, SessionInput, SessionStep } from "../../driver.ts";
import { failed } from "./answers.ts";
import { idleTimer, takeChunk, takeIdle } from "./frame-intake.ts";
import { carriedOut, isCarriedOut, timeIsUp } from "./scale/ordered.ts";
import type { ScaleProtocol, ScaleWord } from "./scale/protocol.ts";
import { obstacleFault } from "./scale/protocol.ts";
import type { ScaleState, WeightObservation } from "./scale/state.ts";
import { giveUp, initial, looking, noisyLine, unrest } from "./scale/state.ts";
import { weigh } from "./scale/weigh.ts";
import { chain, stay } from "./steps.ts";
import { settle } from "./troubles.ts";

const answerTimer = "answer";
const pauseTimer = "pause";
const silenceTimer = "silence";
const commandTimer = "command";
const restTimer = "rest";
/** Every scale here answers within a tenth of this; the rest is for a busy box and a slow adapter. */
const answerMsMax = 1_000;
const repeatsMax = 2;
/** Opening a USB adapter sends a stray byte, and what a scale makes of it must be over before it is asked. */
const settlingMs = 200;
/** A command acts within some tenths of a second; then it is looked whether it did. */
const lookMs = 100;
/** A load that sways for longer than this is no load that one can tare. */
const commandMsMax = 5_000;
/** So many answers of "not understood" in a row are the line's fault. */
const refusalsMax = 3;
/** A clerk presses one key at a time; more than this is a flood. */
const commandsWaitingMax = 8;
/**
 * A scale that was not asked has no answer to prove it, and one frame may be chance on a line of the wrong rate.
 * So the first one is not told either, which a HID scale may have held back since long before the opening.
 */
const unaskedProofs = 2;

const send = (bytes: Uint8Array): SessionEffect => ({ kind: "send", bytes });
const wait = (name: string, delayMs: number): SessionEffect => ({ kind: "timer", name, delayMs });

type Step = SessionStep<ScaleState>;
/** What ends an exchange. */
type Saying = Exclude<ScaleWord, { kind: "proceed" | "not-understood" }>;

/** The session of every scale whose protocol is a page of data: it asks or listens, weighs, and carries commands out. */
export class ScaleSession<Frame> implements Session<ScaleState> {
  readonly initial = initial;
  /** One that listens has the timer of its silence. */
  readonly polls = true;
  readonly #protocol: ScaleProtocol<Frame>;

  constructor(protocol: ScaleProtocol<Frame>) {
    this.#protocol = protocol;
  }

  step(state: ScaleState, input: SessionInput): Step {
    switch (input.kind) {
      case "opened":
        return { state: initial, effects: [this.#begin()] };
      case "bytes":
        return this.#intake(state, (each) => takeChunk(this.#protocol.codec, each, input.bytes, this.#hear));
      case "timer":
        return this.#wake(state, input.name);
      case "command":
        return this.#accept(state, input.command);
      case "edge":
        return stay(state);
    }
  }

  /** Noise is noted until a frame is understood. */
  #intake(before: ScaleState, take: (state: ScaleState) => Step): Step {
    const { state, effects } = take({ ...before, noisy: true });
    const noisy = state.noisy && (before.noisy || effects.some(({ kind }) => kind === "noise"));
    return { state: { ...state, noisy }, effects };
  }

  #begin(): SessionEffect {
    const { speaks } = this.#protocol;
    return speaks.when === "asked" ? wait(pauseTimer, settlingMs) : wait(silenceTimer, speaks.silenceMs);
  }

  #wake(state: ScaleState, timer: string): Step {
    switch (timer) {
      case idleTimer:
        return this.#intake(state, (each) => takeIdle(this.#protocol.codec, each, this.#hear));
      case restTimer:
        return stay({ ...state, resting: { ...state.resting, timeIsUp: true } });
      case commandTimer:
        return this.#conclude(state, state.begun && timeIsUp(state.begun));
      case silenceTimer:
        return giveUp(state);
      case pauseTimer:
        return this.#ask(state);
      default:
        return this.#repeat(state);
    }
  }

  /** The next exchange of a scale that speaks when it is asked: a command first, then the weight. */
  #ask(before: ScaleState): Step {
    const { speaks } = this.#protocol;
    if (speaks.when !== "asked") return stay(before);
    if (before.ready && before.begun === undefined && before.waiting.length > 0)
      return chain(this.#obey(before), (state) => ({ state, effects: [wait(pauseTimer, lookMs)] }));
    const greeting = before.ready ? undefined : speaks.greet;
    const asked = greeting === undefined ? "weight" : "greeting";
    return {
      state: { ...before, asked },
      effects: [send(greeting ?? speaks.ask), wait(answerTimer, answerMsMax)],
    };
  }

  #repeat(before: ScaleState): Step {
    const state = { ...before, repeats: before.repeats + 1 };
    return state.repeats > repeatsMax ? giveUp(state) : this.#ask(state);
  }

  readonly #hear = (state: ScaleState, frame: Frame): Step => {
    const word = this.#protocol.read(frame);
    if (word === undefined) return stay(state);
    if (word.kind === "not-understood") return this.#refuse(state);
    const isAsked = this.#protocol.speaks.when === "asked";
    // What was not asked for is the print key's, or an answer that came too late.
    if (isAsked && state.asked === undefined) return stay(state);
    if (word.kind === "proceed")
      return { state, effects: [send(word.bytes), wait(answerTimer, answerMsMax)] };
    if (state.asked === "greeting" && word.kind !== "greeted") return stay(state);
    return this.#take(state, word);
  };

  #take(before: ScaleState, word: Saying): Step {
    const understood: ScaleState = { ...before, refusals: 0, noisy: false };
    return chain(
      settle(understood, "line", undefined),
      (state) => this.#prove(state),
      (state) => (state.ready ? this.#tell(state, word) : stay(state)),
      (state) => this.#rest(state),
    );
  }

  #prove(state: ScaleState): Step {
    const proofs = Math.min(state.proofs + 1, unaskedProofs);
    const enough = this.#protocol.speaks.when === "asked" ? 1 : unaskedProofs;
    const ready = proofs >= enough;
    return { state: { ...state, proofs, ready }, effects: ready && !state.ready ? [{ kind: "ready" }] : [] };
  }

  #tell(state: ScaleState, word: Saying): Step {
    switch (word.kind) {
      case "weight":
        return this.#weighed(state, weigh(this.#protocol, state.resting, word.weight));
      case "obstacle":
        return this.#obstructed(state, obstacleFault(word.obstacle, word.detail));
      case "unsettled":
        return chain(settle(looking(state, undefined), "load", undefined), unrest);
      case "greeted":
        return stay(state);
    }
  }

  #weighed(before: ScaleState, weighing: ReturnType<typeof weigh>): Step {
    const state = { ...before, resting: weighing.resting };
    const timers = weighing.moved ? [wait(restTimer, this.#protocol.resting?.forMs ?? 0)] : [];
    const { told } = weighing;
    if (told === undefined) return { state, effects: timers };
    if ("code" in told) return chain({ state, effects: timers }, (each) => this.#obstructed(each, told));
    return chain(
      { state: { ...state, shown: told.stable ? told : undefined }, effects: timers },
      (each) => settle(each, "load", undefined),
      (each) => ({ state: each, effects: [{ kind: "observe", observation: told }] }),
      (each) => this.#look(each, told),
    );
  }

  #obstructed(state: ScaleState, fault: Fault): Step {
    return chain(settle(looking(state, fault.code), "load", fault), unrest);
  }

  #look(state: ScaleState, told: WeightObservation): Step {
    const { begun } = state;
    if (begun !== undefined && isCarriedOut(begun, told)) return this.#conclude(state, carriedOut(begun));
    return stay(looking(state, told.stable ? "device-not-ready" : undefined));
  }

  /** The exchange is over; the next one begins after the pause, or the silence counts anew. */
  #rest(state: ScaleState): Step {
    const { speaks } = this.#protocol;
    if (speaks.when === "always") return { state, effects: [wait(silenceTimer, speaks.silenceMs)] };
    const hurried = state.begun !== undefined || state.waiting.length > 0;
    return {
      state: { ...state, asked: undefined, repeats: 0 },
      effects: [
        { kind: "cancel-timer", name: answerTimer },
        wait(pauseTimer, !state.ready || hurried ? lookMs : speaks.everyMs),
      ],
    };
  }

  /** What a scale does not understand was spoiled on the way, or it is a command that this one has not. */
  #refuse(before: ScaleState): Step {
    const state = { ...before, refusals: before.refusals + 1, noisy: true };
    if (state.begun !== undefined && state.asked === undefined)
      return this.#conclude(state, failed(state.begun.command, "command-unsupported"));
    if (!state.ready) return this.#repeat(state);
    const told = state.refusals < refusalsMax ? stay(state) : settle(state, "line", noisyLine);
    return state.asked === undefined ? told : chain(told, (each) => this.#rest(each));
  }

  #accept(state: ScaleState, command: DeviceCommand): Step {
    if (this.#protocol.commands?.[command.task.kind] === undefined)
      return { state, effects: [failed(command, "command-unsupported")] };
    if (!state.ready || state.waiting.length >= commandsWaitingMax)
      return { state, effects: [failed(command, "device-not-ready")] };
    const waiting = { ...state, waiting: [...state.waiting, command] };
    if (state.begun !== undefined || state.asked !== undefined) return stay(waiting);
    return this.#next(waiting);
  }

  /** The next command's turn, between two questions or between two frames. */
  #next(state: ScaleState): Step {
    return this.#protocol.speaks.when === "asked"
      ? { state, effects: [wait(pauseTimer, 0)] }
      : this.#obey(state);
  }

  #obey(before: ScaleState): Step {
    const [command, ...waiting] = before.waiting;
    const bytes = command && this.#protocol.commands?.[command.task.kind];
    if (command === undefined || bytes === undefined) return stay(before);
    const state = { ...before, waiting, begun: { command, heard: false, seen: undefined } };
    return { state, effects: [send(bytes), wait(commandTimer, commandMsMax)] };
  }

  #conclude(before: ScaleState, answer: SessionEffect | undefined): Step {
    const state: ScaleState = { ...before, begun: undefined };
    const ended: SessionEffect[] = [{ kind: "cancel-timer", name: commandTimer }];
    if (answer !== undefined) ended.unshift(answer);
    return chain({ state, effects: ended }, (each) =>
      each.waiting.length > 0 && each.asked === undefined ? this.#next(each) : stay(each),
    );
  }
}
