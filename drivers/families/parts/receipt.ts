import iconv from "iconv-lite";
import type { PrintElement } from "../../../protocols/commands.ts";
import { fromLatin1, join } from "../../../protocols/stream/bytes.ts";

export type ReceiptEncoding = "gb18030" | "gbk";

/** What goes to the printer, and how long the paper takes at the most. */
export interface Receipt {
  readonly bytes: Uint8Array;
  readonly printMs: number;
}

/*
 * ESC/POS as Epson, Bixolon and their Chinese kin understand it.
 * Speeds are those of a slow printer: 9,600 baud, 80 mm of paper a second.
 */
const initialise = Uint8Array.of(0x1b, 0x40);
const chineseMode = Uint8Array.of(0x1c, 0x26);
const cutAfterFeed = Uint8Array.of(0x1d, 0x56, 0x42, 0x00);
const msPerByte = 1.1;
const msPerLine = 55;
const msPerModuleOfQr = 25;
const msPerBarcode = 250;
const msPerCut = 400;
/** Motor start and the printer's own thinking. */
const msToBegin = 300;

const alignments = { left: 0, center: 1, right: 2 } as const;

/** Builds a receipt: Chinese mode throughout, in which ASCII stays ASCII. */
export function buildReceipt(elements: readonly PrintElement[], encoding: ReceiptEncoding): Receipt {
  const parts = elements.map((element) => build(element, encoding));
  const bytes = join(initialise, chineseMode, ...parts.map((part) => part.bytes));
  const paperMs = parts.reduce((sum, part) => sum + part.printMs, msToBegin);
  return { bytes, printMs: Math.round(paperMs + bytes.length * msPerByte) };
}

function build(element: PrintElement, encoding: ReceiptEncoding): Receipt {
  switch (element.kind) {
    case "text":
      return buildText(element, encoding);
    case "qr":
      return { bytes: buildQr(element.content, element.size), printMs: element.size * msPerModuleOfQr * 2 };
    case "code128":
      return { bytes: buildCode128(element.content), printMs: msPerBarcode };
    case "feed":
      return { bytes: Uint8Array.of(0x1b, 0x64, element.lines), printMs: element.lines * msPerLine };
    case "cut":
      return { bytes: cutAfterFeed, printMs: msPerCut };
  }
}

function buildText(
  { content, size, align, bold }: PrintElement & { kind: "text" },
  encoding: ReceiptEncoding,
): Receipt {
  const magnified = ((size - 1) << 4) | (size - 1);
  // FS ! knows only double size, and some printers heed it alone for Chinese characters.
  const chineseDouble = size > 1 ? 0x0c : 0;
  const style = join(
    Uint8Array.of(0x1b, 0x61, alignments[align]),
    Uint8Array.of(0x1b, 0x45, bold ? 1 : 0),
    Uint8Array.of(0x1d, 0x21, magnified),
    Uint8Array.of(0x1c, 0x21, chineseDouble),
  );
  const text = new Uint8Array(iconv.encode(printable(content), encoding));
  return { bytes: join(style, text, fromLatin1("\n")), printMs: size * msPerLine };
}

/** Model 2, error correction M; the data may not hold control characters, which some printers obey even there. */
function buildQr(content: string, size: number): Uint8Array {
  const text = new TextEncoder().encode(printable(content));
  const length = text.length + 3;
  return join(
    Uint8Array.of(0x1d, 0x28, 0x6b, 4, 0, 0x31, 0x41, 0x32, 0),
    Uint8Array.of(0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x43, size),
    Uint8Array.of(0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x45, 0x31),
    Uint8Array.of(0x1d, 0x28, 0x6b, length & 0xff, length >> 8, 0x31, 0x50, 0x30),
    text,
    Uint8Array.of(0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x51, 0x30),
    fromLatin1("\n"),
  );
}

/** Code set B, text below the bars; `{` is doubled because it introduces the code set. */
function buildCode128(content: string): Uint8Array {
  const visible = content.replaceAll(/[^ -~]/g, "?").replaceAll("{", "{{");
  const code = fromLatin1(`{B${visible}`);
  return join(
    Uint8Array.of(0x1d, 0x68, 80),
    Uint8Array.of(0x1d, 0x77, 2),
    Uint8Array.of(0x1d, 0x48, 2),
    Uint8Array.of(0x1d, 0x6b, 73, code.length),
    code,
    fromLatin1("\n"),
  );
}

/** Control characters would be commands; a printed text has none. */
const printable = (content: string): string => content.replaceAll(/\p{Cc}/gu, "?");
