import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Toledo8217Frame } from "../../../protocols/codecs/toledo-8217.ts";
import { describeToledo8217, toledo8217 } from "../../../protocols/codecs/toledo-8217.ts";
import { fromLatin1, toHex, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { hex, rowsOf, vectorsPresent } from "./vectors.ts";

describe.skipIf(!vectorsPresent)("toledo-8217 against the vectors", () => {
  it.each(rowsOf("toledo-8217").map((row) => [row.id, row] as const))("%s both ways", (_, row) => {
    const frame = toledo8217.decode(hex(row.hex));
    if (!frame.ok) throw new Error(frame.error);
    expect(describeToledo8217(frame.value)).toEqual(row.decoded);
    expect(toHex(toledo8217.encode(frame.value))).toBe(row.hex);
  });
});

const describeText = (text: string): unknown => {
  const frame = toledo8217.decode(fromLatin1(text));
  return frame.ok ? describeToledo8217(frame.value) : frame.code;
};

describe("what a scale says", () => {
  it.each([
    ["\x0200.000\r", { value: "0.000", stable: true }],
    ["\x02123.456N\r", { value: "123.456", stable: true, net: true }],
    ["\x0201235\r", { value: "1235", stable: true }],
    ["H", { command: "H" }],
  ])("%j", (text, described) => {
    expect(describeText(text)).toEqual(described);
  });

  it("a status that looks like a letter is a status", () => {
    expect(describeText("\x02?A\r")).toMatchObject({ statusByte: "41", motion: true, underZero: false });
    expect(describeText("\x02?Q\r")).toMatchObject({ motion: true, centerOfZero: true });
    expect(describeText("\x02?h\r")).toMatchObject({ outsideZeroCapture: true, net: true, motion: false });
  });

  it.each([
    ["", "empty"],
    ["01.235\r", "start"],
    ["\x0201.235", "end"],
    ["\x02?9\r", "field"],
    ["\x02?\x80\r", "field"],
    ["\x0201.2.5\r", "field"],
    ["\x02?AB\r", "field"],
    ["\x02\r", "field"],
    ["X", "start"],
  ])("%j is refused: %s", (text, code) => {
    expect(describeText(text)).toBe(code);
  });

  it("a weight behind the start of another one is found", () => {
    const pieces = cutChunks(
      [fromLatin1("\x0201.\x0202.500\r\x02\x02?A\r")],
      toledo8217.probe,
      toledo8217.frameBytesMax,
    );
    expect(framesOf(pieces).map(toLatin1)).toEqual(["\x0202.500\r", "\x02?A\r"]);
  });
});

const frame: fc.Arbitrary<Toledo8217Frame> = fc.oneof(
  fc.constantFrom("W", "Z", "T", "C", "H").map((command) => ({ kind: "command" as const, command })),
  fc.record({
    kind: fc.constant("weight" as const),
    field: fc.stringMatching(/^[0-9]{2}\.[0-9]{3}$/),
    net: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("status" as const), status: fc.integer({ min: 0x40, max: 0x7f }) }),
);

itIsACodec({ codec: toledo8217, frame, ownBytes: Array.from(fromLatin1("\x02\r01.?NAW")) });
