import { createHash } from "node:crypto";
import type { ItemHistory } from "../../gateway/returns/item-history.ts";
import type { FontFile } from "../paper/chinese-font.ts";
import { type Pdf, pdfBytes } from "../paper/pdf.ts";
import { itemStory } from "../returns/item-story.ts";
import { type EvidenceFile, fingerprintOf } from "./signed-file.ts";
import type { EvidenceStatement } from "./statement.ts";

/** Points. */
const size = { title: 15, text: 9, small: 7 } as const;

/**
 * The statement for people to read, with the signed file itself attached: one PDF is the whole evidence. Chinese in an
 * event's text needs a font; the words around it are English.
 */
export function evidencePdf(
  { history, statement, file }: { history: ItemHistory; statement: EvidenceStatement; file: EvidenceFile },
  font: FontFile | undefined,
): Promise<Buffer> {
  const { made, site, steps } = statement;
  return pdfBytes(font, (pdf) => {
    pdf.fontSize(size.title).text("Evidence for one returned item");
    pdf.fontSize(size.text).moveDown(0.5);
    pdf.text(`Item: ${statement.item}`);
    pdf.text(`Site ${site.id} (GLN ${site.gln}), gateway ${site.gateway}`);
    pdf.text(`Made ${made.at} (clock ${made.clock}), Storewire ${made.version}`);
    const unknown = steps.filter(({ clock }) => clock !== "synced").length;
    pdf.text(`${steps.length} events; times marked ~ are estimated (${unknown} of them)`);
    title(pdf, "What happened");
    for (const line of itemStory(history).slice(1)) pdf.fontSize(size.text).text(line);
    title(pdf, "What proves it");
    pdf.fontSize(size.small);
    for (const step of steps) {
      const { place, order, boot, monotonicMs, reading = "none", event } = step;
      const hq = place === undefined ? "" : `, at HQ ${place.epoch} / ${place.sequence}`;
      pdf.text(`${order}. ${step.type}: ${String(event["eventID"] ?? event["code"])}`);
      pdf.text(`reading ${reading}, boot ${boot} + ${Math.round(monotonicMs)} ms${hq}`, { indent: 10 });
    }
    signature(pdf, file);
    pdf.file(Buffer.from(JSON.stringify(file)), { name: "evidence.json", type: "application/json" });
  });
}

function signature(pdf: Pdf, file: EvidenceFile): void {
  title(pdf, "Signature");
  pdf.fontSize(size.text);
  pdf.text(`Ed25519 by the key with the fingerprint ${fingerprintOf(file.publicKey)}`);
  pdf.text(
    `over the statement with the SHA-256 ${createHash("sha256").update(file.statement).digest("hex")}`,
  );
  pdf.text(`Signature: ${file.signature}`);
  pdf.text(
    "The signed statement is attached to this PDF as evidence.json. Verify it with `storewire returns evidence --verify`, " +
      "or without us: take its member `statement` as text, and ask openssl (see the README of cli/evidence).",
  );
}

function title(pdf: Pdf, words: string): void {
  pdf.moveDown(0.8).fontSize(11).text(words).moveDown(0.2);
}
