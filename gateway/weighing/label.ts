import type { PrintElement } from "../../protocols/commands.ts";
import type { WeighingConfiguration } from "../../protocols/config/weighing.ts";
import type { ElementString } from "../../protocols/gs1/digital-link-uri.ts";
import { netWeightElement } from "../../protocols/gs1/measure.ts";
import type { LocalTime } from "../local-time.ts";

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

export function labelElements(label: Label, siteName: string): readonly PrintElement[] {
  const { product, value, unit, packed } = label;
  const line = (content: string, size = 1, bold = false): PrintElement => ({
    kind: "text",
    content,
    size,
    align: "center",
    bold,
  });
  const optional = (words: string | undefined, size = 1): PrintElement[] =>
    words === undefined ? [] : [line(words, size)];
  const ais = labelAis(label);
  const day = bestBefore(label);
  return [
    line(siteName),
    ...optional(product.nameChinese, 2),
    line(product.name, 1, true),
    line(`净重 Net ${value} ${unit}`, 2, true),
    line(`包装 Packed ${packed === undefined ? byHand : `${packed.day} ${packed.time}`}`),
    ...(product.keepDays === undefined ? [] : [line(`最佳食用 Best eaten by ${day ?? byHand}`)]),
    ...optional(product.adviceChinese),
    ...optional(product.advice),
    ...(ais === undefined
      ? []
      : [{ kind: "code128", content: elementString(ais), gs1: true } as const, line(bracketed(ais))]),
    { kind: "feed", lines: 3 },
    { kind: "cut" },
  ];
}

/** Room for a pen. */
const byHand = "____-__-__";
