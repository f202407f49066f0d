import type { Decoded } from "../codec.ts";
import { type ItemIdentity, identityOfScan, identityOfTag } from "./item-identity.ts";

/** Whole bytes, and more of them than the longest GTIN has digits. */
const epcHex = /^(?=.{16,})([0-9A-Fa-f]{4})+$/;

/**
 * The item that a person names: its link, the text of a barcode (with or without AIM identifier), or a tag's EPC as
 * hex. What could be both is a barcode where its check digits are right.
 */
export function namedItem(words: string): Decoded<ItemIdentity> {
  const text = words.trim();
  const scanned = identityOfScan({ text });
  if (scanned.ok || !epcHex.test(text)) return scanned;
  const tag = identityOfTag(text.toLowerCase());
  return tag.ok ? tag : scanned;
}
