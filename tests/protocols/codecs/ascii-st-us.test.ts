import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AsciiStUsFrame } from "../../../protocols/codecs/ascii-st-us.ts";
import { asciiStUs, asciiStUsWeight, describeAsciiStUs } from "../../../protocols/codecs/ascii-st-us.ts";
import { fromLatin1, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { itAgreesWithTheVectors } from "./scale-vectors.ts";

itAgreesWithTheVectors(asciiStUs, describeAsciiStUs);

const decodeLine = (line: string) => asciiStUs.decode(fromLatin1(`${line}\r\n`));
const describeLine = (line: string): unknown => {
  const frame = decodeLine(line);
  return frame.ok ? describeAsciiStUs(frame.value) : frame.code;
};

describe("what a scale says", () => {
  it.each([
    ["ST,GS    20.7g", { value: "20.7", unit: "g", stable: true, net: false }],
    ["ST,NT,-  1.23,kg", { value: "-1.23", unit: "kg", stable: true, net: true }],
    ["US,GS,   245.6 g ", { value: "245.6", unit: "g", stable: false, net: false }],
    ["ST,TR,+012.3456   kg", { tare: "12.3456", unit: "kg", stable: true }],
    ["ST,-0000000.0   g", { value: "0.0", unit: "g", stable: true }],
    ["OL,+9999999E+19", { overload: true }],
    ["OL,-9999999E+19", { overload: true }],
    ["OL,GS,+            ", { overload: true }],
    ["QT,+00000012  PC", { stable: true }],
    ["US,+00000012  PC", { stable: false }],
    ["ST,+0001234.3  %", { stable: true }],
    ["Q", { command: "Q" }],
    ["SIR", { command: "SIR" }],
  ])("%j", (line, described) => {
    expect(describeLine(line)).toEqual(described);
    const frame = decodeLine(line);
    expect(frame.ok && toLatin1(asciiStUs.encode(frame.value))).toBe(`${line}\r\n`);
  });

  it("a weight for a driver; counts, shares, tares and overloads are none", () => {
    const weightOf = (line: string): unknown => {
      const frame = decodeLine(line);
      return frame.ok ? asciiStUsWeight(frame.value) : frame.code;
    };
    expect(weightOf("US,NT,   1.500 kg")).toEqual({ value: "1.500", unit: "kg", stable: false, mode: "net" });
    expect(weightOf("ST,GS,+000.500kg")).toMatchObject({ stable: true, mode: "gross" });
    expect(weightOf("ST,+0004775.7   g")).toEqual({ value: "4775.7", unit: "g", stable: true });
    const others = ["QT,+00000012  PC", "US,+12 pcs", "ST,+1 %", "ST,TR,+1kg", "OL,+9kg", "Q"];
    expect(others.map(weightOf)).toEqual(others.map(() => undefined));
  });

  it.each([
    ["", "start"],
    ["XT,GS,+  0.860kg", "start"],
    ["ST,+9999999E+19", "field"],
    ["ST,GS,+  0.8.60kg", "field"],
    ["ST,GS,+  0.860", "field"],
    ["ST,GS,+------.-kg", "field"],
    ["ST,GS,GS,1kg", "field"],
    ["ST GS,1kg", "field"],
    ["OL,GS,1,2kg", "field"],
    ["TARE", "field"],
    [`ST,GS,${" ".repeat(30)}1kg`, "field"],
  ])("%j is refused: %s", (line, code) => {
    expect(describeLine(line)).toBe(code);
  });

  it("refuses what is no line", () => {
    expect(asciiStUs.decode(new Uint8Array())).toMatchObject({ ok: false, code: "empty" });
    expect(asciiStUs.decode(fromLatin1("ST,GS,+  0.860kg\n"))).toMatchObject({ ok: false, code: "end" });
  });

  it("a line behind the damaged start of another one is found", () => {
    const stream = fromLatin1("ST,GS,+  0.ST,GS,+  0.860kg\r\nUS,\r\nQ\r\n");
    const frames = framesOf(cutChunks([stream], asciiStUs.probe, asciiStUs.frameBytesMax));
    expect(frames.map(toLatin1)).toEqual(["ST,GS,+  0.860kg\r\n", "Q\r\n"]);
  });
});

const modes = fc.constantFrom<Pick<Extract<AsciiStUsFrame, { kind: "weight" }>, "mode" | "tight">>(
  {},
  { mode: "GS" },
  { mode: "NT" },
  { mode: "TR" },
  { mode: "GS", tight: true },
);
const lines = (
  state: fc.Arbitrary<"ST" | "US" | "OL" | "QT">,
  field: fc.Arbitrary<string>,
): fc.Arbitrary<AsciiStUsFrame> =>
  fc
    .tuple(state, modes, field, fc.constantFrom("kg", "  g", " lb", ",kg", "  PC"))
    .map(([one, mode, text, unit]) => ({ kind: "weight", state: one, ...mode, field: text, unit }));
const frame = fc.oneof(
  fc
    .constantFrom("Q", "S", "SI", "SIR", "R", "Z", "T")
    .map((command) => ({ kind: "command" as const, command })),
  lines(fc.constantFrom("ST", "US", "QT"), fc.stringMatching(/^[-+ ] {0,3}\d{1,5}(?:\.\d{1,3})?$/)),
  lines(fc.constant("OL" as const), fc.constantFrom("+------.-", "-", "-99999.9")),
);

/** A line that lacks its unit takes a command for one. */
const swallows = (noise: Uint8Array, bytes: Uint8Array): boolean =>
  bytes.length <= 5 && /(?:ST|US|OL|QT),[^\n]*$/.test(toLatin1(noise));

itIsACodec({ codec: asciiStUs, frame, ownBytes: Array.from(fromLatin1("STUSOL,,GS+1.Q\r\n")), swallows });
