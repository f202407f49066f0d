import type { Decoded } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { digitalLinkUri } from "../gs1/digital-link-uri.ts";
import { decodePlus } from "./decode-plus.ts";
import type { Epc } from "./epc.ts";
import type { Bits } from "./fields.ts";
import { zerosBehind } from "./fields.ts";
import { elementsOfIdentity } from "./identity-uri.ts";
import { plusSchemes } from "./plus-schemes.ts";
import type { ClassicScheme } from "./schemes.ts";
import { classicSchemes } from "./schemes.ts";

/** 62 bytes are what the length bits of a Gen2 tag can say (31 words). */
export const epcBytesMax = 62;

const byteBits = Array.from({ length: 256 }, (_, byte) => byte.toString(2).padStart(8, "0"));
const classicByHeader = new Map(classicSchemes.map((scheme) => [scheme.header, scheme]));
const plusByHeader = new Map(plusSchemes.map((scheme) => [scheme.header, scheme]));

/** The EPC of a tag as the reader sends it, without CRC and PC word. */
export function decodeEpc(bytes: Uint8Array): Decoded<Epc> {
  const header = bytes[0];
  if (header === undefined) return refused("empty", "no EPC at all");
  if (bytes.length > epcBytesMax) return refused("length", `${bytes.length} bytes are more than a tag holds`);
  const classic = classicByHeader.get(header);
  if (classic !== undefined) return decodeClassic(classic, bitsOf(bytes));
  const plus = plusByHeader.get(header);
  return plus === undefined ? refused("unsupported", refusalOf(header)) : decodePlus(plus, bitsOf(bytes));
}

function bitsOf(bytes: Uint8Array): Bits {
  let bits = "";
  for (const byte of bytes) bits += byteBits[byte];
  return bits;
}

function decodeClassic(scheme: ClassicScheme, bits: Bits): Decoded<Epc> {
  if (bits.length < (scheme.bits ?? 0))
    return refused("length", `${scheme.name} has ${scheme.bits} bits, not ${bits.length}`);
  // Behind the scheme's own bits a tag is filled up to whole words (TDS 1.13 section 14.4).
  const body = bits.slice(0, scheme.bits) + zerosBehind;
  const parts: string[] = [];
  let offset = 8 + scheme.filterBits;
  for (const field of scheme.fields) {
    const read = field.read(body.slice(offset));
    if (typeof read === "string") return refused("field", `${scheme.name}: ${read}`);
    parts.push(...read.parts);
    offset += read.width;
  }
  if (offset > bits.length) return refused("length", `${scheme.name} is cut off`);
  const identity = parts.join(".");
  const filter =
    scheme.filterBits === 0 ? "" : `${Number.parseInt(bits.slice(8, 8 + scheme.filterBits), 2)}.`;
  const elements = elementsOfIdentity(scheme.identity, parts) ?? [];
  return decoded({
    scheme: scheme.name,
    tagUri: `urn:epc:tag:${scheme.name}:${filter}${identity}`,
    pureIdentityUri: `urn:epc:id:${scheme.identity}:${identity}`,
    ...(elements.length > 0 && { digitalLink: digitalLinkUri(elements) }),
    elements,
  });
}

function refusalOf(header: number): string {
  const hex = header.toString(16).toUpperCase().padStart(2, "0");
  if (header === 0x00) return "header 00: the tag is not programmed";
  if (header === 0xe2) return "header E2: a tag's own serial (TID), not an EPC";
  return `header ${hex} is no EPC scheme`;
}
