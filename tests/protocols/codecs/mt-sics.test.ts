import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MtSicsFrame } from "../../../protocols/codecs/mt-sics.ts";
import { describeMtSics, mtSics } from "../../../protocols/codecs/mt-sics.ts";
import { fromLatin1, toHex, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { hex, rowsOf, vectorsPresent } from "./vectors.ts";

const decodeLine = (line: string) => mtSics.decode(fromLatin1(`${line}\r\n`));

describe.skipIf(!vectorsPresent)("mt-sics against the vectors", () => {
  it.each(rowsOf("mt-sics").map((row) => [row.id, row] as const))("%s both ways", (_, row) => {
    const frame = mtSics.decode(hex(row.hex));
    if (!frame.ok) throw new Error(frame.error);
    expect(describeMtSics(frame.value)).toEqual(row.decoded);
    expect(toHex(mtSics.encode(frame.value))).toBe(row.hex);
  });
});

describe("what a scale says", () => {
  const frames: readonly (readonly [string, MtSicsFrame])[] = [
    ["S I", { kind: "obstacle", echo: "S", obstacle: "not-executable" }],
    ["S -", { kind: "obstacle", echo: "S", obstacle: "underload" }],
    ["Z I", { kind: "obstacle", echo: "Z", obstacle: "not-executable" }],
    ["Z +", { kind: "obstacle", echo: "Z", obstacle: "overload" }],
    ["ZI D", { kind: "done", echo: "ZI", stable: false }],
    ["TAC A", { kind: "done", echo: "TAC", stable: true }],
    ["TA A     100.00 g", { kind: "tare", echo: "TA", value: "100.00", unit: "g", stable: true }],
    ["TI D       1.50 kg", { kind: "tare", echo: "TI", value: "1.50", unit: "kg", stable: false }],
    ['I4 A "0123456789"', { kind: "identity", item: "I4", more: false, content: '"0123456789"' }],
    ['I0 B 0 "I0"', { kind: "identity", item: "I0", more: true, content: '0 "I0"' }],
    ["ET", { kind: "error", error: "ET" }],
  ];
  it.each(frames)("%s, both ways", (line, frame) => {
    expect(decodeLine(line)).toEqual({ ok: true, value: frame });
    expect(toLatin1(mtSics.encode(frame))).toBe(`${line}\r\n`);
  });

  it("is described by the vectors' names", () => {
    const described = frames.map(([, frame]) => describeMtSics(frame));
    expect(described).toEqual([
      { error: "not-executable" },
      { underload: true },
      { error: "not-executable" },
      { overload: true },
      {},
      {},
      { tare: "100.00", unit: "g" },
      { tare: "1.50", unit: "kg" },
      { serial: "0123456789" },
      { text: '0 "I0"' },
      { error: "ET" },
    ]);
  });
});

describe("what lines are refused", () => {
  it.each([
    "S S     1O0.00 g",
    "S S   1.2.3 g",
    "S S  9E+19 g",
    "S X 1 g",
    "SS 1 g",
    "",
    "S D +1.0 g",
    "Z S",
  ])("%j", (line) => {
    expect(decodeLine(line)).toMatchObject({ ok: false, code: "unknown-command" });
  });

  it("refuses what is no line", () => {
    expect(mtSics.decode(new Uint8Array())).toMatchObject({ ok: false, code: "empty" });
    expect(mtSics.decode(fromLatin1("S"))).toMatchObject({ ok: false, code: "end" });
    expect(mtSics.decode(fromLatin1("S\xff\r\n"))).toMatchObject({ ok: false, code: "character" });
  });
});

describe("lines in a stream", () => {
  const linesIn = (stream: string): string[] =>
    framesOf(cutChunks([fromLatin1(stream)], mtSics.probe, mtSics.frameBytesMax)).map(toLatin1);

  it("finds an answer behind the damaged start of another one", () => {
    expect(linesIn("S S     12S S     100.00 g\r\n")).toEqual(["S S     100.00 g\r\n"]);
  });

  it("hands an unknown line on whole, so that a scale can say that it does not understand", () => {
    expect(linesIn("?SI\r\nSI\r\n")).toEqual(["?SI\r\n", "SI\r\n"]);
  });

  it("gives up a line that has no end, however it is cut", () => {
    const stream = fromLatin1(`${"S ".repeat(200)}\r\nES\r\n`);
    const bytewise = Array.from(stream, (byte) => Uint8Array.of(byte));
    const whole = framesOf(cutChunks([stream], mtSics.probe, mtSics.frameBytesMax)).map(toLatin1);
    expect(whole.at(-1)).toBe("ES\r\n");
    expect(framesOf(cutChunks(bytewise, mtSics.probe, mtSics.frameBytesMax)).map(toLatin1)).toEqual(whole);
  });
});

const value = fc
  .tuple(fc.boolean(), fc.nat({ max: 99999 }), fc.option(fc.nat({ max: 999 })))
  .map(([negative, whole, part]) => `${negative ? "-" : ""}${whole}${part === null ? "" : `.${part}`}`);
const unit = fc.constantFrom("g", "kg", "lb", "%", "PCS");
const frame: fc.Arbitrary<MtSicsFrame> = fc.oneof(
  fc.record({
    kind: fc.constant("weight" as const),
    echo: fc.constantFrom("S", "SI", "SR", "SIR"),
    value,
    unit,
    stable: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("tare" as const),
    echo: fc.constantFrom("T", "TI"),
    value,
    unit,
    stable: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("obstacle" as const),
    echo: fc.constantFrom("S", "Z", "T", "TA"),
    obstacle: fc.constantFrom("overload", "underload", "not-executable", "parameter"),
  }),
  fc.record({ kind: fc.constant("error" as const), error: fc.constantFrom("ES", "ET", "EL") }),
);

itIsACodec({ codec: mtSics, frame, ownBytes: Array.from(fromLatin1("S SDIT100.+-g\r\n")) });
