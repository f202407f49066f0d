import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeForUrn } from "../../../protocols/epc/characters.ts";
import { decodeEpc, epcBytesMax } from "../../../protocols/epc/decode-epc.ts";
import { encodeEpc } from "../../../protocols/epc/encode-epc.ts";
import { plusSchemes } from "../../../protocols/epc/plus-schemes.ts";
import { classicSchemes } from "../../../protocols/epc/schemes.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";

const characters = (all: string): fc.Arbitrary<string> => fc.constantFrom(...all.split(""));
const cset82 = characters("!\"%&'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz");
const digits = (count: number): fc.Arbitrary<string> =>
  fc.string({ unit: characters("0123456789"), minLength: count, maxLength: count });
const number = (bits: number): fc.Arbitrary<string> => fc.bigInt(0n, 2n ** BigInt(bits) - 1n).map(String);
const text = (max: number): fc.Arbitrary<string> =>
  fc.string({ unit: cset82, minLength: 1, maxLength: max }).map(escapeForUrn);

/** Company prefix of 6 to 12 digits, and a reference of what is left of `total`. */
const keyed = (total: number): fc.Arbitrary<string> =>
  fc
    .integer({ min: 6, max: 12 })
    .chain((length) => fc.tuple(digits(length), digits(total - length)))
    .map((parts) => parts.join("."));
const joined = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((all) => all.join("."));

/** What each scheme can say, by its own standard: independent of the tables that are tested. */
const identities: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "sgtin-96": joined(keyed(13), number(38)),
  "sgtin-198": joined(keyed(13), text(20)),
  "sscc-96": keyed(17),
  "sgln-96": joined(keyed(12), number(41)),
  "sgln-195": joined(keyed(12), text(20)),
  "grai-96": joined(keyed(12), number(38)),
  "grai-170": joined(keyed(12), text(16)),
  "giai-96": joined(digits(7), number(58)),
  "giai-202": joined(digits(7), text(23)),
  "gsrn-96": keyed(17),
  "gsrnp-96": keyed(17),
  "gdti-96": joined(keyed(12), number(41)),
  "gdti-113": joined(keyed(12), digits(17)),
  "gdti-174": joined(keyed(12), text(17)),
  "sgcn-96": joined(keyed(12), digits(12)),
  "cpi-96": joined(digits(9), fc.bigInt(0n, 999_999n).map(String), number(31)),
  "cpi-var": joined(
    digits(6),
    fc.string({ unit: characters("AZ09-"), minLength: 1, maxLength: 24 }),
    fc.bigInt(0n, 999_999_999_999n).map(String),
  ),
  "itip-110": joined(keyed(13), digits(2), digits(2), number(38)),
  "itip-212": joined(keyed(13), digits(2), digits(2), text(20)),
  "usdod-96": joined(fc.constantFrom("CAGEY", "2S194", "A12345"), number(36)),
  "adi-var": joined(
    fc.constantFrom("35962", "W81X9C"),
    fc.string({ unit: characters("AZ09-"), maxLength: 32 }),
    fc.string({ unit: characters("AZ09-"), minLength: 1, maxLength: 30 }),
  ),
  "gid-96": joined(number(28), number(24), number(36)),
};
const filterMax: Readonly<Record<string, number>> = { "usdod-96": 15, "adi-var": 63 };

const tagUri: fc.Arbitrary<string> = fc.constantFrom(...Object.keys(identities)).chain((name) => {
  const identity = identities[name] ?? fc.constant("");
  if (name === "gid-96") return identity.map((one) => `urn:epc:tag:${name}:${one}`);
  return fc
    .tuple(fc.nat(filterMax[name] ?? 7), identity)
    .map(([filter, one]) => `urn:epc:tag:${name}:${filter}.${one}`);
});

describe("EPC", () => {
  it("the arbitrary tag URIs are of all schemes", () => {
    expect(Object.keys(identities).toSorted()).toEqual(classicSchemes.map(({ name }) => name).toSorted());
  });

  it("what is encoded is decoded to the same, and fills whole words", () => {
    fc.assert(
      fc.property(tagUri, fc.nat(3), (uri, wordsMore) => {
        const bytes = encodeEpc(uri);
        if (!bytes.ok) throw new Error(bytes.error);
        expect(bytes.value.length % 2).toBe(0);
        const longer = new Uint8Array(Math.min(epcBytesMax, bytes.value.length + wordsMore * 2));
        longer.set(bytes.value);
        const epc = decodeEpc(longer);
        expect(epc.ok && epc.value.tagUri).toBe(uri);
      }),
      { numRuns: 2_000 },
    );
  });

  // Random bytes are almost never a tag; these begin as tags do, or are tags with a few bits turned.
  const headers = [...classicSchemes, ...plusSchemes].map(({ header }) => header);
  const behindHeader = fc
    .tuple(fc.constantFrom(...headers), fc.uint8Array({ maxLength: epcBytesMax - 1 }))
    .map(([header, rest]) => Uint8Array.of(header, ...rest));
  const turned = fc.tuple(tagUri, fc.array(fc.nat(400), { maxLength: 4 })).map(([uri, bits]) => {
    const encoded = encodeEpc(uri);
    const bytes = encoded.ok ? Uint8Array.from(encoded.value) : new Uint8Array();
    for (const bit of bits) {
      const place = (bit >> 3) % bytes.length;
      bytes[place] = (bytes[place] ?? 0) ^ (1 << (bit & 7));
    }
    return bytes;
  });
  const nearTag = fc.oneof(behindHeader, turned);

  it("never throws, and what it accepts is what its own URI encodes to", () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(nearTag, fc.uint8Array({ maxLength: 80 })), (bytes) => {
        const epc = decodeEpc(bytes);
        if (!epc.ok || epc.value.tagUri === undefined) return;
        accepted += 1;
        const again = encodeEpc(epc.value.tagUri);
        if (!again.ok) throw new Error(again.error);
        // Only filling may differ: compare the whole bytes that belong to the EPC for certain.
        const bits = classicSchemes.find(({ name }) => name === epc.value.scheme)?.bits ?? 8;
        const certain = Math.floor(bits / 8);
        expect(toHex(again.value.slice(0, certain))).toBe(toHex(bytes.slice(0, certain)));
      }),
      { numRuns: 5_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
