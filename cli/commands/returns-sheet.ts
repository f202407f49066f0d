import { writeFile } from "node:fs/promises";
import { exitCodes } from "../exit-codes.ts";
import { fontFor } from "../paper/chinese-font.ts";
import type { PaperLanguage } from "../paper/language.ts";
import { type CommandSheet, commandSheet } from "../returns/command-sheet.ts";
import { sheetHtml } from "../returns/sheet-html.ts";
import { UsageError } from "../usage-error.ts";

interface SheetOptions {
  readonly language: PaperLanguage;
  readonly clerk: readonly string[];
  readonly font?: string;
}

/** `storewire returns sheet [FILE]`: HTML on stdout, or a file of HTML or PDF by its name. */
export async function returnsSheet(file: string | undefined, options: SheetOptions): Promise<number> {
  const { sheet, impossible } = commandSheet(options.clerk);
  if (impossible.length > 0) {
    throw new UsageError(
      `no badge can hold ${impossible.map((name) => `"${name}"`).join(", ")}: ` +
        "1 to 20 of A-Z, 0-9 and -, beginning with a letter or digit",
    );
  }
  if (file === undefined) {
    process.stdout.write(sheetHtml(sheet, options.language));
    return exitCodes.done;
  }
  if (/\.html?$/i.test(file)) {
    await writeFile(file, sheetHtml(sheet, options.language));
    return exitCodes.done;
  }
  if (!/\.pdf$/i.test(file)) throw new UsageError(`${file} is neither .html nor .pdf`);
  return writePdf(file, sheet, options);
}

async function writePdf(file: string, sheet: CommandSheet, options: SheetOptions): Promise<number> {
  const font = fontFor(options.language, options.font);
  const { sheetPdf } = await import("../returns/sheet-pdf.ts");
  await writeFile(file, await sheetPdf(sheet, options.language, font));
  return exitCodes.done;
}
