import { code128Argument } from "../../protocols/codecs/escpos/code128.ts";
import { hasRoomFor } from "../../protocols/codecs/escpos/receipt.ts";
import type { PrintElement } from "../../protocols/commands.ts";
import type { WeighingConfiguration } from "../../protocols/config/weighing.ts";
import { digitalLinkUri, type ElementString } from "../../protocols/gs1/digital-link-uri.ts";
import { netWeightElement } from "../../protocols/gs1/measure.ts";
import type { LocalTime } from "../local-time.ts";
import { linesOf, type PaperMm } from "./label-lines.ts";

export type Product = WeighingConfiguration["products"][number];

/** What a label says; dates only where a clock vouches for them, for food is eaten by them. */
export interface Label {
  readonly product: Product;
  readonly value: string;
  readonly unit: string;
  readonly kilograms: string | undefined;
  readonly packed: LocalTime | undefined;
}

/** The last day on which it is eaten at its best, `2026-01-08`. */
export function bestBefore({ product, packed }: Label): string | undefined {
  if (product.keepDays === undefined || packed === undefined) return undefined;
  const dayMs = 86_400_000;
  return new Date(Date.parse(packed.day) + product.keepDays * dayMs).toISOString().slice(0, 10);
}

/** GTIN, net weight (310n) and best before (15); undefined where six digits cannot say the weight exactly. */
export function labelAis(label: Label): readonly ElementString[] | undefined {
  const weight = label.kilograms === undefined ? undefined : netWeightElement(label.kilograms);
  if (weight === undefined) return undefined;
  const day = bestBefore(label)?.slice(2).replaceAll("-", "");
  return [["01", label.product.gtin], weight, ...(day === undefined ? [] : [["15", day] as const])];
}

/** `(01)...(3103)...` for people. */
export const bracketed = (ais: readonly ElementString[]): string =>
  ais.map(([ai, value]) => `(${ai})${value}`).join("");

/** All three AIs have a length of their own, so no separator stands between them. */
const elementString = (ais: readonly ElementString[]): string => ais.flat().join("");

/** Where a label is printed. */
export interface LabelPaper {
  readonly siteName: string;
  readonly paperMm: PaperMm;
}

export function labelElements(label: Label, { siteName, paperMm }: LabelPaper): readonly PrintElement[] {
  const { product, packed } = label;
  const small = (words: string | undefined): PrintElement[] =>
    words === undefined ? [] : linesOf(words, { paperMm });
  const day = bestBefore(label);
  return [
    ...small(siteName),
    ...(product.nameChinese === undefined ? [] : linesOf(product.nameChinese, { paperMm, large: true })),
    ...linesOf(product.name, { paperMm, bold: true }),
    ...weightLines(label, paperMm),
    ...small(`包装 Packed ${packed === undefined ? byHand : `${packed.day} ${packed.time}`}`),
    ...(product.keepDays === undefined ? [] : small(`最佳食用 Best eaten by ${day ?? byHand}`)),
    ...small(product.adviceChinese),
    ...small(product.advice),
    ...codeElements(labelAis(label), paperMm),
    { kind: "feed", lines: 3 },
    { kind: "cut" },
  ];
}

/** Large, and on a line of its own where the words before it have no room beside it. */
function weightLines({ value, unit }: Label, paperMm: PaperMm): PrintElement[] {
  const looks = { paperMm, large: true, bold: true } as const;
  const whole = linesOf(`净重 Net ${value} ${unit}`, looks);
  const isLarge = whole.length === 1 && whole.every((line) => line.kind === "text" && line.size === 2);
  return isLarge ? whole : [...linesOf("净重 Net", { paperMm }), ...linesOf(`${value} ${unit}`, looks)];
}

/** Bars where they fit; else the same as a GS1 Digital Link in a QR code, which is narrow. */
function codeElements(ais: readonly ElementString[] | undefined, paperMm: PaperMm): PrintElement[] {
  if (ais === undefined) return [];
  const content = elementString(ais);
  const argument = code128Argument({ content, gs1: true });
  const isBars = argument !== undefined && hasRoomFor(argument, paperMm);
  const code: PrintElement = isBars
    ? { kind: "code128", content, gs1: true }
    : { kind: "qr", content: digitalLinkUri(ais.slice(0, 1), ais.slice(1)), size: qrSize };
  return [code, ...linesOf(bracketed(ais), { paperMm })];
}

/** Dots of a module: a code of 70 characters is some 20 mm wide then. */
const qrSize = 5;
/** Room for a pen. */
const byHand = "____-__-__";
