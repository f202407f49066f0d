import { code128, qrCode, svgOf } from "../paper/barcode.ts";
import { linesOf, type PaperLanguage, type Words } from "../paper/language.ts";
import type { CommandSheet, SheetCell } from "./command-sheet.ts";

const style = `
@page { size: A4; margin: 12mm }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 186mm; font: 10pt/1.3 sans-serif; color: #000 }
h1 { font-size: 16pt; margin: 0 } h2 { font-size: 11pt; margin: 5mm 0 2mm; border-bottom: .3mm solid; break-after: avoid }
p { margin: 1mm 0 }
section { display: grid; grid-template-columns: 1fr 1fr; gap: 3mm 6mm }
section.wide { grid-template-columns: 1fr }
div { display: grid; grid-template-columns: 17mm 1fr; gap: 1mm 2mm; align-items: center; break-inside: avoid; padding: 1mm; border: .2mm solid #999 }
.qr { width: 17mm; height: 17mm; grid-row: 1 / 3 } .line { width: 100%; height: 9mm }
strong { display: block; font-size: 12pt } small { display: block }
`;

/** One page of HTML that needs nothing beside itself; it is printed by a browser. */
export function sheetHtml(sheet: CommandSheet, language: PaperLanguage): string {
  const sections = sheet.sections.map(
    ({ title, wide, cells }) =>
      `<h2>${joined(title, language)}</h2>\n<section${wide ? ' class="wide"' : ""}>\n${cells
        .map((cell) => cellHtml(cell, language))
        .join("\n")}\n</section>`,
  );
  return `<!doctype html>
<html lang="${language === "en" ? "en" : "zh"}">
<head><meta charset="utf-8"><title>${joined(sheet.title, language)}</title><style>${style}</style></head>
<body>
<h1>${joined(sheet.title, language)}</h1>
${linesOf(sheet.advice, language)
  .map((line) => `<p>${escaped(line)}</p>`)
  .join("\n")}
${sections.join("\n")}
</body>
</html>
`;
}

function cellHtml({ text, words }: SheetCell, language: PaperLanguage): string {
  const [first = "", ...more] = linesOf(words, language).map(escaped);
  const rest = [...more, escaped(text)].map((line) => `<small>${line}</small>`).join("");
  return (
    `<div>${svgOf(qrCode(text), "qr")}<span><strong>${first}</strong>${rest}</span>` +
    `${svgOf(code128(text), "line")}</div>`
  );
}

const joined = (words: Words, language: PaperLanguage): string =>
  linesOf(words, language).map(escaped).join(" / ");

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
