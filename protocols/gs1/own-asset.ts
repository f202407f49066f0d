import { encodeEpc } from "../epc/encode-epc.ts";
import { toHex } from "../stream/bytes.ts";
import { digitalLinkUri } from "./digital-link-uri.ts";

/** A site as the owner of its assets: a GLN of 13 digits, and how many of them are the company's prefix. */
export interface AssetOwner {
  readonly gln: string;
  readonly companyPrefixDigits: number;
}

/** A GIAI that a site gave out: as link, as the text of a barcode, and as what a tag holds. */
export interface OwnAsset {
  /** Rises from one to the next; the lowest that the next one may have is one more. */
  readonly number: number;
  readonly uri: string;
  /** `8004...`, what a GS1-128 holds behind its FNC1. */
  readonly elementString: string;
  /** `(8004)...`, for people. */
  readonly bracketed: string;
  /** GIAI-96 (TDS 1.13 section 14.6.5), as hex. */
  readonly epcHex: string;
}

/** Numbers count hundredths of a second from here: a site needs two hands to outrun them. */
const firstSecondMs = Date.UTC(2026, 0, 1);
const numberDigits = 11;

/**
 * The next individual asset of a site (General Specifications section 3.9.3). The site's own location number is
 * part of it, so that two sites never give out the same; time is, so that a box that forgot its numbers does not
 * begin again from 1. All digits, so that it fits the GIAI-96 of every length of prefix.
 */
export function nextOwnAsset(owner: AssetOwner, lastNumber: number, timeMs: number): OwnAsset {
  const { gln, companyPrefixDigits } = owner;
  const number = Math.max(lastNumber + 1, Math.floor((timeMs - firstSecondMs) / 10), 1);
  const prefix = gln.slice(0, companyPrefixDigits);
  // A leading zero could not stand in a GIAI-96.
  const reference = `1${gln.slice(companyPrefixDigits, 12)}${String(number).padStart(numberDigits, "0")}`;
  const epc = encodeEpc(`urn:epc:tag:giai-96:0.${prefix}.${reference}`);
  if (!epc.ok) throw new Error(`asset ${reference} of ${gln} does not fit a tag: ${epc.error}`);
  const giai = prefix + reference;
  return {
    number,
    uri: digitalLinkUri([["8004", giai]]),
    elementString: `8004${giai}`,
    bracketed: `(8004)${giai}`,
    epcHex: toHex(epc.value),
  };
}

/** What AI 8004 holds at most. */
const giaiCharacters = 30;

/**
 * A device of the site as its asset: the location number and the device's name behind a dash, so that it is none of the numbers
 * above. Undefined where the name is too long for it.
 */
export function deviceAssetUri({ gln }: AssetOwner, device: string): string | undefined {
  const giai = `${gln.slice(0, 12)}-${device}`;
  return giai.length > giaiCharacters ? undefined : digitalLinkUri([["8004", giai]]);
}
