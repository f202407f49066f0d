import iconv from "iconv-lite";
import { escposFullStatus, fullStatusRequest } from "../../protocols/codecs/escpos/full-status.ts";
import type { PaperState } from "../../protocols/codecs/escpos/paper.ts";
import { paperInitial, paperStep } from "../../protocols/codecs/escpos/paper.ts";
import type { EscposCommand } from "../../protocols/codecs/escpos.ts";
import { escpos } from "../../protocols/codecs/escpos.ts";
import type { PrinterCondition, StatusRequest } from "../../protocols/codecs/escpos-status.ts";
import { answerStatus, automaticStatus, escposStatus } from "../../protocols/codecs/escpos-status.ts";
import type { PrintElement } from "../../protocols/commands.ts";
import { join } from "../../protocols/stream/bytes.ts";
import { cut } from "../../protocols/stream/cut.ts";
import type { Simulator, SimulatorEffect, SimulatorInput, SimulatorStep } from "../simulator.ts";

/** What has come out of the printer as one piece of paper. */
export interface PrintedTicket {
  readonly elements: readonly PrintElement[];
  /** False when the paper ended first: the ticket hangs torn in the printer. */
  readonly cut: boolean;
}

export interface PrinterOptions {
  /** Cheap printers do not know automatic status back. */
  readonly automaticStatus: boolean;
  /** Sends an automatic status before and after each answer to DLE EOT, whether or not anything has changed. */
  readonly interleaved: boolean;
  /** Tells whether a ticket stands in its output, as Custom's kiosk printers do. */
  readonly ticketSensor: boolean;
}

export const printerDefaults: PrinterOptions = {
  automaticStatus: true,
  interleaved: false,
  ticketSensor: false,
};

export type PrinterStimulus =
  | { readonly kind: "paper"; readonly paper: "ok" | "near-end" | "end" }
  | { readonly kind: "cover"; readonly cover: "closed" | "open" }
  | { readonly kind: "error"; readonly error: boolean }
  /** The roll ends in the next ticket, after its text and before its cut. */
  | { readonly kind: "paper-ends-before-cut" }
  /** Somebody takes the ticket out of the output. */
  | { readonly kind: "take-ticket" }
  /** Deaf and dumb, as a printer that hangs; `false` brings it back. */
  | { readonly kind: "hang"; readonly hanging: boolean };

export interface PrinterState {
  /** What has come and could not be printed yet. */
  readonly buffer: Uint8Array;
  /** The beginning of a real-time request. */
  readonly request: Uint8Array;
  readonly condition: Omit<PrinterCondition, "online">;
  readonly paper: PaperState;
  /** The ticket that is being printed. */
  readonly elements: readonly PrintElement[];
  readonly tickets: readonly PrintedTicket[];
  /** Mask of GS a; 0 tells nothing. */
  readonly automatic: number;
  readonly endsBeforeCut: boolean;
  readonly ticketPresent: boolean;
  readonly hanging: boolean;
}

const initial: PrinterState = {
  buffer: new Uint8Array(),
  request: new Uint8Array(),
  condition: { paper: "ok", cover: "closed", error: false },
  paper: paperInitial,
  elements: [],
  tickets: [],
  automatic: 0,
  endsBeforeCut: false,
  ticketPresent: false,
  hanging: false,
};

/** Tickets remembered for whoever checks them. */
const ticketsMax = 1_000;
/** Of one ticket; a roll that is never cut keeps the last ones. */
const elementsMax = 1_000;
/** A small printer's buffer; what is beyond is lost. */
const bufferBytesMax = 16_384;
const realTimePrefix = [0x10, 0x04];
const ticketRequest = fullStatusRequest.at(-1);

const canPrint = ({ condition }: PrinterState): boolean =>
  condition.paper !== "end" && condition.cover === "closed" && !condition.error;
const conditionOf = (state: PrinterState): PrinterCondition => ({
  ...state.condition,
  online: canPrint(state),
});
const isRequest = (n: number | undefined): n is StatusRequest => n !== undefined && n >= 1 && n <= 4;

export class EscposSimulator implements Simulator<PrinterState, PrinterStimulus> {
  readonly name = "escpos-printer";
  readonly initial = initial;
  readonly #options: PrinterOptions;

  constructor(options: Partial<PrinterOptions> = {}) {
    this.#options = { ...printerDefaults, ...options };
  }

  step(state: PrinterState, input: SimulatorInput<PrinterStimulus>): SimulatorStep<PrinterState> {
    if (input.kind === "bytes")
      return state.hanging ? { state, effects: [] } : this.#hear(state, input.bytes);
    if (input.kind === "stimulus") return this.#feel(state, input.stimulus);
    return { state, effects: [] };
  }

