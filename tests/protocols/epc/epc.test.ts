import { describe, expect, it } from "vitest";
import { decodeEpc } from "../../../protocols/epc/decode-epc.ts";
import { encodeEpc } from "../../../protocols/epc/encode-epc.ts";
import { decodeEpcLine } from "../../../protocols/epc/epc-line.ts";
import { plusSchemes } from "../../../protocols/epc/plus-schemes.ts";
import { classicSchemes } from "../../../protocols/epc/schemes.ts";
import { fromHex, toHex } from "../../../protocols/stream/bytes.ts";
import { areShared, sharedJson } from "../gs1/shared-files.ts";

interface Row {
  readonly hex: string;
  readonly tagUri: string;
  readonly pureIdentityUri: string;
}
const present = areShared("vectors/epc.json");
const vectors = sharedJson("vectors/epc.json", {
  vectors: [] as Row[],
  plusSchemes: [] as { hex: string; scheme: string; digitalLink: string }[],
  invalidHex: [] as { hex: string; reason: string }[],
  invalidTagUri: [] as { tagUri: string; reason: string }[],
});

/** Some rows end in half a byte. */
const bytesOf = (hex: string): Uint8Array =>
  fromHex(hex.length % 2 === 0 ? hex : `${hex}0`) ?? new Uint8Array();

describe.skipIf(!present)("EPC against the published vectors", () => {
  it("has rows of every scheme that it knows", () => {
    const schemes = new Set(vectors.vectors.map(({ tagUri }) => tagUri.split(":")[3]));
    expect(schemes).toEqual(new Set(classicSchemes.map(({ name }) => name)));
    const plus = new Set(vectors.plusSchemes.map(({ scheme }) => scheme.toLowerCase()));
    expect(plus).toEqual(new Set(plusSchemes.map(({ name }) => name)));
  });

  it.each(vectors.vectors)("decodes $hex to $tagUri", ({ hex, tagUri, pureIdentityUri }) => {
    const epc = decodeEpcLine(bytesOf(hex));
    expect(epc).toMatchObject({ ok: true, value: { tagUri, pureIdentityUri } });
  });

  it.each(vectors.vectors)("encodes $tagUri to $hex", ({ hex, tagUri }) => {
    const bytes = encodeEpc(tagUri);
    expect(bytes.ok && toHex(bytes.value)).toBe(hex.toLowerCase());
  });

  it.each(vectors.plusSchemes)("decodes $scheme $hex", ({ hex, digitalLink }) => {
    expect(decodeEpcLine(bytesOf(hex))).toEqual({ ok: true, value: { digitalLink } });
  });

  it.each(vectors.invalidHex)("refuses $hex: $reason", ({ hex }) => {
    expect(decodeEpc(bytesOf(hex)).ok).toBe(false);
  });

  it.each(vectors.invalidTagUri)("refuses $tagUri: $reason", ({ tagUri }) => {
    expect(encodeEpc(tagUri).ok).toBe(false);
  });
});

describe("the Digital Link of an EPC", () => {
  // Check digits by hand: GS1 General Specifications section 7.9.1.
  it.each([
    ["sgtin-96:3.0614141.812345.6789", "https://id.gs1.org/01/80614141123458/21/6789"],
    ["sgtin-198:3.0614141.712345.32a%2Fb", "https://id.gs1.org/01/70614141123451/21/32a%2Fb"],
    ["sscc-96:3.0614141.1234567890", "https://id.gs1.org/00/106141412345678908"],
    ["sgln-96:3.0614141.12345.5678", "https://id.gs1.org/414/0614141123452/254/5678"],
    ["sgln-96:3.0614141.12345.0", "https://id.gs1.org/414/0614141123452"],
    ["grai-96:3.0614141.12345.5678", "https://id.gs1.org/8003/006141411234525678"],
    ["giai-96:3.0614141.5678", "https://id.gs1.org/8004/06141415678"],
    ["gsrn-96:3.0614141.1234567890", "https://id.gs1.org/8018/061414112345678902"],
    ["gsrnp-96:3.0614141.1234567890", "https://id.gs1.org/8017/061414112345678902"],
    ["gdti-96:3.0614141.12345.5678", "https://id.gs1.org/253/06141411234525678"],
    ["sgcn-96:3.4012345.67890.04711", "https://id.gs1.org/255/401234567890104711"],
    ["cpi-96:3.0614141.98765.12345", "https://id.gs1.org/8010/061414198765/8011/12345"],
    ["itip-110:0.4012345.012345.01.02.981", "https://id.gs1.org/8006/040123451234560102/21/981"],
  ])("%s is %s", (name, digitalLink) => {
    const bytes = encodeEpc(`urn:epc:tag:${name}`);
    expect(bytes.ok && decodeEpc(bytes.value)).toMatchObject({ ok: true, value: { digitalLink } });
  });

  it.each(["gid-96:31415.271828.1414", "usdod-96:3.CAGEY.5678", "adi-var:3.35962.PQ7VZ4.M37GXB92"])(
    "%s has none",
    (name) => {
      const bytes = encodeEpc(`urn:epc:tag:${name}`);
      const epc = bytes.ok && decodeEpc(bytes.value);
      expect(epc).toMatchObject({ ok: true, value: { elements: [] } });
      expect(epc).not.toHaveProperty("value.digitalLink");
    },
  );
});

