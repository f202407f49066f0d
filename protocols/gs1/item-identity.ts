import type { Decoded } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { decodeEpc } from "../epc/decode-epc.ts";
import { fromHex } from "../stream/bytes.ts";
import type { ElementString } from "./digital-link-uri.ts";
import { digitalLinkUri } from "./digital-link-uri.ts";
import { elementsOfScan, type ScannedCode } from "./scan.ts";

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
  /** Qualifiers of which one makes a thing out of a class. */
  readonly serials?: readonly string[];
  /** Characters of the key without its serial part; a longer key names one thing. */
  readonly classLength?: number;
}

/** The keys of what can be handed in, in order of preference. Places, parties and services are none. */
const itemKeys: readonly ItemKey[] = [
  { ai: "01", serials: ["21", "235"] },
  { ai: "8006", serials: ["21"] },
  { ai: "8004" },
  { ai: "8003", classLength: 14 },
  { ai: "00" },
  { ai: "253", classLength: 13 },
  { ai: "8010", serials: ["8011"] },
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
export function identityOfScan(scan: ScannedCode): Decoded<ItemIdentity> {
  const read = elementsOfScan(scan);
  if (!read.ok) return read;
  return itemIdentity(read.value) ?? refused("unsupported", "the code names no item");
}

/** The finest identity among the elements: one thing before a class. Undefined when none names an item. */
export function itemIdentity(elements: readonly ElementString[]): Decoded<ItemIdentity> | undefined {
  let first: ItemIdentity | undefined;
  for (const key of itemKeys) {
    const identity = identityBy(key, elements);
    if (identity?.serialised === true) return decoded(identity);
    first ??= identity;
  }
  return first && decoded(first);
}

const noSerials: readonly string[] = [];

function identityBy(key: ItemKey, elements: readonly ElementString[]): ItemIdentity | undefined {
  const { ai, serials = noSerials, classLength } = key;
  const value = valueIn(elements, ai);
  if (value === undefined) return undefined;
  const path: ElementString[] = [[ai, value]];
  const serialAi = serials.find((serial) => valueIn(elements, serial) !== undefined);
  if (serialAi !== undefined) path.push([serialAi, valueIn(elements, serialAi) ?? ""]);
  const gtin = valueIn(elements, "01");
  return {
    uri: digitalLinkUri(path),
    serialised: serials.length > 0 ? serialAi !== undefined : value.length > (classLength ?? 0),
    ...(gtin !== undefined && { gtin }),
  };
}

/** The last one counts, as it would in a map; a code has few elements, and a list is quicker to look through. */
const valueIn = (elements: readonly ElementString[], ai: string): string | undefined =>
  elements.findLast(([name]) => name === ai)?.[1];
