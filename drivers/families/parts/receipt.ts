import iconv from "iconv-lite";
import { buildReceipt, type PaperMm } from "../../../protocols/codecs/escpos/receipt.ts";
import type { PrintElement } from "../../../protocols/commands.ts";

export type ReceiptEncoding = "gb18030" | "gbk";

/** How a printer is set. */
export interface PrinterLooks {
  readonly encoding: ReceiptEncoding;
  readonly paperMm: PaperMm;
}

/** What goes to the printer, and how long it takes at the most until the paper is out. */
export interface Receipt {
  readonly bytes: Uint8Array;
  readonly printMs: number;
}

/** Those of a slow printer: 9,600 baud, 80 mm of paper a second. */
const msPerByte = 1.1;
const msPerLine = 55;
const msPerModuleOfQr = 50;
const msPerBarcode = 250;
const msPerCut = 400;
/** Motor start and the printer's own thinking. */
const msToBegin = 300;

/** Characters come from iconv-lite, because Node has no encoder for GB18030; what GBK lacks becomes `?`. */
export function receiptOf(elements: readonly PrintElement[], { encoding, paperMm }: PrinterLooks): Receipt {
  const bytes = buildReceipt(elements.map(withoutOrders), {
    encodeText: (text) => new Uint8Array(iconv.encode(text, encoding)),
    paperMm,
  });
  const paperMs = elements.reduce((sum, element) => sum + paperMsOf(element), msToBegin);
  return { bytes, printMs: Math.round(paperMs + bytes.length * msPerByte) };
}

/** Some printers obey a status request even inside a QR code, so none may stand there. */
function withoutOrders(element: PrintElement): PrintElement {
  return element.kind === "qr"
    ? { ...element, content: element.content.replaceAll(/\p{Cc}/gu, " ") }
    : element;
}

function paperMsOf(element: PrintElement): number {
  switch (element.kind) {
    case "text":
      return element.size * msPerLine;
    case "qr":
      return element.size * msPerModuleOfQr;
    case "code128":
      return msPerBarcode;
    case "feed":
      return element.lines * msPerLine;
    case "cut":
      return msPerCut;
  }
}
