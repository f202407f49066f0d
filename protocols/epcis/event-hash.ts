import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Namespaces } from "./hash-value.ts";
import type { HashOptions } from "./pre-hash.ts";
import { preHash } from "./pre-hash.ts";

/** The event's identity by its content, `ni:///sha-256;...?ver=CBV2.0` (RFC 6920). */
export function eventHash(event: Readonly<Record<string, unknown>>, options: HashOptions): string {
  return `ni:///sha-256;${bytesToHex(sha256(utf8ToBytes(preHash(event, options))))}?ver=${options.profile}`;
}

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
