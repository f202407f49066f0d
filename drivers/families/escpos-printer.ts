import type { StreamCodec } from "../../protocols/codec.ts";
import type { FullStatusFrame } from "../../protocols/codecs/escpos/full-status.ts";
import { escposFullStatus, fullStatusRequest } from "../../protocols/codecs/escpos/full-status.ts";
import type { PrinterCondition, StatusRequest } from "../../protocols/codecs/escpos-status.ts";
import {
  escposStatus,
  parseAutomaticStatus,
  parsePrinterStatus,
  statusRequest,
} from "../../protocols/codecs/escpos-status.ts";
import type { DeviceCommand } from "../../protocols/commands.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Fault } from "../../protocols/faults.ts";
import type { Driver, Session, SessionEffect, SessionInput, SessionStep } from "../driver.ts";
import { run } from "../driver.ts";
import { idleTimer, takeChunk, takeIdle } from "./parts/frame-intake.ts";
import type { PrintJobs } from "./parts/print-jobs.ts";
import {
  abandonJobs,
  acceptJob,
  isBegun,
  noJobs,
  printTimeIsUp,
  printTimer,
  roundBegins,
  roundEnds,
  spoil,
} from "./parts/print-jobs.ts";
import {
  faultOfCondition,
  mergeConditions,
  sameCondition,
  soundCondition,
} from "./parts/printer-condition.ts";
import { chain, stay } from "./parts/steps.ts";
import type { Troubles } from "./parts/troubles.ts";
import { noTroubles, settle } from "./parts/troubles.ts";

type Settings = SettingsOf<"escpos-printer">;

/** Receipt and kiosk printers that speak ESC/POS. */
export const escposPrinter: Driver<Settings> = {
  name: "escpos-printer",
  transports: ["serial", "tcp"],
  start: (settings) => run(new EscposSession(settings)),
};

const answerTimer = "answer";
const pauseTimer = "pause";
/** Status is answered within milliseconds, also by a printer that is printing; two more tries are for a lost byte. */
const answerMsMax = 1_000;
const repeatsMax = 2;
/** An answer does not say what it answers, so after a lost one the line must fall silent before the next question. */
const silenceMs = 300;
/** GS a: tell by yourself when you go on or off line, or when there is an error or news of the paper. */
const automaticStatusOn = Uint8Array.of(0x1d, 0x61, 0x0e);

interface PrinterState {
  readonly rest: Uint8Array;
  readonly ready: boolean;
  /** What has not been answered yet; a round goes from DLE EOT 1 to 4, and to the ticket where there is a sensor. */
  readonly asked: StatusRequest | "ticket" | undefined;
  readonly repeats: number;
  /** What the answers of this round add up to. */
  readonly round: PrinterCondition;
  readonly told: PrinterCondition | undefined;
  readonly troubles: Troubles;
  readonly jobs: PrintJobs;
}

const initial: PrinterState = {
  rest: new Uint8Array(),
  ready: false,
  asked: undefined,
  repeats: 0,
  round: soundCondition,
  told: undefined,
  troubles: noTroubles,
  jobs: noJobs,
};

const wait = (name: string, delayMs: number): SessionEffect => ({ kind: "timer", name, delayMs });

