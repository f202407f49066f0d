import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Namespaces } from "./hash-value.ts";
import type { HashOptions } from "./pre-hash.ts";
import { preHash } from "./pre-hash.ts";

/** SHA-256 of a text's UTF-8 bytes, as hex in small letters. */
type Digest = (text: string) => string;

/** In plain JavaScript, for wherever there is nothing else. */
const plainDigest: Digest = (text) => bytesToHex(sha256(utf8ToBytes(text)));

let digest = plainDigest;

/** The platform's own SHA-256 from here on: the same answers at a tenth of the time. Throws if it is another function. */
export function hashEventsWith(platformDigest: Digest): void {
  const probe = "\u20ac";
  if (platformDigest(probe) !== plainDigest(probe)) throw new Error("the digest is no SHA-256 of UTF-8");
  digest = platformDigest;
}

/** The event's identity by its content, `ni:///sha-256;...?ver=CBV2.0` (RFC 6920). */
export const eventHash = (event: Readonly<Record<string, unknown>>, options: HashOptions): string =>
  `ni:///sha-256;${digest(preHash(event, options))}?ver=${options.profile}`;

/** The prefixes that a JSON-LD context declares inline; contexts by reference are GS1's own, which are known. */
export function namespacesOf(context: unknown): Namespaces {
  const namespaces: Record<string, string> = {};
  for (const part of Array.isArray(context) ? (context as unknown[]) : [context]) {
    if (typeof part !== "object" || part === null) continue;
    for (const [prefix, namespace] of Object.entries(part)) {
      if (typeof namespace === "string" && !prefix.startsWith("@")) namespaces[prefix] = namespace;
    }
  }
  return namespaces;
}
