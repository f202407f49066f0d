import { type ModbusFrame, modbusFunction, modbusRtu } from "../../protocols/codecs/modbus-rtu.ts";
import { fromHex, join, toHex, toLatin1 } from "../../protocols/stream/bytes.ts";
import { cut } from "../../protocols/stream/cut.ts";
import type { Simulator, SimulatorStep } from "../simulator.ts";

export interface LedLineOptions {
  readonly protocol: "modbus-rtu" | "ascii";
  readonly address: number;
  /** The first register of the text, and how many bytes of it there are. */
  readonly register: number;
  readonly columns: number;
  /** An RS-485 adapter that hears itself: what the host sends comes back. */
  readonly echoes: boolean;
}
export const ledLineDefaults: LedLineOptions = {
  protocol: "modbus-rtu",
  address: 1,
  register: 0,
  columns: 16,
  echoes: false,
};

export type LedLineStimulus =
  /** It hears nothing more, or again. */
  | { readonly kind: "hang"; readonly hanging: boolean }
  /** It refuses texts with this exception; 0: it takes them again. */
  | { readonly kind: "refuse"; readonly code: number }
  /** It does what it is told, and so many answers get lost. */
  | { readonly kind: "lose-answers"; readonly answers: number };

interface LedLineState {
  readonly rest: Uint8Array;
  /** What stands on it, as its bytes. */
  readonly shown: Uint8Array;
  /** How many texts it has taken. */
  readonly taken: number;
  readonly hanging: boolean;
  readonly refusal: number;
  readonly lost: number;
}

const illegalAddress = 2;
/** A text line that never ends is forgotten. */
const lineBytesLimit = 512;

/** A line of LEDs on a serial line. */
export function createLedLine(options: LedLineOptions): Simulator<LedLineState, LedLineStimulus> {
  const hear = options.protocol === "ascii" ? hearLines : hearFrames;
  return {
    name: "led-line",
    initial: {
      rest: new Uint8Array(),
      shown: new Uint8Array(options.columns),
      taken: 0,
      hanging: false,
      refusal: 0,
      lost: 0,
    },
    step(state, input) {
      if (input.kind === "stimulus") return { state: afterStimulus(state, input.stimulus), effects: [] };
      if (input.kind !== "bytes") return { state, effects: [] };
      const heard = state.hanging ? { state, effects: [] } : hear(options, state, input.bytes);
      if (!options.echoes) return heard;
      return { state: heard.state, effects: [{ kind: "send", bytes: input.bytes }, ...heard.effects] };
    },
  };
}

function afterStimulus(state: LedLineState, stimulus: LedLineStimulus): LedLineState {
  switch (stimulus.kind) {
    case "hang":
      return { ...state, hanging: stimulus.hanging };
    case "refuse":
      return { ...state, refusal: stimulus.code };
    case "lose-answers":
      return { ...state, lost: stimulus.answers };
  }
}

function hearLines({ columns }: LedLineOptions, before: LedLineState, bytes: Uint8Array): Step {
  const lines = toLatin1(join(before.rest, bytes)).split("\r\n");
  const rest = Uint8Array.from((lines.pop() ?? "").slice(-lineBytesLimit), (each) => each.charCodeAt(0));
  const last = lines.at(-1);
  const shown =
    last === undefined
      ? before.shown
      : Uint8Array.from({ length: columns }, (_, at) => (at < last.length ? last.charCodeAt(at) : 0x20));
  return { state: { ...before, rest, shown, taken: before.taken + lines.length }, effects: [] };
}

type Step = SimulatorStep<LedLineState>;

function hearFrames(options: LedLineOptions, before: LedLineState, bytes: Uint8Array): Step {
  const { pieces, rest } = cut(join(before.rest, bytes), modbusRtu.probe, modbusRtu.frameBytesMax);
  let step: Step = { state: { ...before, rest: rest.slice() }, effects: [] };
  for (const piece of pieces) {
    const frame = modbusRtu.decode(piece.bytes);
    if (!frame.ok || frame.value.address !== options.address) continue;
    const { state, effects } = obey(options, step.state, frame.value);
    step = { state, effects: [...step.effects, ...effects] };
  }
  return step;
}

function obey(options: LedLineOptions, state: LedLineState, frame: ModbusFrame): Step {
  const { address } = options;
  if (frame.kind === "read") {
    const at = 2 * (frame.start - options.register);
    const data = state.shown.subarray(Math.max(at, 0), at + 2 * frame.count);
    return data.length === 2 * frame.count && at >= 0
      ? answer(state, { address, kind: "registers", data: toHex(data) })
      : answer(state, refusal(address, modbusFunction.read, illegalAddress));
  }
  if (frame.kind !== "write") return { state, effects: [] };
  const data = fromHex(frame.data) ?? new Uint8Array();
  const at = 2 * (frame.start - options.register);
  const fits = at >= 0 && at + data.length <= options.columns;
  const code = state.refusal === 0 && !fits ? illegalAddress : state.refusal;
  if (code !== 0) return answer(state, refusal(address, modbusFunction.write, code));
  const shown = state.shown.slice();
  shown.set(data, at);
  const written: ModbusFrame = { address, kind: "written", start: frame.start, count: data.length / 2 };
  return answer({ ...state, shown, taken: state.taken + 1 }, written);
}

const refusal = (address: number, of: number, code: number): ModbusFrame => ({
  address,
  kind: "refused",
  function: of,
  code,
});

function answer(state: LedLineState, frame: ModbusFrame): Step {
  if (state.lost > 0) return { state: { ...state, lost: state.lost - 1 }, effects: [] };
  return { state, effects: [{ kind: "send", bytes: modbusRtu.encode(frame) }] };
}