export class EscposSession implements Session<PrinterState> {
  readonly initial = initial;
  readonly polls = true;
  readonly #settings: Settings;
  readonly #codec: StreamCodec<FullStatusFrame>;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#codec = settings.ticketSensor ? escposFullStatus : escposStatus;
  }

  step(state: PrinterState, input: SessionInput): SessionStep<PrinterState> {
    switch (input.kind) {
      case "opened":
        return chain({ state: initial, effects: [{ kind: "send", bytes: automaticStatusOn }] }, beginRound);
      case "bytes":
        return takeChunk(this.#codec, state, input.bytes, this.#hear);
      case "timer":
        return this.#wake(state, input.name);
      case "command":
        return accept(state, input.command);
      case "edge":
        return stay(state);
    }
  }

  #wake(state: PrinterState, timer: string): SessionStep<PrinterState> {
    if (timer === idleTimer) return takeIdle(this.#codec, state, this.#hear);
    if (timer === pauseTimer) return beginRound(state);
    if (timer === printTimer) return beginRound({ ...state, jobs: printTimeIsUp(state.jobs) });
    if (state.repeats >= repeatsMax) return giveUp(state);
    const effects = [wait(pauseTimer, silenceMs)];
    return { state: { ...state, asked: undefined, repeats: state.repeats + 1 }, effects };
  }

  readonly #hear = (state: PrinterState, frame: FullStatusFrame): SessionStep<PrinterState> => {
    switch (frame.kind) {
      case "flow":
        // XON and XOFF are the serial port's business.
        return stay(state);
      case "automatic":
        return tell(state, parseAutomaticStatus(frame.bytes));
      case "full":
        return state.asked === "ticket" ? this.#seeTicket(state, frame.ticketPresent) : stay(state);
      case "answer":
        return this.#hearAnswer(state, frame.byte);
    }
  };

  #hearAnswer(state: PrinterState, byte: number): SessionStep<PrinterState> {
    const { asked } = state;
    if (asked === undefined)
      return state.repeats > 0 ? { state, effects: [wait(pauseTimer, silenceMs)] } : stay(state);
    const answer = asked === "ticket" ? undefined : parsePrinterStatus(asked, byte);
    if (asked === "ticket" || answer?.ok !== true) return stay(state);
    const next = { ...state, round: mergeConditions(state.round, answer.value) };
    if (asked !== 4) return ask(next, following[asked]);
    return this.#settings.ticketSensor ? ask(next, "ticket") : this.#endRound(next);
  }

  #seeTicket(state: PrinterState, present: boolean): SessionStep<PrinterState> {
    const effects: readonly SessionEffect[] = [
      { kind: "observe", observation: { kind: "presence", present } },
    ];
    return chain({ state, effects }, (next) => this.#endRound(next));
  }

  /** A round is complete: it is told, the print job takes its next step, and the printer has peace for a while. */
  #endRound(state: PrinterState): SessionStep<PrinterState> {
    const greeting: readonly SessionEffect[] = state.ready ? [] : [{ kind: "ready" }];
    const effects: readonly SessionEffect[] = [{ kind: "cancel-timer", name: answerTimer }, ...greeting];
    const { statusEveryMs } = this.#settings;
    return chain<PrinterState>(
      { state: { ...state, ready: true, asked: undefined, repeats: 0 }, effects },
      (heard) => tell(heard, heard.round),
      (told) => withJobs(told, roundEnds(told.jobs, faultOfCondition(told.round)?.code, this.#settings)),
      (next) => ({
        state: next,
        effects: isBegun(next.jobs)
          ? []
          : [wait(pauseTimer, next.jobs.waiting.length > 0 ? 0 : statusEveryMs)],
      }),
    );
  }
}

const following = { 1: 2, 2: 3, 3: 4 } as const;

const withJobs = (state: PrinterState, step: SessionStep<PrintJobs>): SessionStep<PrinterState> => ({
  state: { ...state, jobs: step.state },
  effects: step.effects,
});

function beginRound(state: PrinterState): SessionStep<PrinterState> {
  return ask({ ...state, round: soundCondition, jobs: roundBegins(state.jobs) }, 1);
}

function ask(state: PrinterState, asked: StatusRequest | "ticket"): SessionStep<PrinterState> {
  const effects: readonly SessionEffect[] = [
    { kind: "send", bytes: asked === "ticket" ? fullStatusRequest : statusRequest(asked) },
    wait(answerTimer, answerMsMax),
  ];
  return { state: { ...state, asked }, effects };
}

/** Says what is new about the printer, and remembers it for the job that is under way. */
function tell(state: PrinterState, condition: PrinterCondition): SessionStep<PrinterState> {
  const fault = faultOfCondition(condition);
  const isNews = state.told === undefined || !sameCondition(state.told, condition);
  const observation = { kind: "printer", ...condition } as const;
  const effects: readonly SessionEffect[] = isNews ? [{ kind: "observe", observation }] : [];
  const told = { ...state, told: condition, jobs: spoil(state.jobs, fault?.code) };
  return chain({ state: told, effects }, (next) => settle(next, "printer", fault));
}

function accept(state: PrinterState, command: DeviceCommand): SessionStep<PrinterState> {
  const step = withJobs(state, acceptJob(state.jobs, command, state.ready));
  const resting = state.asked === undefined && state.repeats === 0 && !isBegun(state.jobs);
  const effects = resting ? [...step.effects, wait(pauseTimer, 0)] : step.effects;
  return { state: step.state, effects };
}

function giveUp(state: PrinterState): SessionStep<PrinterState> {
  const fault: Fault = {
    code: state.ready ? "silent" : "handshake-timeout",
    detail: "no answer to DLE EOT",
  };
  return chain(withJobs({ ...state, asked: undefined }, abandonJobs(state.jobs)), (next) => ({
    state: next,
    effects: [{ kind: "give-up", fault }],
  }));
}
