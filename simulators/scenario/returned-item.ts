import { encodeEpc } from "../../protocols/epc/encode-epc.ts";
import { itemIdentity } from "../../protocols/gs1/item-identity.ts";
import { toHex } from "../../protocols/stream/bytes.ts";

/** One returned thing as the store's devices can see it. */
export interface ReturnedItem {
  /** What HQ calls it. */
  readonly uri: string;
  /** A GS1 DataMatrix with GTIN and serial. */
  readonly code: { readonly text: string; readonly aim: string };
  readonly epcHex: string;
}

/** The same GTIN and serial as barcode and as SGTIN-96 tag. Throws on a GTIN that is none. */
export function returnedItem(gtin: string, serial: number, companyPrefixDigits: number): ReturnedItem {
  const identity = itemIdentity([
    ["01", gtin],
    ["21", String(serial)],
  ]);
  const prefix = gtin.slice(1, 1 + companyPrefixDigits);
  const reference = gtin.slice(0, 1) + gtin.slice(1 + companyPrefixDigits, 13);
  const epc = encodeEpc(`urn:epc:tag:sgtin-96:1.${prefix}.${reference}.${serial}`);
  if (identity?.ok !== true || !epc.ok) throw new Error(`"${gtin}" with serial ${serial} names no item`);
  return {
    uri: identity.value.uri,
    code: { text: `01${gtin}21${serial}`, aim: "]d2" },
    epcHex: toHex(epc.value),
  };
}
