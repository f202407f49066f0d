import type { PrintElement } from "../../commands.ts";
import { join } from "../../stream/bytes.ts";
import { utf8 } from "../../stream/utf8.ts";
import type { EscposCommand, EscposOrder } from "../escpos.ts";
import { escpos } from "../escpos.ts";
import { code128Argument, code128Modules } from "./code128.ts";

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
/** The code's characters below the bars, so that a clerk can type them; a GS1-128 has its own line, with brackets. */
const textBelow = { none: 0, plain: 2 } as const;

/**
 * Dots across the printable width at 203 dpi, by the width of the paper. The white beside it is wider than a code's
 * quiet zone.
 */
const dotsAcross = { 58: 384, 80: 576 } as const;
export type PaperMm = keyof typeof dotsAcross;

/** What the bytes depend on beside the elements. */
export interface Printing {
  readonly encodeText: EncodeText;
  readonly paperMm: PaperMm;
}

/** Control characters would be taken for orders. */
const withoutControls = (text: string): string => text.replaceAll(/\p{Cc}/gu, " ");

function text(element: ElementOf<"text">, { encodeText }: Printing): readonly EscposCommand[] {
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

/** Whether the paper is wide enough for the bars; a printer prints nothing of a code that is wider. */
export function hasRoomFor(argument: Uint8Array, paperMm: PaperMm): boolean {
  return code128Modules(argument) * barWidth <= dotsAcross[paperMm];
}

function code128(element: ElementOf<"code128">, printing: Printing): readonly EscposCommand[] {
  const { content, gs1 } = element;
  const argument = code128Argument(gs1 === undefined ? { content } : { content, gs1 });
  if (argument === undefined || !hasRoomFor(argument, printing.paperMm)) {
    // No set has such characters, or a printer would print nothing: in plain text the clerk can still read them.
    const plain = { kind: "text", content, size: 1, align: "center", bold: false } as const;
    return gs1 === true ? [] : text(plain, printing);
  }
  return [
    order("align", centre),
    order("barcode-height", barHeight),
    order("barcode-width", barWidth),
    order("barcode-text", gs1 === true ? textBelow.none : textBelow.plain),
    order("code128", ...argument),
  ];
}

const writings: {
  readonly [Kind in PrintElement["kind"]]: (
    element: ElementOf<Kind>,
    printing: Printing,
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
  printing: Printing,
): readonly EscposCommand[] {
  return writings[element.kind](element, printing);
}

/** The bytes that print `elements`, from a printer in whatever mode the last job left it. */
export function buildReceipt(elements: readonly PrintElement[], printing: Printing): Uint8Array {
  const commands = [
    order("initialize"),
    order("chinese-on"),
    ...elements.flatMap((element) => write(element, printing)),
  ];
  return join(...commands.map((command) => escpos.encode(command)));
}
