import type { Decoded } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { decodeEpc } from "../epc/decode-epc.ts";
import { fromHex } from "../stream/bytes.ts";
import type { ElementString } from "./digital-link-uri.ts";
import { digitalLinkUri } from "./digital-link-uri.ts";
import { readGs1Scan } from "./scan.ts";

/** The one key by which a returned item is known, whatever saw it. */
export interface ItemIdentity {
  /** Canonical GS1 Digital Link URI. */
  readonly uri: string;
  /** Whether it names one thing; without a serial number it names the class of such things. */
  readonly serialised: boolean;
  /** 14 digits, where the item is a trade item. */
  readonly gtin?: string;
}

interface ItemKey {
  readonly ai: string;
  /** Qualifiers that make one thing out of a class; the first one present counts. */
  readonly serials: readonly string[];
  /** Characters of the key without its serial part; a longer key names one thing. Absent: it always does. */
  readonly classLength?: number;
}

/** The keys of things that can be handed in, finest first. Places, parties and services are none. */
const itemKeys: readonly ItemKey[] = [
  { ai: "01", serials: ["21", "235"], classLength: 14 },
  { ai: "8006", serials: ["21"], classLength: 18 },
  { ai: "8004", serials: [] },
  { ai: "8003", serials: [], classLength: 14 },
  { ai: "00", serials: [] },
  { ai: "253", serials: [], classLength: 13 },
  { ai: "8010", serials: ["8011"], classLength: 30 },
];

/** The identity of a tag's EPC, as hex without CRC and PC word. */
export function identityOfTag(epcHex: string): Decoded<ItemIdentity> {
  const bytes = fromHex(epcHex);
  if (bytes === undefined) return refused("character", `"${epcHex}" is not hex`);
  const epc = decodeEpc(bytes);
  if (!epc.ok) return epc;
  return itemIdentity(epc.value.elements) ?? refused("unsupported", `${epc.value.scheme} names no item`);
}

/** The identity of what a scanner sent; `aim` as `]d2`, absent where the scanner does not send it. */
export function identityOfScan(scan: {
  readonly aim?: string;
  readonly text: string;
}): Decoded<ItemIdentity> {
  const read = readGs1Scan(scan);
  if (!read.ok) return read;
  const { ais, gtin } = read.value;
  const elements = ais ?? [];
  return (
    itemIdentity(gtin === undefined ? elements : [["01", gtin], ...elements]) ??
    refused("unsupported", "the code names no item")
  );
}

/** Undefined when none of the elements is the key of an item. */
export function itemIdentity(elements: readonly ElementString[]): Decoded<ItemIdentity> | undefined {
  const valueOf = new Map(elements);
  for (const { ai, serials, classLength } of itemKeys) {
    const value = valueOf.get(ai);
    if (value === undefined) continue;
    const path: ElementString[] = [[ai, value]];
    const serialAi = serials.find((serial) => valueOf.has(serial));
    if (serialAi !== undefined) path.push([serialAi, valueOf.get(serialAi) ?? ""]);
    return decoded({
      uri: digitalLinkUri(path),
      serialised: serialAi !== undefined || classLength === undefined || value.length > classLength,
      ...(ai === "01" && { gtin: value }),
    });
  }
  return undefined;
}
