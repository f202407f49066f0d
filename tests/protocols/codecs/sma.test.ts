import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SmaFrame } from "../../../protocols/codecs/sma.ts";
import { describeSma, sma, smaWeight } from "../../../protocols/codecs/sma.ts";
import { fromLatin1, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { itAgreesWithTheVectors } from "./scale-vectors.ts";

itAgreesWithTheVectors(sma, describeSma);

const decodeLine = (line: string) => sma.decode(fromLatin1(`\n${line}\r`));
const describeLine = (line: string): unknown => {
  const frame = decodeLine(line);
  return frame.ok ? describeSma(frame.value) : frame.code;
};

describe("what a scale says", () => {
  it.each([
    [" 1G     12.340kg ", { value: "12.340", unit: "kg", stable: true, gross: true }],
    [" 1NM    12.340kg ", { value: "12.340", unit: "kg", stable: false, gross: false }],
    ["  n    -12.340lb ", { value: "-12.340", unit: "lb", stable: true, gross: false }],
    ["Z1G      0.000lb ", { value: "0.000", unit: "lb", stable: true, gross: true, atZero: true }],
    [" 1T      0.150lb ", { tare: "0.150", unit: "lb" }],
    ["O1G    999.999lb ", { overload: true }],
    ["O1G  ----------lb ", { overload: true }],
    ["U1G     -0.999lb ", { underload: true }],
    ["E1G  ----------lb ", { error: "zero" }],
    ["I1G            lb ", { error: "zero" }],
    ["T1G      0.150lb ", { error: "tare" }],
    ["W", { command: "W" }],
    ["Z", { command: "Z" }],
    ["!", {}],
  ])("%j", (line, described) => {
    expect(describeLine(line)).toEqual(described);
    const frame = decodeLine(line);
    expect(frame.ok && toLatin1(sma.encode(frame.value))).toBe(`\n${line}\r`);
  });

  it("a weight for a driver, and none of a tare or an error", () => {
    const weightOf = (line: string): unknown => {
      const frame = decodeLine(line);
      return frame.ok ? smaWeight(frame.value) : frame.code;
    };
    expect(weightOf(" 1NM    12.340kg ")).toEqual({
      value: "12.340",
      unit: "kg",
      stable: false,
      mode: "net",
    });
    expect(weightOf(" 1g     12.340kg ")).toMatchObject({ stable: true, mode: "gross" });
    const others = [" 1T      0.150lb ", "O1G    999.999lb ", "W", "?"];
    expect(others.map(weightOf)).toEqual(others.map(() => undefined));
  });

  it.each([
    ["X1G     12.340kg ", "field"],
    [" 1X     12.340kg ", "field"],
    [" 1GX    12.340kg ", "field"],
    [" 1G    1 2.340kg ", "field"],
    [" 1G     12.340 kg", "field"],
    [" 1G  ----------lb ", "field"],
    ["WW", "field"],
    ["w", "field"],
    ["", "field"],
    [" 1G         12.340kg ", "field"],
  ])("%j is refused: %s", (line, code) => {
    expect(describeLine(line)).toBe(code);
  });

  it("refuses what is no line", () => {
    expect(sma.decode(new Uint8Array())).toMatchObject({ ok: false, code: "empty" });
    expect(sma.decode(fromLatin1("W\r"))).toMatchObject({ ok: false, code: "start" });
    expect(sma.decode(fromLatin1("\nW"))).toMatchObject({ ok: false, code: "end" });
  });

  it("a weight behind half of another one is found", () => {
    const stream = fromLatin1("\n 1G    12.\n 1G     12.340kg \r\n\n?\r");
    const frames = framesOf(cutChunks([stream], sma.probe, sma.frameBytesMax));
    expect(frames.map(toLatin1)).toEqual(["\n 1G     12.340kg \r", "\n?\r"]);
  });
});

const field = fc.stringMatching(/^[- ] {2}\d{2}\.\d{3}$/);
const common = {
  kind: fc.constant("weight" as const),
  range: fc.constantFrom(" ", "1", "2"),
  mode: fc.constantFrom("G", "N", "T", "g", "n"),
  motion: fc.boolean(),
  reserved: fc.constantFrom(" ", "x"),
  unit: fc.constantFrom("lb ", "kg ", "g  ", "ozt"),
};
const frame: fc.Arbitrary<SmaFrame> = fc.oneof(
  fc.constantFrom("W", "Z", "T").map((command) => ({ kind: "command" as const, command })),
  fc.constantFrom("unknown-command" as const, "garbled" as const).map((kind) => ({ kind })),
  fc.record({ ...common, status: fc.constantFrom(" ", "Z", "O"), field }),
  fc.record({ ...common, status: fc.constantFrom(" ", "Z"), shifted: fc.constant(true as const), field }),
  fc.record({ ...common, status: fc.constantFrom("E", "I", "U"), field: fc.constant("----------") }),
);

itIsACodec({ codec: sma, frame, ownBytes: Array.from(fromLatin1("\n\r  1GM.0lbW?")) });
