import iconv from "iconv-lite";
import { paperInitial, paperStep } from "../protocols/codecs/escpos/paper.ts";
import { escpos } from "../protocols/codecs/escpos.ts";
import type { PrintElement } from "../protocols/commands.ts";
import type { ElementString } from "../protocols/gs1/digital-link-uri.ts";
import { readGs1Scan } from "../protocols/gs1/scan.ts";
import { join } from "../protocols/stream/bytes.ts";
import { cut } from "../protocols/stream/cut.ts";
import type { Simulator } from "../simulators/simulator.ts";

const columnsAcross = { 58: 32, 80: 48 } as const;
const widthOf = (character: string): number => (character <= "~" ? 1 : 2);

/** What comes out of a printer for these bytes, line by line as the paper has room; our own reading of ESC/POS. */
export function paperOf(bytes: Uint8Array, paperMm: keyof typeof columnsAcross = 80): readonly string[] {
  let state = paperInitial;
  const elements: PrintElement[] = [];
  for (const { bytes: frame } of cut(bytes, escpos.probe, escpos.frameBytesMax).pieces) {
    const command = escpos.decode(frame);
    if (!command.ok) throw new Error(`no order of a printer: ${command.error}`);
    const step = paperStep(state, command.value, (text) => iconv.decode(text, "gb18030"));
    state = step.state;
    elements.push(...step.printed);
  }
  return elements.flatMap((element) => linesOf(element, columnsAcross[paperMm]));
}

function linesOf(element: PrintElement, columns: number): readonly string[] {
  switch (element.kind) {
    case "text": {
      const marks = `${element.size > 1 ? ` (x${element.size})` : ""}${element.bold ? " (bold)" : ""}`;
      return wrapped(element.content, Math.floor(columns / element.size)).map((line) => line + marks);
    }
    case "code128":
      return [`||| ${element.gs1 === true ? "GS1-128" : "Code 128"} ${element.content}`];
    case "qr":
      return [`[QR] ${element.content}`];
    case "feed":
      return [];
    case "cut":
      return ["- - -"];
  }
}

/** What a scanner reads from these lines: the AIs of bars or of a QR code, none where there is no code. */
export function codeOn(lines: readonly string[]): readonly ElementString[] {
  const [, kind, text = ""] = lines.map((line) => codeLine.exec(line)).find((found) => found !== null) ?? [];
  const read = readGs1Scan({ text, aim: kind === "[QR]" ? "]Q1" : "]C1" });
  return read.ok ? (read.value.ais ?? []) : [];
}
const codeLine = /^(\[QR\]|\|\|\| GS1-128) (.*)$/;

/** A printer begins a new line wherever the paper ends. */
function wrapped(text: string, columns: number): readonly string[] {
  const lines = [""];
  let width = 0;
  for (const character of text) {
    if (width + widthOf(character) > columns) {
      lines.push("");
      width = 0;
    }
    lines[lines.length - 1] += character;
    width += widthOf(character);
  }
  return lines;
}

/** Keeps what a printer hears, whatever carries it. */
export class PrinterTap {
  readonly #heard: Uint8Array[] = [];

  on<State, Stimulus>(simulator: Simulator<State, Stimulus>): Simulator<State, Stimulus> {
    return {
      name: simulator.name,
      initial: simulator.initial,
      step: (state, input) => {
        if (input.kind === "bytes") this.#heard.push(input.bytes.slice());
        return simulator.step(state, input);
      },
    };
  }

  bytes(): Uint8Array {
    return join(...this.#heard);
  }
}

/** The papers that were cut off, each as its lines; status requests between them print nothing. */
export function labelsOf(bytes: Uint8Array): readonly (readonly string[])[] {
  const labels: string[][] = [[]];
  for (const line of paperOf(withoutRequests(bytes))) {
    if (line === "- - -") labels.push([]);
    else labels.at(-1)?.push(line);
  }
  return labels.filter((label) => label.length > 0);
}

/** Two bytes before the number of what is asked. */
const statusRequest = [0x10, 0x04] as const;

function withoutRequests(bytes: Uint8Array): Uint8Array {
  const isRequest = (at: number): boolean => statusRequest.every((byte, index) => bytes[at + index] === byte);
  return bytes.filter((_, at) => !isRequest(at) && !isRequest(at - 1) && !isRequest(at - 2));
}
