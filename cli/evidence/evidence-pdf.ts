import { createHash } from "node:crypto";
import type { ItemHistory } from "../../gateway/returns/item-history.ts";
import type { FontFile } from "../paper/chinese-font.ts";
import { joined, linesOf, type PaperLanguage } from "../paper/language.ts";
import { type Pdf, pdfBytes } from "../paper/pdf.ts";
import { itemStory } from "../returns/item-story.ts";
import { evidenceWords } from "./evidence-words.ts";
import { type EvidenceFile, fingerprintOf } from "./signed-file.ts";
import type { EvidenceStatement, EvidenceStep } from "./statement.ts";

/** Points. */
const size = { title: 15, heading: 11, text: 9, small: 7 } as const;

export interface EvidencePaper {
  readonly history: ItemHistory;
  readonly statement: EvidenceStatement;
  readonly file: EvidenceFile;
  readonly language: PaperLanguage;
}

/**
 * The statement for people to read, with the signed file itself attached: one PDF is the whole evidence. `font` is needed for
 * every language but `en`.
 */
export function evidencePdf(paper: EvidencePaper, font: FontFile | undefined): Promise<Buffer> {
  const { statement, file, language } = paper;
  return pdfBytes(font, (pdf) => {
    pdf.fontSize(size.title).text(joined(evidenceWords.title, language));
    pdf.fontSize(size.text).moveDown(0.5);
    for (const line of factsOf(statement, wordsIn(language))) pdf.text(line);
    title(pdf, joined(evidenceWords.happened, language));
    for (const line of storyLines(paper)) pdf.fontSize(size.text).text(line);
    title(pdf, joined(evidenceWords.proof, language));
    pdf.fontSize(size.small);
    for (const step of statement.steps) drawProof(pdf, step, wordsIn(language));
    signature(pdf, file, language);
    pdf.file(Buffer.from(JSON.stringify(file)), { name: "evidence.json", type: "application/json" });
  });
}

type Say = (name: keyof typeof evidenceWords) => string;

const wordsIn =
  (language: PaperLanguage): Say =>
  (name) =>
    joined(evidenceWords[name], language);

function factsOf({ item, site, made, steps }: EvidenceStatement, say: Say): readonly string[] {
  const unknown = steps.filter(({ clock }) => clock !== "synced").length;
  return [
    `${say("item")}: ${item}`,
    `${say("site")}: ${site.id} (GLN ${site.gln}), ${say("gateway")}: ${site.gateway}`,
    `${say("made")}: ${made.at} (${say("clock")}: ${made.clock}), Storewire ${made.version}`,
    `${say("events")}: ${steps.length}; ${say("estimated")}: ${unknown}`,
  ];
}

/** In both languages each event has its Chinese line, and its English one below. */
function storyLines({ history, language }: EvidencePaper): readonly string[] {
  const chinese = itemStory(history, "chinese").slice(1);
  const english = itemStory(history, "english").slice(1);
  return chinese.flatMap((line, index) =>
    linesOf({ chinese: line, english: english[index] ?? "" }, language),
  );
}

function drawProof(pdf: Pdf, step: EvidenceStep, say: Say): void {
  const { type, place, order, boot, monotonicMs, reading = say("none"), event } = step;
  const headquarters =
    place === undefined ? "" : `, ${say("headquarters")} ${place.epoch} / ${place.sequence}`;
  pdf.text(`${order}. ${type}: ${String(event["eventID"] ?? event["code"])}`);
  const moment = `${say("boot")} ${boot} + ${Math.round(monotonicMs)} ms`;
  pdf.text(`${say("reading")} ${reading}, ${moment}${headquarters}`, { indent: 10 });
}

function signature(pdf: Pdf, file: EvidenceFile, language: PaperLanguage): void {
  const say = wordsIn(language);
  const digest = createHash("sha256").update(file.statement).digest("hex");
  title(pdf, say("signature"));
  pdf.fontSize(size.text);
  pdf.text(`${say("key")} ${fingerprintOf(file.publicKey)}`);
  pdf.text(`${say("over")} ${digest}`);
  pdf.text(`${say("signature")}: ${file.signature}`);
  for (const line of linesOf(evidenceWords.verify, language)) pdf.text(line);
}

function title(pdf: Pdf, words: string): void {
  pdf.moveDown(0.8).fontSize(size.heading).text(words).moveDown(0.2);
}
