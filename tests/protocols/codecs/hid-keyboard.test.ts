import fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import type { Decoded } from "../../../protocols/codec.ts";
import { findKey, keyboardLayouts, readKey } from "../../../protocols/codecs/hid-keyboard/layouts.ts";
import type { KeyboardScannerSetup, TypedCode } from "../../../protocols/codecs/hid-keyboard.ts";
import {
  decodeHidKeyboardLine,
  encodeKeyboardReports,
  hidKeyboardIdle,
  hidKeyboardInitial,
  hidKeyboardStep,
  typedScan,
} from "../../../protocols/codecs/hid-keyboard.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { hex, reportRows, vectorsPresent } from "./vectors.ts";

function take(setup: KeyboardScannerSetup, reports: readonly Uint8Array[]): Decoded<TypedCode>[] {
  const outcomes: Decoded<TypedCode>[] = [];
  let state = hidKeyboardInitial;
  for (const report of reports) {
    const step = hidKeyboardStep(setup, state, report);
    state = step.state;
    outcomes.push(...step.outcomes);
  }
  return [...outcomes, ...hidKeyboardIdle(setup, state).outcomes];
}

const typed = (...reports: readonly string[]) =>
  take(
    { layout: "US" },
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
    const reports = encodeKeyboardReports(
      { layout: "US" },
      { text, ...(suffix === undefined ? {} : { suffix }) },
    );
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
    expect(take({ layout: "US" }, [new Uint8Array(7)])).toMatchObject([{ ok: false, code: "length" }]);
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
    ["GB", "#", 0x31, 0],
    ["ES", "ñ", 0x33, 0],
    ["IT", "è", 0x2f, 0],
    ["US", "_", 0x2d, 0x02],
  ] as const)("%s has %s", (layout, character, usage, modifiers) => {
    expect(readKey(layout, usage, modifiers)).toBe(character);
    expect(findKey(layout, character)).toEqual({ usage, modifiers });
  });
});

describe("an accent", () => {
  it("waits for its letter, stands by itself before a space, and loses nothing", () => {
    const de = (...keys: readonly string[]) =>
      take(
        { layout: "DE" },
        keys.flatMap((key) => [hex(key.padEnd(16, "0")), new Uint8Array(8)]),
      );
    const [caret, e, one, space] = ["000035", "000008", "00001e", "00002c"];
    expect(de(caret, e)).toEqual([{ ok: true, value: { text: "ê" } }]);
    expect(de(caret, space, e)).toEqual([{ ok: true, value: { text: "^e" } }]);
    expect(de(caret, one)).toEqual([{ ok: true, value: { text: "^1" } }]);
    expect(de(caret, caret, e)).toEqual([{ ok: true, value: { text: "^ê" } }]);
    expect(de(e, caret)).toEqual([{ ok: true, value: { text: "e^" } }]);
  });
});

describe("numbers typed with Alt", () => {
  const number = (digits: string): readonly Uint8Array[] => [
    ...Array.from(digits).flatMap((digit) =>
      [0x59 + ((Number(digit) + 9) % 10), 0].map((usage) => Uint8Array.of(4, 0, usage, 0, 0, 0, 0, 0)),
    ),
    new Uint8Array(8),
  ];
  const gbk = { layout: "US", decodeText: (bytes: Uint8Array) => iconv.decode(bytes, "gb18030") } as const;

  it.each([
    ["a character", ["54992"], "中"],
    ["a character byte by byte", ["0214", "0208"], "中"],
    ["four bytes of GB18030", ["2167439664"], "\u0080"],
    ["ASCII", ["0029", "65"], "\x1dA"],
    ["half a character", ["0214"], "\ufffd"],
  ] as const)("are %s in GBK", (_, digits, text) => {
    expect(take(gbk, digits.flatMap(number))).toEqual([{ ok: true, value: { text } }]);
  });

  it("keep their place among keys that are typed as such", () => {
    const key = [Uint8Array.of(0, 0, 0x04, 0, 0, 0, 0, 0), new Uint8Array(8)];
    const reports = [...key, ...number("54992"), ...number("53995"), ...key];
    expect(take(gbk, reports)).toEqual([{ ok: true, value: { text: "a中译a" } }]);
  });

  it("are shown in both readings by storewire decode, where they differ", () => {
    const line = Uint8Array.from(number("54992").flatMap((report) => [...report]));
    expect(decodeHidKeyboardLine(line, gbk.decodeText)).toMatchObject({
      ok: true,
      value: { text: "\ud6d0", textGBK: "中" },
    });
    const surrogate = Uint8Array.from(number("55360").flatMap((report) => [...report]));
    expect(decodeHidKeyboardLine(surrogate, gbk.decodeText)).toMatchObject({
      ok: true,
      value: { text: iconv.decode(Buffer.from([0xd8, 0x40]), "gbk") },
    });
    expect(decodeHidKeyboardLine(surrogate)).toMatchObject({ ok: false });
  });
});

