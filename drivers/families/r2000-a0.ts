import { r2000Broadcast } from "../../protocols/codecs/r2000-a0/tables.ts";
import type { R2000Content, R2000Frame } from "../../protocols/codecs/r2000-a0.ts";
import { r2000A0 } from "../../protocols/codecs/r2000-a0.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Fault } from "../../protocols/faults.ts";
import type { Driver, Session, SessionEffect, SessionInput, SessionStep } from "../driver.ts";
import { run } from "../driver.ts";
import { failed } from "./parts/answers.ts";
import { idleTimer, takeChunk, takeIdle } from "./parts/frame-intake.ts";
import type { Question } from "./parts/r2000-questions.ts";
import { errorOf, faultOf, hasPower, questions, tagObservation } from "./parts/r2000-questions.ts";
import { chain, stay } from "./parts/steps.ts";
import type { Troubles } from "./parts/troubles.ts";
import { noTroubles, settle } from "./parts/troubles.ts";

type Settings = SettingsOf<"r2000-a0">;

/** UHF readers with an Impinj R2000 or E710 that speak the "A0" protocol (Rodinbell, Invelion and many others). */
export const r2000Reader: Driver<Settings> = {
  name: "r2000-a0",
  transports: ["serial", "tcp"],
  start: (settings) => run(new R2000Session(settings)),
};

const answerTimer = "answer";
const pauseTimer = "pause";
/** A round with many tags takes longer, but each tag starts the wait anew. */
const answerMsMax = 1_000;
const repeatsMax = 2;
/** After an error, so that a reader that refuses everything is not asked without end. */
const errorPauseMs = 200;

/*
 *   opened -> firmware -> [power -> [new-power]] -> antenna -> inventory -> antenna of the next turn ...
 *                                                     ^            |
 *                                                     +-- pause <--+ error
 */
interface ReaderState {
  readonly rest: Uint8Array;
  /** What the reader has not answered yet; only an answer to this moves the session on. */
  readonly asked: Question | undefined;
  readonly repeats: number;
  /** Whose turn it is in `settings.antennas`. */
  readonly turn: number;
  readonly troubles: Troubles;
  /** Another address that answered on this line. */
  readonly stranger: number | undefined;
}

const initial: ReaderState = {
  rest: new Uint8Array(),
  asked: undefined,
  repeats: 0,
  turn: 0,
  troubles: noTroubles,
  stranger: undefined,
};

export class R2000Session implements Session<ReaderState> {
  readonly initial = initial;
  readonly polls = true;
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  step(state: ReaderState, input: SessionInput): SessionStep<ReaderState> {
    switch (input.kind) {
      case "opened":
        return this.#ask(initial, "firmware");
      case "bytes":
        return takeChunk(r2000A0, state, input.bytes, this.#hear);
      case "timer":
        return this.#wake(state, input.name);
      case "command":
        return { state, effects: [failed(input.command, "command-unsupported")] };
      case "edge":
        return stay(state);
    }
  }

  #wake(state: ReaderState, timer: string): SessionStep<ReaderState> {
    if (timer === idleTimer) return takeIdle(r2000A0, state, this.#hear);
    if (timer === pauseTimer) return this.#ask(state, "antenna");
    const { asked, repeats } = state;
    if (asked === undefined) return stay(state);
    // A reader that restarted has forgotten its work antenna, so a lost round begins with that.
    const again = asked === "inventory" ? "antenna" : asked;
    if (repeats < repeatsMax) return this.#ask({ ...state, repeats: repeats + 1 }, again);
    return { state: { ...state, asked: undefined }, effects: [{ kind: "give-up", fault: lost(state) }] };
  }

  readonly #hear = (
    state: ReaderState,
    { address, command, content }: R2000Frame,
  ): SessionStep<ReaderState> => {
    const { asked } = state;
    const expected = this.#settings.address;
    if (expected !== r2000Broadcast && address !== expected) return stay({ ...state, stranger: address });
    if (content.kind === "tag") return hearTag(state, content);
    // Anything else is the late answer to what was given up, and must not pass for this one's.
    if (asked === undefined || command !== questions[asked].command(this.#settings)) return stay(state);
    return asked === "inventory" || asked === "antenna"
      ? this.#hearInRound(state, asked, content)
      : this.#hearBefore(state, asked, content);
  };

  #hearBefore(
    state: ReaderState,
    asked: "firmware" | "power" | "new-power",
    content: R2000Content,
  ): SessionStep<ReaderState> {
    const { powerDbm } = this.#settings;
    if (asked === "power") return this.#ask(state, hasPower(content, powerDbm) ? "antenna" : "new-power");
    if (asked === "new-power") return this.#settle(state, "power", errorOf(content), "antenna");
    if (content.kind !== "firmware") return stay(state);
    const step: SessionStep<ReaderState> = { state: { ...state, repeats: 0 }, effects: [{ kind: "ready" }] };
    return chain(step, (greeted) => this.#ask(greeted, powerDbm === undefined ? "antenna" : "power"));
  }

  #hearInRound(
    state: ReaderState,
    asked: "antenna" | "inventory",
    content: R2000Content,
  ): SessionStep<ReaderState> {
    const place = `antenna ${this.#antenna(state)}`;
    const ended = content.kind === "inventory-end";
    const error = ended ? undefined : errorOf(content);
    if (asked === "antenna" && error === undefined) return this.#ask(state, "inventory");
    // The end of a round on another antenna was begun before a repeat.
    if (ended && content.antenna + 1 !== this.#antenna(state)) return stay(state);
    const turn = (state.turn + 1) % this.#settings.antennas.length;
    const next = error === undefined ? "antenna" : "pause";
    return this.#settle({ ...state, turn, repeats: 0 }, place, error, next);
  }

  #settle(
    state: ReaderState,
    place: string,
    error: number | undefined,
    next: "antenna" | "pause",
  ): SessionStep<ReaderState> {
    const fault = error === undefined ? undefined : faultOf(place, error);
    return chain(settle(state, place, fault), (settled) =>
      next === "pause" ? pause(settled) : this.#ask(settled, next),
    );
  }

  #antenna(state: ReaderState): number {
    return this.#settings.antennas[state.turn] ?? 1;
  }

  #ask(state: ReaderState, asked: Question): SessionStep<ReaderState> {
    const bytes = questions[asked].request(this.#settings, this.#antenna(state));
    return { state: { ...state, asked }, effects: [{ kind: "send", bytes }, waitForAnswer] };
  }
}

const waitForAnswer: SessionEffect = { kind: "timer", name: answerTimer, delayMs: answerMsMax };

function pause(state: ReaderState): SessionStep<ReaderState> {
  const effects: readonly SessionEffect[] = [
    { kind: "cancel-timer", name: answerTimer },
    { kind: "timer", name: pauseTimer, delayMs: errorPauseMs },
  ];
  return { state: { ...state, asked: undefined }, effects };
}

/** Tags count whenever they come, except those of a round that was begun before the greeting. */
function hearTag(state: ReaderState, tag: R2000Content & { kind: "tag" }): SessionStep<ReaderState> {
  if (state.asked === "firmware") return stay(state);
  const observe: SessionEffect = { kind: "observe", observation: tagObservation(tag) };
  return { state, effects: state.asked === "inventory" ? [observe, waitForAnswer] : [observe] };
}

function lost({ asked, stranger }: ReaderState): Fault {
  if (asked !== "firmware") return { code: "silent", detail: `no answer to ${asked}` };
  if (stranger === undefined) return { code: "handshake-timeout", detail: "no answer to firmware" };
  return { code: "wrong-device", detail: `a reader with address ${stranger} answered` };
}
