import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalBytes, fromHex, fromLatin1, join, toHex, toLatin1 } from "../../../protocols/stream/bytes.ts";

const bytes = fc.uint8Array({ maxLength: 40 });

describe("hex", () => {
  it("is lower case, two digits a byte", () => {
    expect(toHex(Uint8Array.of(0, 0x0a, 0xff))).toBe("000aff");
  });

  it("is read in either case and with spaces", () => {
    expect(fromHex("A0 03\t01 72 ea\n")).toEqual(Uint8Array.of(0xa0, 3, 1, 0x72, 0xea));
    expect(fromHex("")).toEqual(new Uint8Array());
  });

  it.each(["a", "0g", "0x00", "12-34"])("refuses %s", (text) => {
    expect(fromHex(text)).toBeUndefined();
  });

  it("gives back what was written", () => {
    fc.assert(
      fc.property(bytes, (some) => {
        expect(fromHex(toHex(some))).toEqual(some);
      }),
    );
  });
});

describe("Latin-1", () => {
  it("has one character for each byte", () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect(toLatin1(all)).toHaveLength(256);
    expect(fromLatin1(toLatin1(all))).toEqual(all);
  });

  it("has no character beyond U+00FF", () => {
    expect(() => fromLatin1("é票")).toThrow("not Latin-1: U+7968");
  });
});

describe("join and equalBytes", () => {
  it("joins in order", () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 5 }), (parts) => {
        expect(Array.from(join(...parts))).toEqual(parts.flatMap((part) => Array.from(part)));
      }),
    );
  });

  it("tells bytes apart by length and by each byte", () => {
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3))).toBe(false);
    expect(equalBytes(Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2))).toBe(false);
  });
});
