import { withCheckDigit } from "../gs1/check-digit.ts";
import type { ElementString } from "../gs1/digital-link-uri.ts";
import { unescapeFromUrn } from "./characters.ts";

/** The application identifiers of a pure identity: the primary key first, then its qualifiers in order. */
type ToElements = (parts: readonly string[]) => readonly ElementString[];

/** Company prefix and reference of 13 - 1 or 17 - 1 digits: the reference's first digit goes in front. */
function keyWithLeadingDigit(prefix = "", reference = ""): string {
  return withCheckDigit(reference.slice(0, 1) + prefix + reference.slice(1));
}
const key = (prefix = "", reference = ""): string => withCheckDigit(prefix + reference);
const qualified = (
  primary: ElementString,
  ai: string,
  value: string | undefined,
): readonly ElementString[] => (value === undefined ? [primary] : [primary, [ai, value]]);

/** Per name in `urn:epc:id:` what GS1 calls it (TDS 1.13 section 7). Names that no GS1 key stands behind are absent. */
const elementsOf: Readonly<Record<string, ToElements>> = {
  sgtin: ([prefix, item, serial]) => qualified(["01", keyWithLeadingDigit(prefix, item)], "21", serial),
  upui: ([prefix, item, serial]) => qualified(["01", keyWithLeadingDigit(prefix, item)], "235", serial),
  sscc: ([prefix, serial]) => [["00", keyWithLeadingDigit(prefix, serial)]],
  sgln: ([prefix, location, extension]) =>
    qualified(["414", key(prefix, location)], "254", extension === "0" ? undefined : extension),
  pgln: ([prefix, party]) => [["417", key(prefix, party)]],
  grai: ([prefix, type, serial = ""]) => [["8003", `0${key(prefix, type)}${serial}`]],
  giai: ([prefix, asset = ""]) => [["8004", `${prefix}${asset}`]],
  gsrn: ([prefix, service]) => [["8018", key(prefix, service)]],
  gsrnp: ([prefix, service]) => [["8017", key(prefix, service)]],
  gdti: ([prefix, type, serial = ""]) => [["253", key(prefix, type) + serial]],
  sgcn: ([prefix, coupon, serial = ""]) => [["255", key(prefix, coupon) + serial]],
  cpi: ([prefix, part, serial]) => qualified(["8010", `${prefix}${part}`], "8011", serial),
  itip: ([prefix, item, piece, total, serial]) =>
    qualified(["8006", `${keyWithLeadingDigit(prefix, item)}${piece}${total}`], "21", serial),
  ginc: ([prefix, consignment = ""]) => [["401", `${prefix}${consignment}`]],
  gsin: ([prefix, shipment]) => [["402", key(prefix, shipment)]],
  lgtin: ([prefix, item, lot]) => qualified(["01", keyWithLeadingDigit(prefix, item)], "10", lot),
};

/** How many parts each name has; the last one takes whatever dots are left. */
const partsOf: Readonly<Record<string, number>> = Object.fromEntries([
  ...["sscc", "pgln", "giai", "gsrn", "gsrnp", "ginc", "gsin"].map((name) => [name, 2] as const),
  ...["sgtin", "upui", "sgln", "grai", "gdti", "sgcn", "cpi", "lgtin"].map((name) => [name, 3] as const),
  ["itip", 5],
]);

/** The parts of an EPC URI, `count` of them: dots behind the last belong to it. */
export function splitParts(text: string, count: number): string[] {
  const parts = text.split(".");
  return parts.length <= count ? parts : [...parts.slice(0, count - 1), parts.slice(count - 1).join(".")];
}

/** Undefined when no GS1 key stands behind this scheme or a part is wrongly escaped. */
export function elementsOfIdentity(
  scheme: string,
  parts: readonly string[],
): readonly ElementString[] | undefined {
  const plain: string[] = [];
  for (const part of parts) {
    const text = part.includes("%") ? unescapeFromUrn(part) : part;
    if (text === undefined) return undefined;
    plain.push(text);
  }
  return elementsOf[scheme]?.(plain);
}

const identityUri = /^urn:epc:(?:id|class|idpat):([a-z]+):(.+)$/;

/**
 * What GS1 calls the thing of an EPC URI; `urn:epc:idpat:` with `*` in place of serials is its class.
 * Undefined when it is none of ours.
 */
export function elementsOfIdentityUri(uri: string): readonly ElementString[] | undefined {
  const match = identityUri.exec(uri);
  const [scheme = "", rest = ""] = match?.slice(1) ?? [];
  const count = partsOf[scheme];
  if (count === undefined) return undefined;
  const parts = splitParts(rest, count).filter((part) => part !== "*");
  return elementsOfIdentity(scheme, parts);
}
