import type { Decoded } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import type { Bits } from "./fields.ts";
import { splitParts } from "./identity-uri.ts";
import type { ClassicScheme } from "./schemes.ts";
import { classicSchemes } from "./schemes.ts";

const classicByName = new Map(classicSchemes.map((scheme) => [scheme.name, scheme]));
/** Gen2 tags hold whole words. */
const wordBits = 16;

/** The bytes of an EPC tag URI, filled up to whole words as a tag holds them. */
export function encodeEpc(tagUri: string): Decoded<Uint8Array> {
  const [, name = "", rest = ""] = /^urn:epc:tag:([a-z0-9-]+):(.*)$/.exec(tagUri) ?? [];
  const scheme = classicByName.get(name);
  if (scheme === undefined) return refused("unsupported", `"${tagUri}" is no EPC tag URI of a known scheme`);
  const filterParts = scheme.filterBits === 0 ? 0 : 1;
  const count = scheme.fields.reduce((sum, field) => sum + field.parts, filterParts);
  const parts = splitParts(rest, count);
  if (parts.length !== count) return refused("field", `${name} has ${count} parts, not ${parts.length}`);
  const filter = filterBits(scheme, parts[0] ?? "");
  if (filter === undefined) return refused("field", `filter value "${parts[0]}" is out of range`);
  return writeFields(scheme, parts.slice(filterParts), filter);
}

function filterBits(scheme: ClassicScheme, filter: string): Bits | undefined {
  if (scheme.filterBits === 0) return "";
  if (!/^(0|[1-9]\d?)$/.test(filter) || Number(filter) >= 2 ** scheme.filterBits) return undefined;
  return Number(filter).toString(2).padStart(scheme.filterBits, "0");
}

function writeFields(scheme: ClassicScheme, parts: readonly string[], filter: Bits): Decoded<Uint8Array> {
  let bits = scheme.header.toString(2).padStart(8, "0") + filter;
  let first = 0;
  for (const field of scheme.fields) {
    const written = field.write(parts.slice(first, first + field.parts));
    if (typeof written === "string") return refused("field", `${scheme.name}: ${written}`);
    bits += written.bits;
    first += field.parts;
  }
  const filled = bits.padEnd(Math.ceil(bits.length / wordBits) * wordBits, "0");
  return decoded(
    Uint8Array.from({ length: filled.length / 8 }, (_, index) =>
      Number.parseInt(filled.slice(index * 8, index * 8 + 8), 2),
    ),
  );
}
