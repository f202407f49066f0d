import type { PrintElement } from "../../commands.ts";
import { join } from "../../stream/bytes.ts";
import { utf8 } from "../../stream/utf8.ts";
import type { EscposCommand, EscposOrder } from "../escpos.ts";
import { escpos } from "../escpos.ts";
import { code128Argument } from "./code128.ts";

/** Characters in the printer's own encoding (GB18030 or GBK); what it cannot express is replaced by the encoder. */
export type EncodeText = (text: string) => Uint8Array;

type ElementOf<Kind extends PrintElement["kind"]> = Extract<PrintElement, { kind: Kind }>;

const order = (name: EscposOrder, ...argument: readonly number[]): EscposCommand => ({
  kind: "order",
  order: name,
  argument: Uint8Array.from(argument),
});

export const alignments = ["left", "center", "right"] as const;
const centre = 1;
/** Dots of the narrowest bar, and of the bars' height: scanned well from a phone's distance at 203 dpi. */
const barWidth = 2;
const barHeight = 80;
/** The code's characters below the bars, so that a clerk can type them. */
const textBelow = 2;

/** Control characters would be taken for orders. */
const withoutControls = (text: string): string => text.replaceAll(/\p{Cc}/gu, " ");

function text(element: ElementOf<"text">, encodeText: EncodeText): readonly EscposCommand[] {
  const scale = element.size - 1;
  return [
    order("align", alignments.indexOf(element.align)),
    order("bold", element.bold ? 1 : 0),
    // Printers whose GS ! leaves Chinese small know FS W; where GS ! sets both, it comes last and wins.
    order("chinese-double", scale > 0 ? 1 : 0),
    order("size", (scale << 4) | scale),
    { kind: "text", bytes: encodeText(withoutControls(element.content)) },
    order("line-feed"),
  ];
}

export const qrFunction = { model: 0x41, size: 0x43, correction: 0x45, store: 0x50, print: 0x51 } as const;
const qrSymbol = 0x31;
const qrModel2 = 0x32;
/** Level M: 15 % of the code may be damaged. */
const qrCorrectionM = 0x31;
const qrStoreMode = 0x30;

function qr({ content, size }: ElementOf<"qr">): readonly EscposCommand[] {
  return [
    order("align", centre),
    order("qr", qrSymbol, qrFunction.model, qrModel2, 0),
    order("qr", qrSymbol, qrFunction.size, size),
    order("qr", qrSymbol, qrFunction.correction, qrCorrectionM),
    order("qr", qrSymbol, qrFunction.store, qrStoreMode, ...utf8(content)),
    order("qr", qrSymbol, qrFunction.print, qrStoreMode),
  ];
}

function code128(element: ElementOf<"code128">, encodeText: EncodeText): readonly EscposCommand[] {
  const { content, gs1 } = element;
  const argument = code128Argument(gs1 === undefined ? { content } : { content, gs1 });
  if (argument === undefined) {
    // No set has such characters: in plain text the clerk can still read them.
    return text({ kind: "text", content, size: 1, align: "center", bold: false }, encodeText);
  }
  return [
    order("align", centre),
    order("barcode-height", barHeight),
    order("barcode-width", barWidth),
    order("barcode-text", textBelow),
    order("code128", ...argument),
  ];
}

const writings: {
  readonly [Kind in PrintElement["kind"]]: (
    element: ElementOf<Kind>,
    encodeText: EncodeText,
  ) => readonly EscposCommand[];
} = {
  text,
  qr,
  code128,
  feed: ({ lines }) => [order("feed", lines)],
  // Feeds to the blade by itself, and leaves a bridge so that the ticket does not fall.
  cut: () => [order("feed-and-cut-partly", 0)],
};

function write<Kind extends PrintElement["kind"]>(
  element: ElementOf<Kind>,
  encodeText: EncodeText,
): readonly EscposCommand[] {
  return writings[element.kind](element, encodeText);
}

/** The bytes that print `elements`, from a printer in whatever mode the last job left it. */
export function buildReceipt(elements: readonly PrintElement[], encodeText: EncodeText): Uint8Array {
  const commands = [
    order("initialize"),
    order("chinese-on"),
    ...elements.flatMap((element) => write(element, encodeText)),
  ];
  return join(...commands.map((command) => escpos.encode(command)));
}