describe("the codes of a serial in a TDS 2.x tag", () => {
  const characters = (text: string, alphabet: string, width: number): string =>
    text
      .split("")
      .map((character) => alphabet.indexOf(character).toString(2).padStart(width, "0"))
      .join("");
  const ascii = String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code));
  const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  // TDS 2.1 section 14.5.6: three bits for the code, five for the length, then the characters.
  it.each([
    ["000", "00471", (471).toString(2).padStart(17, "0")],
    ["001", "09AF", characters("09AF", "0123456789ABCDEF", 4)],
    ["010", "09af", characters("09af", "0123456789abcdef", 4)],
    ["011", "AZaz09-_BC", characters("AZaz09-_BC", base64, 6)],
    ["100", "a/B!", characters("a/B!", ascii, 7)],
    [
      "101",
      "A-Z:9.0",
      [1 * 1600 + 27 * 40 + 26, 29 * 1600 + 39 * 40 + 28, 30 * 1600]
        .map((three) => (three + 1).toString(2).padStart(16, "0"))
        .join(""),
    ],
  ])("%s: %s", (code, serial, bits) => {
    const lead = "F7079521141123453"
      .split("")
      .map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, "0"))
      .join("");
    const all = lead + code + serial.length.toString(2).padStart(5, "0") + bits;
    const bytes = (all.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
    expect(decodeEpc(Uint8Array.from(bytes))).toMatchObject({
      ok: true,
      value: {
        elements: [
          ["01", "79521141123453"],
          ["21", serial],
        ],
      },
    });
  });
});

describe("what is no EPC", () => {
  it.each([
    ["", "empty", "no EPC at all"],
    ["00".repeat(12), "unsupported", "header 00: the tag is not programmed"],
    ["E20034120123456789ABCDEF", "unsupported", "header E2: a tag's own serial (TID), not an EPC"],
    ["FD0034120123456789ABCDEF", "unsupported", "header FD is no EPC scheme"],
    ["3074257BF7194E4000001A", "length", "sgtin-96 has 96 bits, not 88"],
    ["3D74257BF75411DEF6B4CC0000", "length", "cpi-var is cut off"],
    ["F73795211411234538566CB0", "field", "sgtin+: not characters of character set 82"],
    ["F904952012345678", "length", "sscc+ is cut off"],
    ["F0", "field", "cpi+: digits without an end"],
    ["30".repeat(63), "length", "63 bytes are more than a tag holds"],
    ["3C74257BFFFFFFFF80003039", "field", "cpi-96: reference: 134217727 is more than 99999999"],
  ])("%s is refused with its reason", (hex, code, error) => {
    expect(decodeEpc(bytesOf(hex))).toEqual({ ok: false, code, error });
  });

  it.each([
    "urn:epc:tag:sgtin-96:8.0614141.812345.6789",
    "urn:epc:tag:sgtin-96:3.06141.81234500.6789",
    "urn:epc:tag:sgtin-96:3.0614141.81234.6789",
    "urn:epc:tag:sgtin-96:3.0614141.812345",
    "urn:epc:tag:sgtin-198:3.0614141.712345.32a/b",
    "urn:epc:tag:sgtin-198:3.0614141.712345.123456789012345678901",
    "urn:epc:tag:usdod-96:3.CAGEI.5678",
    "urn:epc:id:sgtin:0614141.812345.6789",
  ])("%s is no tag URI", (tagUri) => {
    expect(encodeEpc(tagUri).ok).toBe(false);
  });

  it("zeros behind the scheme's bits are filling, whatever the tag's size", () => {
    const bytes = fromHex("3074257BF7194E4000001A8500000000") ?? new Uint8Array();
    expect(decodeEpc(bytes)).toMatchObject({
      ok: true,
      value: { tagUri: "urn:epc:tag:sgtin-96:3.0614141.812345.6789" },
    });
  });
});
