import type { StreamCodec } from "../../../protocols/codec.ts";
import type { Fault } from "../../../protocols/faults.ts";
import { cutIdle } from "../../../protocols/stream/cut.ts";
import type { Session, SessionEffect, SessionInput, SessionStep } from "../../driver.ts";
import { failed } from "./answers.ts";
import type { Intake } from "./frame-intake.ts";
import { idleTimer, takeBytes, takeSilence } from "./frame-intake.ts";
import type { Question, Reply, Script } from "./script.ts";
import { chain, stay } from "./steps.ts";
import type { Troubles } from "./troubles.ts";
import { noTroubles, settle } from "./troubles.ts";

const answerTimer = "answer";
const pauseTimer = "pause";
/** An answer of many parts takes longer, but each part starts the wait anew. */
const answerMsMax = 1_000;
/** Unanswered questions in a row after which the device is taken for silent, beside the first. */
const repeatsMax = 2;

export interface ConversationState<Memory, Name extends string> {
  readonly rest: Uint8Array;
  readonly memory: Memory;
  /** What has not been answered yet; only an answer to this moves the conversation on. */
  readonly asked: Name | undefined;
  /** What is asked after the pause. */
  readonly resting: Name | undefined;
  readonly repeats: number;
  /** Whether part of the answer has come. */
  readonly begun: boolean;
  readonly greeted: boolean;
  readonly troubles: Troubles;
  /** Who answered instead of the device that is meant. */
  readonly stranger: string | undefined;
  readonly askedSister: boolean;
}

/**
 * A device that is asked one question after the other, of which the last repeats without end. Question, wait,
 * repeat and giving up are here; what is asked and what an answer means is the family's script.
 *
 *   opened -> first -> ... -> last -> last -> ...
 *               ^ no answer: the question again, or the one that its row names; three times in vain: given up
 */
export class Conversation<Frame, Memory, Name extends string>
  implements Session<ConversationState<Memory, Name>>
{
  readonly initial: ConversationState<Memory, Name>;
  readonly polls = true;
  readonly #script: Script<Frame, Memory, Name>;
  readonly #intake: Intake<ConversationState<Memory, Name>, Frame>;

  constructor(script: Script<Frame, Memory, Name>) {
    this.#script = script;
    this.initial = { ...beginning, memory: script.memory };
    this.#intake = {
      codec: script.codec,
      hear: (state, frame) => this.#hear(state, frame),
      noise: (state, bytes) => this.#hearNoise(state, bytes),
      waitsForTheRest: script.resyncs === false,
    };
  }

  step(
    state: ConversationState<Memory, Name>,
    input: SessionInput,
  ): SessionStep<ConversationState<Memory, Name>> {
    switch (input.kind) {
      case "opened":
        return this.#ask(this.initial, this.#script.first);
      case "bytes":
        return takeBytes(this.#intake, state, input.bytes);
      case "timer":
        return this.#wake(state, input.name);
      case "command":
        return { state, effects: [failed(input.command, "command-unsupported")] };
      case "edge":
        return stay(state);
    }
  }

  farewell(state: ConversationState<Memory, Name>): Uint8Array | undefined {
    return state.greeted ? this.#script.farewell?.(state.memory) : undefined;
  }

  #wake(state: ConversationState<Memory, Name>, timer: string): SessionStep<ConversationState<Memory, Name>> {
    if (timer === idleTimer) return takeSilence(this.#intake, state);
    const { asked, resting, repeats } = state;
    if (timer === pauseTimer) return resting === undefined ? stay(state) : this.#ask(state, resting);
    if (asked === undefined) return stay(state);
    const question = this.#question(asked);
    if (state.begun && question.silenceEnds !== undefined)
      return this.#take(state, question.silenceEnds(state.memory));
    if (repeats < (question.repeats ?? repeatsMax))
      return this.#ask({ ...state, repeats: repeats + 1 }, question.again ?? asked);
    return this.#despair(state, asked);
  }

  /** Nobody answered. Maybe a device of the sister protocol stands there, which only understands its own words. */
  #despair(
    state: ConversationState<Memory, Name>,
    asked: Name,
  ): SessionStep<ConversationState<Memory, Name>> {
    const { sister } = this.#script;
    const { greeted, stranger, askedSister } = state;
    if (sister !== undefined && !greeted && stranger === undefined && !askedSister) {
      const effects: SessionEffect[] = [{ kind: "send", bytes: sister.ask }, waitOf(undefined, state.memory)];
      return { state: { ...state, askedSister: true }, effects };
    }
    return giveUp(state, lost(greeted, stranger, asked));
  }

  #hear(state: ConversationState<Memory, Name>, frame: Frame): SessionStep<ConversationState<Memory, Name>> {
    const stranger = this.#script.stranger?.(frame);
    if (stranger !== undefined) return stay({ ...state, stranger });
    const overheard = this.#script.overhear?.(state.memory, frame, state.asked);
    if (overheard !== undefined) return this.#take(state, overheard);
    const { asked, memory } = state;
    const reply = asked === undefined ? undefined : this.#question(asked).hear(memory, frame);
    // Anything else is the late answer to what was given up, and must not pass for this one's.
    return reply === undefined ? stay(state) : this.#take(state, reply);
  }

  #hearNoise(
    state: ConversationState<Memory, Name>,
    bytes: Uint8Array,
  ): SessionStep<ConversationState<Memory, Name>> {
    const { sister, resyncs, codec } = this.#script;
    if (resyncs === false) {
      const detail = `what came is no ${codec.name}, and nothing marks where the next message begins`;
      return giveUp(state, { code: state.greeted ? "noisy" : "wrong-device", detail });
    }
    if (sister === undefined || state.greeted || !speaks(sister.codec, bytes)) return stay(state);
    return stay({ ...state, stranger: sister.words });
  }

  #take(
    state: ConversationState<Memory, Name>,
    reply: Reply<Memory, Name>,
  ): SessionStep<ConversationState<Memory, Name>> {
    if (reply.giveUp !== undefined) return giveUp(state, reply.giveUp);
    const settling = (reply.verdicts ?? []).map(
      ({ place, fault }) =>
        (now: ConversationState<Memory, Name>) =>
          settle(now, place, fault),
    );
    return chain(learn(state, reply), ...settling, (now) => this.#goOn(now, reply));
  }

  #goOn(
    state: ConversationState<Memory, Name>,
    { next, afterMs = 0 }: Reply<Memory, Name>,
  ): SessionStep<ConversationState<Memory, Name>> {
    if (next === "aside") return stay(state);
    if (next === "more") {
      const question = state.asked === undefined ? undefined : this.#question(state.asked);
      return { state: { ...state, begun: true }, effects: [waitOf(question?.waitMs, state.memory)] };
    }
    if (afterMs === 0) return this.#ask(state, next);
    return {
      state: { ...state, asked: undefined, resting: next },
      effects: [
        { kind: "cancel-timer", name: answerTimer },
        { kind: "timer", name: pauseTimer, delayMs: afterMs },
      ],
    };
  }

  #ask(state: ConversationState<Memory, Name>, asked: Name): SessionStep<ConversationState<Memory, Name>> {
    const question = this.#question(asked);
    const sends = question.ask(state.memory).map((bytes): SessionEffect => ({ kind: "send", bytes }));
    return {
      state: { ...state, asked, resting: undefined, begun: false },
      effects: [...sends, waitOf(question.waitMs, state.memory)],
    };
  }

  #question(name: Name): Question<Frame, Memory, Name> {
    return this.#script.questions[name];
  }
}

