import { code128, qrCode } from "../paper/barcode.ts";
import type { FontFile } from "../paper/chinese-font.ts";
import { joined, linesOf, type PaperLanguage } from "../paper/language.ts";
import { a4, drawBarcode, type Pdf, pdfBytes } from "../paper/pdf.ts";
import type { CommandSheet, SheetCell } from "./command-sheet.ts";

/** Points. */
const gap = 10;
const cell = { height: 66, qr: 56, bars: 22, padding: 4 } as const;
/** 0.33 mm: no scanner needs more, and a short code would be stretched over the whole width. */
const moduleWidthMost = 0.95;
const contentWidth = a4.width - 2 * a4.margin;
const pageEnd = a4.height - a4.margin;

/** The sheet as a PDF of A4 pages; `font` is needed for every language but `en`. */
export function sheetPdf(
  sheet: CommandSheet,
  language: PaperLanguage,
  font: FontFile | undefined,
): Promise<Buffer> {
  return pdfBytes(font, (pdf) => {
    pdf.fontSize(16).text(joined(sheet.title, language));
    pdf.fontSize(9);
    for (const line of linesOf(sheet.advice, language)) pdf.text(line);
    let y = pdf.y;
    for (const { title, wide, cells } of sheet.sections) {
      y = drawTitle(pdf, joined(title, language), y + gap);
      y = drawCells(pdf, { cells, columns: wide ? 1 : 2, language }, y);
    }
  });
}

/** A title stays with the first row below it. */
function drawTitle(pdf: Pdf, title: string, top: number): number {
  const y = fitting(pdf, top, 18 + cell.height);
  pdf.fontSize(11).text(title, a4.margin, y, { lineBreak: false });
  pdf
    .moveTo(a4.margin, y + 15)
    .lineTo(a4.margin + contentWidth, y + 15)
    .lineWidth(0.7)
    .stroke();
  return y + 20;
}

interface Cells {
  readonly cells: readonly SheetCell[];
  readonly columns: number;
  readonly language: PaperLanguage;
}

function drawCells(pdf: Pdf, { cells, columns, language }: Cells, top: number): number {
  const width = (contentWidth - (columns - 1) * gap) / columns;
  let y = top;
  for (const [index, each] of cells.entries()) {
    const column = index % columns;
    if (column === 0) y = fitting(pdf, index === 0 ? y : y + cell.height + gap / 2, cell.height);
    drawCell(pdf, each, { x: a4.margin + column * (width + gap), y, width, language });
  }
  return y + cell.height;
}

function drawCell(
  pdf: Pdf,
  { text, words }: SheetCell,
  { x, y, width, language }: { x: number; y: number; width: number; language: PaperLanguage },
): void {
  pdf.rect(x, y, width, cell.height).lineWidth(0.4).stroke("#999999");
  const inner = y + cell.padding;
  drawBarcode(pdf, qrCode(text), { x: x + cell.padding, y: inner, width: cell.qr, height: cell.qr });
  const left = x + cell.qr + 2 * cell.padding;
  const room = width - cell.qr - 3 * cell.padding;
  const [first = "", ...more] = linesOf(words, language);
  const line = { width: room, height: 8, ellipsis: true } as const;
  pdf.fontSize(sizeThatFits(pdf, first, room)).text(first, left, inner - 3, line);
  pdf.fontSize(7).text(more.join(" "), left, inner + 13, line);
  pdf.fontSize(6).text(text, left, inner + 23, line);
  const bars = code128(text);
  const barsWidth = Math.min(room, bars.width * moduleWidthMost);
  drawBarcode(pdf, bars, {
    x: left,
    y: y + cell.height - cell.bars - 4,
    width: barsWidth,
    height: cell.bars,
  });
}

/** Eleven points, or less where the words are longer than that. */
function sizeThatFits(pdf: Pdf, words: string, width: number): number {
  const size = 11;
  return Math.min(size, (size * width) / pdf.fontSize(size).widthOfString(words) - 0.1);
}

/** Here, or at the top of a new page where so much does not fit any more. */
function fitting(pdf: Pdf, y: number, height: number): number {
  if (y + height <= pageEnd) return y;
  pdf.addPage();
  return a4.margin;
}
