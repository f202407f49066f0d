import { type ModbusFrame, modbusFunction, modbusRtu } from "../../protocols/codecs/modbus-rtu.ts";
import type { DeviceCommand } from "../../protocols/commands.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import { fromLatin1, join, toHex } from "../../protocols/stream/bytes.ts";
import type { Driver, Session, SessionEffect, SessionInput, SessionStep } from "../driver.ts";
import { run } from "../driver.ts";
import { done, failed, inDoubt } from "./parts/answers.ts";
import { idleTimer, takeChunk, takeIdle } from "./parts/frame-intake.ts";
import { filledLedText, ledTextOf } from "./parts/led-text.ts";
import { chain, stay } from "./parts/steps.ts";
import { noTroubles, settle, type Troubles } from "./parts/troubles.ts";

type Settings = SettingsOf<"led-line">;

/** A line of LEDs that shows what it is told: who is called, and whereto. */
export const ledLine: Driver<Settings> = {
  name: "led-line",
  transports: ["serial", "tcp"],
  start: (settings) =>
    settings.protocol === "ascii" ? run(asciiLedLine(settings)) : run(new ModbusLedLine(settings)),
};

/** It answers nothing, as a lamp: what is sent is done, and only the port tells of an end. */
export function asciiLedLine(settings: Settings): Session<undefined> {
  const show = (command: DeviceCommand): readonly SessionEffect[] => {
    if (command.task.kind !== "show") return [failed(command, "command-unsupported")];
    const bytes = join(ledTextOf(command.task.text, settings), fromLatin1("\r\n"));
    return [{ kind: "send", bytes }, done(command)];
  };
  return {
    initial: undefined,
    step(state, input) {
      if (input.kind === "opened") return { state, effects: [{ kind: "ready" }] };
      if (input.kind === "bytes")
        return { state, effects: [{ kind: "noise", byteCount: input.bytes.length }] };
      return input.kind === "command" ? { state, effects: show(input.command) } : stay(state);
    },
  };
}

const answerTimer = "answer";
const pauseTimer = "pause";
/** A display answers within some 50 ms; a converter to TCP may take a while. */
const answerMsMax = 1_000;
/** Unanswered questions in a row, beside the first, after which the display is taken for silent. */
const repeatsMax = 2;
/** Calls come one by one; more than this at once is a flood. */
const textsWaitingMax = 8;

interface LedLineState {
  readonly rest: Uint8Array;
  readonly ready: boolean;
  /** What has not been answered yet: whether it is there, or a text. */
  readonly asked: "check" | DeviceCommand | undefined;
  readonly repeats: number;
  readonly waiting: readonly DeviceCommand[];
  readonly troubles: Troubles;
}

const initial: LedLineState = {
  rest: new Uint8Array(),
  ready: false,
  asked: undefined,
  repeats: 0,
  waiting: [],
  troubles: noTroubles,
};

/**
 * Text in holding registers, one question at a time:
 *
 *   check -- answered --> the next text, or a pause --> check
 *   text  -- written --> done;  -- refused --> failed;  -- no answer --> in doubt, and check
 *
 * After a text that nobody answered comes the check, which is answered behind it: so a late answer never passes
 * for the next text's. On RS-485 we may hear ourselves; a question of ours is no answer.
 */
export class ModbusLedLine implements Session<LedLineState> {
  readonly initial = initial;
  readonly polls = true;
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  step(state: LedLineState, input: SessionInput): SessionStep<LedLineState> {
    switch (input.kind) {
      case "opened":
        return this.#check(initial);
      case "bytes":
        return takeChunk(modbusRtu, state, input.bytes, this.#hear);
      case "timer":
        return this.#wake(state, input.name);
      case "command":
        return this.#accept(state, input.command);
      case "edge":
        return stay(state);
    }
  }

  #accept(state: LedLineState, command: DeviceCommand): SessionStep<LedLineState> {
    if (command.task.kind !== "show") return { state, effects: [failed(command, "command-unsupported")] };
    if (!state.ready || state.waiting.length >= textsWaitingMax)
      return { state, effects: [failed(command, "device-not-ready")] };
    const next = { ...state, waiting: [...state.waiting, command] };
    return state.asked === undefined && state.repeats === 0 ? this.#goOn(next) : stay(next);
  }