/** What the reply changes in what is known, and what it tells the agent. */
function learn<Memory, Name extends string>(
  state: ConversationState<Memory, Name>,
  { memory = state.memory, effects = [], greets, round, next }: Reply<Memory, Name>,
): SessionStep<ConversationState<Memory, Name>> {
  const fresh = (greets === true && !state.greeted) || round === true || next === "more";
  const greeted = state.greeted || greets === true;
  // Tags that come before the greeting belong to what somebody else began.
  const told = effects.filter(({ kind }) => greeted || kind !== "observe");
  return {
    state: { ...state, memory, repeats: fresh ? 0 : state.repeats, greeted },
    effects: greeted && !state.greeted ? [{ kind: "ready" }, ...told] : told,
  };
}

const beginning = {
  rest: new Uint8Array(),
  asked: undefined,
  resting: undefined,
  repeats: 0,
  begun: false,
  greeted: false,
  troubles: noTroubles,
  stranger: undefined,
  askedSister: false,
} as const;

function waitOf<Memory>(
  waitMs: number | ((memory: Memory) => number) = answerMsMax,
  memory: Memory,
): SessionEffect {
  const delayMs = typeof waitMs === "number" ? waitMs : waitMs(memory);
  return { kind: "timer", name: answerTimer, delayMs };
}

function giveUp<State extends { readonly asked: unknown }>(state: State, fault: Fault): SessionStep<State> {
  return { state: { ...state, asked: undefined }, effects: [{ kind: "give-up", fault }] };
}

const speaks = (codec: StreamCodec<unknown>, bytes: Uint8Array): boolean =>
  cutIdle(bytes, codec.probe).some(({ kind }) => kind === "frame");

function lost(greeted: boolean, stranger: string | undefined, asked: string): Fault {
  if (greeted) return { code: "silent", detail: `no answer to ${asked}` };
  if (stranger === undefined) return { code: "handshake-timeout", detail: `no answer to ${asked}` };
  return { code: "wrong-device", detail: stranger };
}
