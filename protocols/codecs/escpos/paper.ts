import type { PrintElement } from "../../commands.ts";
import { join } from "../../stream/bytes.ts";
import type { EscposCommand, EscposOrder } from "../escpos.ts";
import { scanText } from "../scanner/scan.ts";
import { readCode128 } from "./code128.ts";
import { alignments, qrFunction } from "./receipt.ts";

/** How a printer is set, and what waits in its line buffer. */
export interface PaperState {
  readonly align: number;
  readonly bold: boolean;
  readonly size: number;
  readonly line: Uint8Array;
  readonly qrSize: number;
  readonly qrContent: string;
}

/** As after ESC @; QR size 3 is the usual start value. */
export const paperInitial: PaperState = {
  align: 0,
  bold: false,
  size: 1,
  line: new Uint8Array(),
  qrSize: 3,
  qrContent: "",
};

export interface PaperStep {
  readonly state: PaperState;
  /** What came out on paper. */
  readonly printed: readonly PrintElement[];
}

export type DecodeText = (bytes: Uint8Array) => string;

/** A paper line has 48 characters; a printer would have wrapped long before. */
const lineBytesMax = 4096;

const nothing: readonly PrintElement[] = [];
const keep = (state: PaperState): PaperStep => ({ state, printed: nothing });

/** The line buffer goes to paper with the next line feed, feed or cut. */
function flush(state: PaperState, decodeText: DecodeText): readonly PrintElement[] {
  if (state.line.length === 0) return nothing;
  const align = alignments[state.align] ?? "left";
  return [{ kind: "text", content: decodeText(state.line), size: state.size, align, bold: state.bold }];
}

const qrSteps: Readonly<Record<number, (state: PaperState, parameter: Uint8Array) => PaperStep>> = {
  [qrFunction.size]: (state, [size = 3]) => keep({ ...state, qrSize: size }),
  [qrFunction.store]: (state, parameter) => keep({ ...state, qrContent: scanText(parameter.subarray(1)) }),
  [qrFunction.print]: (state) => ({
    state,
    printed:
      state.qrContent === "" ? nothing : [{ kind: "qr", content: state.qrContent, size: state.qrSize }],
  }),
};

type OrderStep = (state: PaperState, argument: Uint8Array, decodeText: DecodeText) => PaperStep;

const endLine: OrderStep = (state, _, decodeText) => ({
  state: { ...state, line: new Uint8Array() },
  printed: flush(state, decodeText),
});

const cutPaper: OrderStep = (state, argument, decodeText) => {
  const { state: after, printed } = endLine(state, argument, decodeText);
  return { state: after, printed: [...printed, { kind: "cut" }] };
};

/** What each order does; those not listed change nothing that can be seen here. */
const orderSteps: Readonly<Partial<Record<EscposOrder, OrderStep>>> = {
  initialize: () => keep(paperInitial),
  align: (state, [align = 0]) => keep({ ...state, align }),
  bold: (state, [bold = 0]) => keep({ ...state, bold: (bold & 1) === 1 }),
  size: (state, [size = 0]) => keep({ ...state, size: (size & 7) + 1 }),
  "line-feed": endLine,
  feed: (state, argument, decodeText) => {
    const { state: after, printed } = endLine(state, argument, decodeText);
    return { state: after, printed: [...printed, { kind: "feed", lines: argument[0] ?? 0 }] };
  },
  cut: cutPaper,
  "cut-partly": cutPaper,
  "feed-and-cut": cutPaper,
  "feed-and-cut-partly": cutPaper,
  code128: (state, argument) => ({
    state,
    printed: [{ kind: "code128", ...readCode128(argument) }],
  }),
  qr: (state, argument) => qrSteps[argument[1] ?? 0]?.(state, argument.subarray(2)) ?? keep(state),
};

/** What a printer puts on paper for one order: enough for a simulator to know what a person would read. */
export function paperStep(state: PaperState, command: EscposCommand, decodeText: DecodeText): PaperStep {
  if (command.kind === "text") {
    const longer = { ...state, line: join(state.line, command.bytes) };
    return longer.line.length < lineBytesMax ? keep(longer) : endLine(longer, command.bytes, decodeText);
  }
  return orderSteps[command.order]?.(state, command.argument, decodeText) ?? keep(state);
}