  #wake(state: LedLineState, timer: string): SessionStep<LedLineState> {
    if (timer === idleTimer) return takeIdle(modbusRtu, state, this.#hear);
    const { asked, repeats } = state;
    if (timer === pauseTimer) return asked === undefined ? this.#check(state) : stay(state);
    if (asked === undefined) return stay(state);
    if (asked !== "check")
      return chain({ state, effects: [inDoubt(asked, "silent")] }, (now) =>
        this.#check({ ...now, repeats: 1 }),
      );
    return repeats < repeatsMax ? this.#check({ ...state, repeats: repeats + 1 }) : giveUp(state);
  }

  readonly #hear = (state: LedLineState, frame: ModbusFrame): SessionStep<LedLineState> => {
    const { asked } = state;
    if (asked === undefined || frame.address !== this.#settings.address) return stay(state);
    return asked === "check" ? this.#hearCheck(state, frame) : this.#hearText(state, asked, frame);
  };

  /** A register that may not be read is an answer of a display as well. */
  #hearCheck(state: LedLineState, frame: ModbusFrame): SessionStep<LedLineState> {
    const isAnswer = frame.kind === "registers" || refuses(frame, modbusFunction.read);
    if (!isAnswer) return stay(state);
    return this.#answered({ ...state, ready: true }, state.ready ? [] : [{ kind: "ready" }]);
  }

  #hearText(state: LedLineState, asked: DeviceCommand, frame: ModbusFrame): SessionStep<LedLineState> {
    if (frame.kind === "written" && this.#isOurs(frame)) return this.#shown(state, asked);
    return refuses(frame, modbusFunction.write) ? this.#notShown(state, asked, frame.code) : stay(state);
  }

  #isOurs({ start, count }: { readonly start: number; readonly count: number }): boolean {
    return start === this.#settings.register && count === this.#settings.columns / 2;
  }

  #shown(state: LedLineState, command: DeviceCommand): SessionStep<LedLineState> {
    return chain(settle(state, "text", undefined), (now) => this.#answered(now, [done(command)]));
  }

  #notShown(state: LedLineState, command: DeviceCommand, code: number): SessionStep<LedLineState> {
    const fault = { code: "display-error", detail: `exception ${code} to the text` } as const;
    return chain(settle(state, "text", fault), (now) => this.#answered(now, [failed(command, fault.code)]));
  }

  #answered(state: LedLineState, effects: readonly SessionEffect[]): SessionStep<LedLineState> {
    const heard: readonly SessionEffect[] = [{ kind: "cancel-timer", name: answerTimer }, ...effects];
    return chain<LedLineState>({ state: { ...state, asked: undefined, repeats: 0 }, effects: heard }, (now) =>
      this.#goOn(now),
    );
  }

  /** The next text, or a rest until it is looked whether the display is still there. */
  #goOn(state: LedLineState): SessionStep<LedLineState> {
    const [next, ...waiting] = state.waiting;
    if (next === undefined)
      return {
        state,
        effects: [{ kind: "timer", name: pauseTimer, delayMs: this.#settings.checkEveryMs }],
      };
    const { address, register } = this.#settings;
    const text = next.task.kind === "show" ? next.task.text : "";
    const data = toHex(filledLedText(text, this.#settings));
    return ask({ ...state, asked: next, waiting }, { address, kind: "write", start: register, data });
  }

  #check(state: LedLineState): SessionStep<LedLineState> {
    const { address, register } = this.#settings;
    return ask({ ...state, asked: "check" }, { address, kind: "read", start: register, count: 1 });
  }
}

const refuses = (frame: ModbusFrame, what: number): frame is Extract<ModbusFrame, { kind: "refused" }> =>
  frame.kind === "refused" && frame.function === what;

const ask = (state: LedLineState, frame: ModbusFrame): SessionStep<LedLineState> => ({
  state,
  effects: [
    { kind: "send", bytes: modbusRtu.encode(frame) },
    { kind: "timer", name: answerTimer, delayMs: answerMsMax },
  ],
});

function giveUp(state: LedLineState): SessionStep<LedLineState> {
  const code = state.ready ? "silent" : "handshake-timeout";
  const unbegun = state.waiting.map((command) => failed(command, "device-not-ready"));
  const fault = { code, detail: "no answer to reading a register" } as const;
  return {
    state: { ...state, asked: undefined, waiting: [] },
    effects: [...unbegun, { kind: "give-up", fault }],
  };
}
