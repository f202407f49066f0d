import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeForUrn } from "../../../protocols/epc/characters.ts";
import { encodeEpc } from "../../../protocols/epc/encode-epc.ts";
import { identityOfScan, identityOfTag } from "../../../protocols/gs1/item-identity.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";

const tagOf = (tagUri: string): string => {
  const bytes = encodeEpc(`urn:epc:tag:${tagUri}`);
  if (!bytes.ok) throw new Error(bytes.error);
  return toHex(bytes.value);
};

describe("the identity of a tag", () => {
  it.each([
    ["sgtin-96:1.0614141.812345.6789", "https://id.gs1.org/01/80614141123458/21/6789", "80614141123458"],
    [
      "sgtin-198:1.0614141.712345.32a%2Fb",
      "https://id.gs1.org/01/70614141123451/21/32a%2Fb",
      "70614141123451",
    ],
    ["giai-96:0.0614141.5678", "https://id.gs1.org/8004/06141415678", undefined],
    ["giai-202:0.0614141.R-77", "https://id.gs1.org/8004/0614141R-77", undefined],
    ["sscc-96:0.0614141.1234567890", "https://id.gs1.org/00/106141412345678908", undefined],
    ["grai-96:0.0614141.12345.5678", "https://id.gs1.org/8003/006141411234525678", undefined],
    ["grai-170:0.0614141.12345.A1", "https://id.gs1.org/8003/00614141123452A1", undefined],
  ])("%s is %s", (tagUri, uri, gtin) => {
    const value = { uri, serialised: true, ...(gtin !== undefined && { gtin }) };
    expect(identityOfTag(tagOf(tagUri))).toEqual({ ok: true, value });
  });

  it("reads upper and lower case, and a tag of TDS 2.x like its classic twin", () => {
    const plus = identityOfTag("F73795211411234538566CB0AFC4");
    expect(plus).toEqual(identityOfTag(tagOf("sgtin-198:3.9521141.712345.32a%2Fb")));
    expect(plus.ok).toBe(true);
  });

  it.each([
    ["zz", "character", '"zz" is not hex'],
    ["", "empty", "no EPC at all"],
    ["e20034120123456789abcdef", "unsupported", "header E2: a tag's own serial (TID), not an EPC"],
    [tagOf("sgln-96:0.0614141.12345.5678"), "unsupported", "sgln-96 names no item"],
    [tagOf("gid-96:31415.271828.1414"), "unsupported", "gid-96 names no item"],
    [tagOf("gsrn-96:3.0614141.1234567890"), "unsupported", "gsrn-96 names no item"],
  ])("%s is refused: %s", (epcHex, code, error) => {
    expect(identityOfTag(epcHex)).toEqual({ ok: false, code, error });
  });
});

describe("the identity of a scan", () => {
  const gtin = "04012345123456";
  const classUri = `https://id.gs1.org/01/${gtin}`;
  it.each([
    ["4012345123456", { uri: classUri, serialised: false, gtin }],
    [`01${gtin}10LOT`, { uri: classUri, serialised: false, gtin }],
    [`01${gtin}21A/1`, { uri: `${classUri}/21/A%2F1`, serialised: true, gtin }],
    [
      `https://brand.example/shoes/01/${gtin}/10/L/21/A%2f1?17=270131`,
      { uri: `${classUri}/21/A%2F1`, serialised: true, gtin },
    ],
    [`]E04012345123456|]e021A1`, { uri: `${classUri}/21/A1`, serialised: true, gtin }],
    ["]d280049521141X", { uri: "https://id.gs1.org/8004/9521141X", serialised: true }],
    ["]d200106141412345678908", { uri: "https://id.gs1.org/00/106141412345678908", serialised: true }],
    ["]d2800300614141123452", { uri: "https://id.gs1.org/8003/00614141123452", serialised: false }],
    ["]d2800300614141123452A1", { uri: "https://id.gs1.org/8003/00614141123452A1", serialised: true }],
    // Our own label names one asset and says of what kind it is.
    [
      `https://id.gs1.org/8004/9521141X?01=${gtin}`,
      { uri: "https://id.gs1.org/8004/9521141X", serialised: true, gtin },
    ],
  ])("%s", (text, value) => {
    expect(identityOfScan({ text })).toEqual({ ok: true, value });
  });

  it.each([
    ["]Q1hello", "the code names no item"],
    ["]d24140614141123452", "the code names no item"],
    ["]A0hello", "]A0 is no carrier of GS1 data"],
  ])("%s is refused: %s", (text, error) => {
    expect(identityOfScan({ text })).toMatchObject({ ok: false, error });
  });

  it("tag, barcode and link of one thing have one identity", () => {
    const serial = fc
      .string({
        unit: fc.constantFrom("A", "z", "7", "!", '"', "%", "'", "(", ":", ";", "=", "?", "_", "+", "/"),
        minLength: 1,
        maxLength: 20,
      })
      .filter((text) => text.length > 0);
    fc.assert(
      fc.property(serial, (text) => {
        const tag = identityOfTag(tagOf(`sgtin-198:1.4012345.012345.${escapeForUrn(text)}`));
        expect(tag).toMatchObject({ ok: true, value: { serialised: true, gtin } });
        expect(identityOfScan({ aim: "]d2", text: `01${gtin}21${text}` })).toEqual(tag);
        const link = `https://shop.example/01/${gtin}/21/${encodeURIComponent(text)}`;
        expect(identityOfScan({ aim: "]Q1", text: link })).toEqual(tag);
      }),
    );
  });
});