  /** Status requests are answered as they arrive, even inside other data; the rest waits its turn. */
  #hear(before: PrinterState, bytes: Uint8Array): SimulatorStep<PrinterState> {
    const heard = join(before.request, bytes);
    const plain: number[] = [];
    const effects: SimulatorEffect[] = [];
    let position = 0;
    while (position < heard.length) {
      const isPrefix = realTimePrefix.every((byte, index) =>
        [byte, undefined].includes(heard[position + index]),
      );
      const n = heard[position + 2];
      if (isPrefix && n === undefined) break;
      if (isPrefix && n === ticketRequest && this.#options.ticketSensor) {
        const { ticketPresent } = before;
        effects.push({ kind: "send", bytes: escposFullStatus.encode({ kind: "full", ticketPresent }) });
        position += 3;
      } else if (isPrefix && isRequest(n)) {
        effects.push(...this.#answer(before, n));
        position += 3;
      } else {
        plain.push(heard[position] ?? 0);
        position += 1;
      }
    }
    const buffer = join(before.buffer, Uint8Array.from(plain)).slice(0, bufferBytesMax);
    const printed = this.#print({ ...before, buffer, request: heard.slice(position) });
    return { state: printed.state, effects: [...effects, ...printed.effects] };
  }

  #answer(state: PrinterState, n: StatusRequest): readonly SimulatorEffect[] {
    const byte = answerStatus(n, conditionOf(state));
    const between = this.#options.interleaved ? tell(state) : [];
    const answer = { kind: "send", bytes: escposStatus.encode({ kind: "answer", byte }) } as const;
    return [...between, answer, ...between];
  }

  /** Prints what has come, as far as it is whole and the printer can. */
  #print(before: PrinterState): SimulatorStep<PrinterState> {
    const { pieces, rest } = cut(before.buffer, escpos.probe, escpos.frameBytesMax);
    let state: PrinterState = { ...before, buffer: new Uint8Array() };
    const effects: SimulatorEffect[] = [];
    const waiting: Uint8Array[] = [];
    for (const { bytes } of pieces) {
      const command = escpos.decode(bytes);
      if (!canPrint(state)) waiting.push(bytes);
      else if (command.ok) {
        const step = this.#obey(state, command.value);
        state = step.state;
        effects.push(...step.effects);
      }
    }
    return { state: { ...state, buffer: join(...waiting, rest) }, effects };
  }

  #obey(state: PrinterState, command: EscposCommand): SimulatorStep<PrinterState> {
    if (command.kind === "order" && command.order === "automatic-status") {
      const automatic = this.#options.automaticStatus ? (command.argument[0] ?? 0) : 0;
      const told = { ...state, automatic };
      return { state: told, effects: tell(told) };
    }
    const { state: paper, printed } = paperStep(state.paper, command, (bytes) =>
      iconv.decode(bytes, "gb18030"),
    );
    const next = { ...state, paper, elements: [...state.elements, ...printed].slice(-elementsMax) };
    if (printed.at(-1)?.kind !== "cut") return { state: next, effects: [] };
    const done = cutOff(next);
    return { state: done, effects: canPrint(done) ? [] : tell(done) };
  }

  #feel(state: PrinterState, stimulus: PrinterStimulus): SimulatorStep<PrinterState> {
    switch (stimulus.kind) {
      case "paper":
        return this.#change(state, { paper: stimulus.paper });
      case "cover":
        return this.#change(state, { cover: stimulus.cover });
      case "error":
        return this.#change(state, { error: stimulus.error });
      case "paper-ends-before-cut":
        return { state: { ...state, endsBeforeCut: true }, effects: [] };
      case "take-ticket":
        return { state: { ...state, ticketPresent: false }, effects: [] };
      case "hang":
        return { state: { ...state, hanging: stimulus.hanging }, effects: [] };
    }
  }

  /** The condition changes: told if it is to be, and what was held back is printed if it can be again. */
  #change(before: PrinterState, change: Partial<PrinterState["condition"]>): SimulatorStep<PrinterState> {
    const state = { ...before, condition: { ...before.condition, ...change } };
    const printed = this.#print(state);
    return { state: printed.state, effects: [...tell(state), ...printed.effects] };
  }
}

/** The ticket falls, unless the roll ended just before. */
function cutOff(state: PrinterState): PrinterState {
  const { endsBeforeCut, elements, tickets, condition } = state;
  const ticket = { elements: endsBeforeCut ? elements.slice(0, -1) : elements, cut: !endsBeforeCut };
  return {
    ...state,
    elements: [],
    tickets: [...tickets, ticket].slice(-ticketsMax),
    endsBeforeCut: false,
    ticketPresent: !endsBeforeCut,
    condition: endsBeforeCut ? { ...condition, paper: "end" } : condition,
  };
}

function tell(state: PrinterState): readonly SimulatorEffect[] {
  if (state.automatic === 0 || state.hanging) return [];
  return [{ kind: "send", bytes: escposStatus.encode(automaticStatus(conditionOf(state))) }];
}
