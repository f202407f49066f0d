import bwip from "bwip-js/node";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { code128Argument, code128Modules, readCode128 } from "../../../protocols/codecs/escpos/code128.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";

const label = "01095211411234543102000125152612" + "30";

describe("Code 128 of a receipt printer", () => {
  it.each([
    ["plain text in set B, a brace doubled", { content: "A{1" }, "7b42417b7b31"],
    ["GS1 digits in pairs behind FNC1", { content: "0109", gs1: true }, "7b437b310109"],
    ["letters in set B", { content: "10AB12", gs1: true }, "7b427b31313041423132"],
    ["GS as FNC1", { content: "10A\u001d1234", gs1: true }, "7b427b313130417b317b430c22"],
    ["no DLE, which printers obey anywhere", { content: "011604", gs1: true }, "7b437b31017b4231367b4304"],
  ] as const)("%s", (_, code, hex) => {
    expect(toHex(code128Argument(code) ?? new Uint8Array())).toBe(hex);
    expect(readCode128(code128Argument(code) ?? new Uint8Array())).toEqual(code);
  });

  it("holds no character that is in no set", () => {
    expect(code128Argument({ content: "退货" })).toBeUndefined();
    expect(code128Argument({ content: "a\u001db" })).toBeUndefined();
  });

  it("comes back as it was, and never holds a status request", () => {
    const character = fc.constantFrom(..."0 1 2 3 4 5 6 7 8 9 1 6 16 1604 { A B z - \u001d".split(" "));
    fc.assert(
      fc.property(fc.string({ unit: character, minLength: 1, maxLength: 40 }), (content) => {
        fc.pre(!content.startsWith("\u001d") && content.replaceAll("\u001d", "") !== "");
        const argument = code128Argument({ content, gs1: true }) ?? new Uint8Array();
        expect(readCode128(argument)).toEqual({ content, gs1: true });
        expect(argument.includes(0x10)).toBe(false);
      }),
    );
  });

  it("is as narrow as the usual encoder makes it, and fits 80 mm of paper at two dots a module", () => {
    const argument = code128Argument({ content: label, gs1: true }) ?? new Uint8Array();
    const modules = code128Modules(argument);
    const [usual] = bwip.raw("gs1-128", "(01)09521141123454(3102)000125(15)261230", "");
    const widths = usual !== undefined && "sbs" in usual ? usual.sbs : [];
    expect(modules).toBe(widths.reduce((sum, width) => sum + width, 0));
    expect(modules * 2).toBeLessThan(576);
  });
});
