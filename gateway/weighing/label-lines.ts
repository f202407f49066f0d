import type { PrintElement } from "../../protocols/commands.ts";

/** Characters across the paper at 203 dpi, by its width; a double one takes the room of two. */
const columnsAcross = { 58: 32, 80: 48 } as const;
export type PaperMm = keyof typeof columnsAcross;

/** Receipt printers draw what is not ASCII with their Chinese font, which is twice as wide. */
export const columnsOf = (text: string): number =>
  Array.from(text).reduce((sum, character) => sum + (character <= "~" ? 1 : 2), 0);

export interface LineLooks {
  readonly paperMm: PaperMm;
  /** Twice as wide and high, where a whole line of it has room. */
  readonly large?: true;
  readonly bold?: boolean;
}

/**
 * Lines that the paper has room for: a printer itself breaks wherever the paper ends, within a word or a weight.
 * What is too wide is printed small, and then broken between words or Chinese characters.
 */
export function linesOf(content: string, { paperMm, large, bold = false }: LineLooks): PrintElement[] {
  const columns = columnsAcross[paperMm];
  const size = large === true && columnsOf(content) * 2 <= columns ? 2 : 1;
  return brokenAt(content, columns).map((line) => ({
    kind: "text",
    content: line,
    size,
    align: "center",
    bold,
  }));
}

/** A word with the blanks behind it, a bracketed AI with its value, or one Chinese character. */
const pieces = /\([!-'*-~]+\)[!-'*-~]*|[!-~]+ *| +|[^ -~]/gu;

function brokenAt(content: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of (content.match(pieces) ?? []).flatMap((each) => cutAt(each, columns))) {
    if (columnsOf((line + piece).trimEnd()) > columns) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += piece;
  }
  return [...lines, line.trimEnd()];
}

/** A word that is longer than the paper is wide. */
const cutAt = (piece: string, columns: number): readonly string[] =>
  piece.trimEnd().length <= columns ? [piece] : (piece.match(new RegExp(`.{1,${columns}}`, "gu")) ?? []);
