import PDFDocument from "pdfkit";
import type { Barcode } from "./barcode.ts";
import type { FontFile } from "./chinese-font.ts";

/** PDF points, 1/72 inch. */
export const a4 = { width: 595.28, height: 841.89, margin: 34 } as const;
export type Pdf = PDFKit.PDFDocument;

/**
 * A PDF of A4 pages as bytes. `draw` writes it; without a font that has Chinese it can only write English.
 * Nothing in it tells when or by whom it was made: the same content makes the same file.
 */
export function pdfBytes(font: FontFile | undefined, draw: (pdf: Pdf) => void): Promise<Buffer> {
  const pdf = new PDFDocument({ size: "A4", margin: a4.margin, info: { CreationDate: new Date(0) } });
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
    pdf.on("end", () => resolve(Buffer.concat(chunks)));
    pdf.on("error", reject);
    if (font?.family === undefined) pdf.font(font?.path ?? "Helvetica");
    else pdf.font(font.path, font.family);
    draw(pdf);
    pdf.end();
  });
}

/** Where something stands on a page, in points. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function drawBarcode(pdf: Pdf, { width, height, bars }: Barcode, box: Box): void {
  const across = box.width / width;
  const down = box.height / height;
  for (const bar of bars) {
    pdf.rect(box.x + bar.x * across, box.y + bar.y * down, bar.width * across, bar.height * down);
  }
  pdf.fill("black");
}
