import { escapeForUrn, isCset82 } from "../epc/characters.ts";

/** AI 254 in the GS1 Syntax Dictionary: X..20. */
const extensionCharactersMax = 20;

/**
 * The place `extension` of a location number as `urn:epc:id:sgln:`; extension "0" is the location itself.
 * The arguments come from the checked configuration, so a wrong one is a broken invariant.
 */
export function sglnUri(gln: string, companyPrefixDigits: number, extension: string): string {
  if (!/^\d{13}$/.test(gln)) throw new Error(`not a GLN: ${gln}`);
  if (!Number.isInteger(companyPrefixDigits) || companyPrefixDigits < 6 || companyPrefixDigits > 12)
    throw new Error(`a company prefix has 6 to 12 digits, not ${companyPrefixDigits}`);
  if (extension.length === 0 || extension.length > extensionCharactersMax || !isCset82(extension))
    throw new Error(`not an SGLN extension: ${extension}`);
  const prefix = gln.slice(0, companyPrefixDigits);
  return `urn:epc:id:sgln:${prefix}.${gln.slice(companyPrefixDigits, 12)}.${escapeForUrn(extension)}`;
}
