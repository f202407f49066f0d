import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Decoded } from "../../../protocols/codec.ts";
import { findKey, keyboardLayouts, readKey } from "../../../protocols/codecs/hid-keyboard/layouts.ts";
import type { TypedCode } from "../../../protocols/codecs/hid-keyboard.ts";
import {
  decodeHidKeyboardLine,
  encodeKeyboardReports,
  hidKeyboardIdle,
  hidKeyboardInitial,
  hidKeyboardStep,
} from "../../../protocols/codecs/hid-keyboard.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { hex, reportRows, vectorsPresent } from "./vectors.ts";

function take(layout: "US" | "DE" | "FR", reports: readonly Uint8Array[]): Decoded<TypedCode>[] {
  const outcomes: Decoded<TypedCode>[] = [];
  let state = hidKeyboardInitial;
  for (const report of reports) {
    const step = hidKeyboardStep(layout, state, report);
    state = step.state;
    outcomes.push(...step.outcomes);
  }
  return [...outcomes, ...hidKeyboardIdle(state).outcomes];
}

const typed = (...reports: readonly string[]) =>
  take(
    "US",
    reports.map((report) => hex(report.padEnd(16, "0"))),
  );

describe.skipIf(!vectorsPresent)("hid-keyboard against the vectors", () => {
  const rows = reportRows.filter((row) => row.kind.startsWith("kbd"));
  it("has rows", () => {
    expect(rows).toHaveLength(10);
  });

  it.each(rows.map((row) => [row.id, row] as const))("%s", (_, row) => {
    const code = decodeHidKeyboardLine(hex(row.reportsHex.join("")));
    if (!code.ok) throw new Error(code.error);
    expect(code.value).toMatchObject(row.decoded);
  });

  const plain = rows.filter((row) => row.kind === "kbd-boot" || row.kind === "kbd-alt-code");
  it.each(plain.map((row) => [row.id, row] as const))("%s, typed by a simulated scanner", (_, row) => {
    const code = decodeHidKeyboardLine(hex(row.reportsHex.join("")));
    if (!code.ok) throw new Error(code.error);
    const { text, suffix } = code.value as unknown as TypedCode;
    const reports = encodeKeyboardReports("US", { text, ...(suffix === undefined ? {} : { suffix }) });
    expect(reports.map(toHex)).toEqual(row.reportsHex);
  });
});

describe("what is typed", () => {
  it("is a key that was not held before", () => {
    expect(typed("00001e", "00001e", "00001e1f", "00001f", "00001e1f")).toEqual([
      { ok: true, value: { text: "121" } },
    ]);
  });

  it("may end with Enter of the keypad, and what follows is another code", () => {
    expect(typed("00001e", "000058", "00001f", "00002b")).toEqual([
      { ok: true, value: { text: "1", suffix: "Enter" } },
      { ok: true, value: { text: "2", suffix: "Tab" } },
    ]);
  });

  it("may be a number with Alt held down, of any character or of none", () => {
    const keypad = ["62", "59", "5a", "5b", "5c", "5d", "5e", "5f", "60", "61"];
    const number = (digits: string) => [
      ...Array.from(digits).flatMap((digit) => [`0400${keypad[Number(digit)]}`, "0400"]),
      "00",
    ];
    expect(typed(...number("36864"))).toEqual([{ ok: true, value: { text: "\u9000" } }]);
    expect(typed(...number("55296"))).toEqual([]);
    expect(typed(...number("99999999"))).toEqual([]);
  });

  it("is nothing when the keyboard cannot tell, and nothing for keys without a character", () => {
    expect(typed("00003a", "00")).toEqual([]);
    expect(typed("00001e", "0000010101010101", "00001e")).toEqual([{ ok: true, value: { text: "1" } }]);
  });

  it("is a control character with Ctrl, where there is one", () => {
    expect(typed("010030", "00", "01001e", "00", "10000a")).toEqual([
      { ok: true, value: { text: "\x1d\x07" } },
    ]);
  });

  it("is refused when it is no report, ends without a code, or never ends", () => {
    expect(take("US", [new Uint8Array(7)])).toMatchObject([{ ok: false, code: "length" }]);
    expect(typed("000028")).toMatchObject([{ ok: false, code: "empty" }]);
    const endless = Array.from({ length: 8193 }, (_, at) => (at % 2 === 0 ? "00001e" : "00001f"));
    expect(typed(...endless)).toMatchObject([{ ok: false, code: "length" }]);
  });
});

describe("a line of storewire decode", () => {
  it("holds one code", () => {
    expect(decodeHidKeyboardLine(new Uint8Array())).toMatchObject({ ok: false, code: "empty" });
    expect(decodeHidKeyboardLine(new Uint8Array(8))).toMatchObject({ ok: false, code: "empty" });
    const twice = "00001e00000000000000280000000000".repeat(2);
    expect(decodeHidKeyboardLine(hex(twice))).toMatchObject({ ok: false, code: "field" });
  });
});

describe("layouts", () => {
  it.each([
    ["DE", "z", 0x1c, 0],
    ["DE", "@", 0x14, 0x40],
    ["DE", "ß", 0x2d, 0],
    ["FR", "a", 0x14, 0],
    ["FR", "1", 0x1e, 0x02],
    ["FR", "m", 0x33, 0],
    ["US", "_", 0x2d, 0x02],
  ] as const)("%s has %s", (layout, character, usage, modifiers) => {
    expect(readKey(layout, usage, modifiers)).toBe(character);
    expect(findKey(layout, character)).toEqual({ usage, modifiers });
  });
});

describe("hid-keyboard, whatever is typed", () => {
  it("is read back in the layout that it was typed in", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "A", "z", "1", "-", "/", "?", "\x1d", "é", "退", " "),
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(fc.constantFrom(...keyboardLayouts), text, (layout, code) => {
        const reports = encodeKeyboardReports(layout, { text: code, suffix: "Enter" });
        expect(take(layout, reports)).toEqual([{ ok: true, value: { text: code, suffix: "Enter" } }]);
      }),
    );
  });
});