describe("Caps Lock", () => {
  it("swaps letters and nothing else, set or pressed by the scanner itself", () => {
    const keys = [0x04, 0x1e, 0x39, 0x05, 0x39, 0x06].flatMap((usage) => [
      Uint8Array.of(0, 0, usage, 0, 0, 0, 0, 0),
      new Uint8Array(8),
    ]);
    expect(take({ layout: "US" }, keys)).toEqual([{ ok: true, value: { text: "a1Bc" } }]);
    expect(take({ layout: "US", capsLock: true }, keys)).toEqual([{ ok: true, value: { text: "A1bC" } }]);
  });
});

describe("AltGr and Ctrl", () => {
  it.each([
    ["Ctrl and Alt together are AltGr", "DE", "050014", "@"],
    ["Ctrl and the key that is ] elsewhere is GS", "DE", "010030", "\x1d"],
    ["the same in French", "FR", "010030", "\x1d"],
  ] as const)("%s", (_, layout, report, text) => {
    expect(take({ layout }, [hex(report.padEnd(16, "0"))])).toEqual([{ ok: true, value: { text } }]);
  });
});

describe("a configured suffix", () => {
  it("alone ends a code; the other key belongs to it", () => {
    const reports = ["00001e", "00002b", "00001f", "000028"].map((report) => hex(report.padEnd(16, "0")));
    const both = { layout: "US" } as const;
    expect(take(both, reports)).toHaveLength(2);
    expect(take({ ...both, suffix: "Enter" }, reports)).toEqual([
      { ok: true, value: { text: "1\t2", suffix: "Enter" } },
    ]);
    expect(take({ ...both, suffix: "Tab" }, reports)).toEqual([
      { ok: true, value: { text: "1", suffix: "Tab" } },
      { ok: true, value: { text: "2\r" } },
    ]);
  });
});

describe("what was typed, as a scan", () => {
  it("has its AIM identifier taken off where one is configured", () => {
    expect(typedScan("]E04006381333931", true)).toMatchObject({ aim: "]E0", text: "4006381333931" });
    expect(typedScan("]E04006381333931", false)).not.toHaveProperty("aim");
    expect(typedScan("4006381333931", true)).not.toHaveProperty("aim");
  });

  it("is UTF-8 where it was typed byte by byte, and where no byte can be", () => {
    expect(typedScan("\xe9\x80\x80", false)).toEqual({ text: "退", bytes: Uint8Array.of(0xe9, 0x80, 0x80) });
    expect(typedScan("退", false)).toEqual({ text: "退", bytes: Uint8Array.of(0xe9, 0x80, 0x80) });
    expect(typedScan("ü", false)).toEqual({ text: "ü", bytes: Uint8Array.of(0xfc) });
  });
});

describe("hid-keyboard, whatever is typed", () => {
  it("is read back as it was typed, in every layout, haste and way of GS", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "A", "z", "1", "-", "/", "?", "^", "@", "\x1d", "é", "ê", "ü", "退", " "),
      minLength: 1,
      maxLength: 30,
    });
    const habits = fc.record({
      layout: fc.constantFrom(...keyboardLayouts),
      release: fc.constantFrom("each" as const, "none" as const, "rollover" as const),
      groupSeparator: fc.constantFrom("alt" as const, "ctrl" as const),
      capsLock: fc.boolean(),
    });
    fc.assert(
      fc.property(habits, text, (typist, code) => {
        const reports = encodeKeyboardReports(typist, { text: code, suffix: "Enter" });
        expect(take(typist, reports)).toEqual([{ ok: true, value: { text: code, suffix: "Enter" } }]);
      }),
    );
  });
});
